"""Columns that cannot tell people apart are refused in one line, and an estimate does not promise what chance gives."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from charteroak import linkage
from charteroak.linkage import uncertainty
from charteroak.linkage.judge import judge, truth_of
from charteroak.linkage.uncertainty.estimates import UNSURE

GIVEN, SURNAMES = ["Anh", "Linh", "Minh"], [f"Ho{letter}" for letter in "abcdefghijklmnopqrs"] + ["Anh"]


def files(seed: int, *columns: str, people: int = 900, given: list[str] = GIVEN) -> dict[str, pl.DataFrame]:
    """Two files of 0.8 of these people each, who have few names; every tenth record lacks its birth date."""
    rng = np.random.default_rng(seed)
    days = rng.integers([0, 1, 1], [60, 13, 29], (people, 3)).tolist()
    known = pl.DataFrame(
        {
            "person": range(people),
            "first_name": rng.choice(given, people),
            "last_name": rng.choice(SURNAMES, people),
            "dob": [f"{1950 + year}-{month:02d}-{day:02d}" for year, month, day in days],
            "address": [f"{number} Oak St" for number in range(people)],
            "sex": rng.choice(["F", "M"], people),
        }
    )
    found = {}
    for name in ("clinic", "school"):
        here, dated = rng.random(people) < 0.8, pl.Series(rng.random(people) < 0.9)
        frame = known.with_columns(dob=pl.when(dated).then("dob")).filter(pl.Series(here))
        found[name] = frame.select("person", *columns).with_row_index("id")
    return found


def many_names(rng: np.random.Generator) -> list[str]:
    return ["".join(rng.choice(list("abcdefghijklmnop"), 7)).title() for _ in range(70)]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (("first_name", "last_name"), "agrees with"),
        (("first_name", "last_name", "sex"), "agrees with"),
        (("first_name",), "one column"),
        (("address",), "many share one address"),
        (("sex", "address"), "many share one sex, address"),
    ],
)
def test_columns_that_cannot_tell_people_apart_are_refused(columns: tuple[str, ...], says: str) -> None:
    with pytest.raises(linkage.LinkageError, match="cannot tell people apart") as refused:
        linkage.link(files(1, *columns), truth="person")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_command_refuses_them_with_one_line_and_status_2(tmp_path: Path) -> None:
    from charteroak.cli import main

    for name, frame in files(1, "first_name", "last_name").items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    ended = CliRunner().invoke(
        main, ["link", *map(str, sorted(tmp_path.glob("*.parquet"))), "--truth", "person", "--json"]
    )
    assert ended.exit_code == 2
    assert ended.stderr.splitlines()[-1].startswith("Error: these columns cannot tell people apart")


@pytest.mark.parametrize("seed", range(4))
def test_few_names_with_a_birth_date_are_linked_and_not_by_swapped_names(seed: int) -> None:
    given = files(seed, "first_name", "last_name", "dob")
    found = linkage.link(given, truth="person")
    told = judge(found, truth_of(given, dict.fromkeys(given, "id"), "person"))
    assert told.precision > 0.9
    assert told.recall > 0.75
    assert found.model.prior * found.model.pairs < 2000, "most pairs of one name count as one person"
    assert abs(found.quality.precision - told.precision) < 0.05


def test_an_estimate_of_names_alone_counts_the_namesakes() -> None:
    rng = np.random.default_rng(3)
    for seed in range(4):
        given = files(seed, "first_name", "last_name", given=many_names(rng))
        found = linkage.link(given, truth="person")
        told = judge(found, truth_of(given, dict.fromkeys(given, "id"), "person"))
        assert 0.5 < told.precision < 0.97, "the files no longer hold namesakes"
        assert found.quality.precision < told.precision + 0.06


@pytest.mark.parametrize("seed", range(4))
def test_where_few_names_are_in_use_the_interval_holds_the_truth_and_a_warning_says_how_unsure_it_is(
    seed: int,
) -> None:
    """The value alone promises too much there, by up to .05."""
    given = files(seed, "first_name", "last_name", "dob")
    found = linkage.link(given, truth="person")
    told = judge(found, truth_of(given, dict.fromkeys(given, "id"), "person"))
    guess = uncertainty.estimates(found)
    assert guess.precision.low <= told.precision <= guess.precision.high
    assert any("may be wrong" in each for each in guess.warnings) == (guess.precision.low < UNSURE)


def test_nothing_linked_is_not_called_certain() -> None:
    found = linkage.link(files(1, "last_name", "address"), truth="person")
    found = replace(found, links=found.links.clear(), levels=found.levels.clear())
    guess = uncertainty.estimates(found)
    assert (guess.precision.low, guess.precision.high) == (0.0, 1.0)
    assert any("may be wrong" in each for each in guess.warnings)


def test_relatives_are_warned_of_where_nothing_tells_them_apart() -> None:
    found = linkage.link(files(1, "last_name", "address"), truth="person")
    assert any("people of one household" in each for each in found.warnings)


@pytest.mark.parametrize("count", [2, 4, 6])
def test_the_same_person_in_other_files_is_no_stranger(count: int) -> None:
    """A birth date of one's own and the sex tell 500 people apart, however many files they are in."""
    days = pl.date_range(date(1980, 1, 1), date(1981, 5, 14), eager=True).dt.strftime("%Y-%m-%d")
    people = pl.DataFrame({"dob": days, "sex": ["F", "M"] * 250})
    given = {
        f"file{place}": people.with_columns(record_id=pl.format(f"{place}-{{}}", pl.int_range(500)))
        for place in range(count)
    }
    found = linkage.link(given, one_per_person=tuple(given))
    assert not any("by chance" in each for each in found.warnings)
    assert found.clusters["cluster"].n_unique() == 500


def test_a_model_that_is_given_is_used_without_such_questions() -> None:
    """Few names alone are refused, unless what they tell was learnt where names are many."""
    few = files(1, "first_name", "last_name")
    with pytest.raises(linkage.LinkageError, match="cannot tell people apart"):
        linkage.link(few, truth="person")
    many = files(0, "first_name", "last_name", given=many_names(np.random.default_rng(3)))
    learnt = linkage.link(many, truth="person")
    again = linkage.link(many, learnt.recipe, truth="person", model=learnt.model)
    assert again.links.height == learnt.links.height
    assert linkage.link(few, learnt.recipe, truth="person", model=learnt.model).links.height > 0
