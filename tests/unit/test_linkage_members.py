"""Pairs of one person's records that no blocking rule made are compared and linked as well."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from charteroak import linkage
from charteroak.linkage import charts
from charteroak.linkage.linkage import OTHERS
from charteroak.linkage.review.plan import Plan, Step
from charteroak.linkage.review.propose import propose

RULES = (("family_name", "birth_date"), ("given_name", "zip"))
PAIR = ("source_l", "id_l", "source_r", "id_r")


def records(people: int = 1500, seed: int = 3) -> pl.DataFrame:
    """Three records of each person: the second has another ZIP, the third that ZIP and a slip in the family name."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("abcdefghijklmnop"))
    given = ["".join(rng.choice(letters, 6)) for _ in range(120)]
    family = ["".join(rng.choice(letters, 8)) for _ in range(400)]
    rows = []
    for person in range(people):
        name, surname = given[rng.integers(120)], family[rng.integers(400)]
        born = f"{1950 + rng.integers(50)}-{1 + rng.integers(12):02}-{1 + rng.integers(28):02}"
        zips = [f"{n:05}" for n in rng.integers(6000, 6400, 2)]
        rows += [(person, name, surname, born, zips[0]), (person, name, surname, born, zips[1])]
        rows += [(person, name, surname[:4] + "x" + surname[4:], born, zips[1])]
    frame = pl.DataFrame(rows, schema=["person", "first_name", "last_name", "dob", "zip"], orient="row")
    return frame.with_row_index("id").with_columns(pl.col("id").cast(pl.String))


@pytest.fixture(scope="module")
def files() -> dict[str, pl.DataFrame]:
    frame, even = records(), pl.int_range(pl.len()) % 2 == 0
    return {
        "east": frame.filter(even),
        "west": frame.filter(~even),
    }


@pytest.fixture(scope="module")
def found(files: dict[str, pl.DataFrame]) -> linkage.Linkage:
    recipe = replace(
        linkage.infer({name: ["first_name", "last_name", "dob", "zip"] for name in files}), blocks=RULES
    )
    return linkage.link(files, recipe, truth="person")


def test_pairs_that_no_rule_made_are_listed_once_and_within_one_person(found: linkage.Linkage) -> None:
    joined = found.links.filter(pl.col("pass") == "joined")
    assert joined.height > 1000
    assert found.links.select(PAIR).is_duplicated().sum() == 0
    person = {(source, key): cluster for key, source, cluster in found.clusters.iter_rows()}
    assert all(person[a, b] == person[c, d] for a, b, c, d in joined.select(PAIR).iter_rows())
    assert (joined["match_probability"] >= found.recipe.link).all()
    assert found.counts.pairs_compared == sum(each.new_pairs for each in found.blocks), (
        "they are no rule's pairs"
    )
    assert next(each for each in found.passes if each.name == "joined").linked == joined.height


def test_no_rule_makes_them(found: linkage.Linkage, files: dict[str, pl.DataFrame]) -> None:
    known = {(name, row["id"]): row for name, frame in files.items() for row in frame.iter_rows(named=True)}
    for a, b, c, d in found.links.filter(pl.col("pass") == "joined").select(PAIR).iter_rows():
        one, other = known[a, b], known[c, d]
        assert one["last_name"] != other["last_name"]
        assert one["zip"] != other["zip"]


def test_they_weigh_by_themselves_what_a_rule_would_have_let_them_weigh(
    found: linkage.Linkage, files: dict[str, pl.DataFrame]
) -> None:
    recipe = replace(found.recipe, blocks=(("given_name", "birth_date"),))
    alone = linkage.predict(files, recipe, found.model, id="id").select(*PAIR, own="match_weight")
    joined = found.links.with_columns(others=found.levels[OTHERS]).filter(pl.col("pass") == "joined")
    both = joined.join(alone, on=PAIR, how="inner")
    assert both.height == joined.height
    assert np.allclose(both["match_weight"] - both["others"], both["own"], atol=1e-3)
    assert (both["own"] > -6.7).all(), "what is below `recipe.keep` is not listed"


def test_the_steps_of_such_a_pair_add_up(found: linkage.Linkage) -> None:
    pair = found.links.filter(pl.col("pass") == "joined").row(0, named=True)
    steps = charts.data.waterfall(found, (pair["source_l"], pair["id_l"]), (pair["source_r"], pair["id_r"]))
    assert steps["end"][-1] == pytest.approx(pair["match_weight"])


def test_a_review_takes_them_for_weighed_not_for_pairs_whose_keys_agree(found: linkage.Linkage) -> None:
    step = Step("east", "west", "weighed", found.recipe)
    proposed = propose(Plan("two files", 0.4, 3.0, (step,)), step, found)
    joined = found.links.with_row_index("row").filter(pl.col("pass") == "joined")["row"]
    theirs = proposed.filter(pl.col("row").is_in(joined.implode()))
    assert theirs.height > 300
    assert set(theirs["pass_name"]) == {"weighed"}
    assert set(theirs["grounds"]) == {"above the threshold"}


def test_the_truth_counts_them(found: linkage.Linkage, files: dict[str, pl.DataFrame]) -> None:
    person = {
        (name, key): who
        for name, frame in files.items()
        for key, who in frame.select("id", "person").iter_rows()
    }
    sides = found.links.filter(pl.col("match_probability") >= found.recipe.link).select(PAIR)
    true = sum(bool(person[a, b] == person[c, d]) for a, b, c, d in sides.iter_rows())
    assert true / (3 * 1500) > 0.97
