"""People out of pairs: what other records of two people say for and against one of their pairs."""

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from people_in_files import population

from charteroak import linkage
from charteroak.linkage.cluster import Constraints, Pairs, join, near
from charteroak.linkage.parts import strongest

NAN = float("nan")


def groups(
    pairs: list[tuple[int, int, list[float]]], born: list[int], base: float = -5.0
) -> NDArray[np.int32]:
    """The groups of records (`born`: their birth dates, numbered, -1 missing) whose pairs have these bits by field."""
    left, right = (np.array([each[side] for each in pairs], np.int32) for side in (0, 1))
    fields = np.array([each[2] for each in pairs], np.float32)
    weight = np.asarray(base + np.nansum(fields, axis=1, dtype=np.float64), np.float64)
    listed = Pairs(left, right, weight, fields, base)
    count = len(born)
    limits = Constraints(
        np.zeros(count, np.int16), np.zeros(1, np.bool_), np.array(born, np.int32).reshape(-1, 1),
        np.zeros(count + 1, np.int64), np.empty(0, np.int32), 100, 0.25, 0.5,
    )  # fmt: skip
    return join(listed, strongest(listed, 0.5), near(left, right, count), limits)[0]


def test_what_one_record_lacks_another_supplies() -> None:
    # 2 agrees with 0 on its only field, and with 1, who is the same person, on another: together they suffice
    alone = [(0, 1, [9.0, NAN]), (0, 2, [6.0, NAN]), (1, 2, [-2.0, NAN])]
    assert groups(alone, [-1, -1, -1]).tolist() == [0, 0, 2]
    supplied = [(0, 1, [9.0, NAN]), (0, 2, [6.0, NAN]), (1, 2, [-2.0, 8.0])]
    assert groups(supplied, [-1, -1, -1]).tolist() == [0, 0, 0]


def test_a_pair_that_is_not_listed_counts_one_bit_against_two_groups() -> None:
    one = (0, 1, [9.0])
    assert groups([one, (1, 2, [8.0])], [-1, -1, -1]).tolist() == [0, 0, 0], "3 bits and -1 are 1 on average"
    assert groups([one, (1, 2, [6.5])], [-1, -1, -1]).tolist() == [0, 0, 2], (
        "1.5 bits and -1 are .25 on average"
    )


def test_one_sure_pair_of_many_joins_who_is_not_listed_with_the_rest() -> None:
    family = [(a, b, [12.0]) for a in range(6) for b in range(a + 1, 6)]
    assert groups([*family, (5, 6, [20.0])], [-1] * 7).tolist() == [0] * 7
    assert groups([*family, (5, 6, [8.0])], [-1] * 7).tolist() == [0] * 6 + [6]


@pytest.mark.parametrize(
    ("columns", "least", "most"),
    [
        (("first_name", "dob", "last_name", "ssn"), 0.12, 0.2),
        (("first_name", "dob"), 0.0, 0.06),
    ],
)
def test_how_often_birth_dates_differ_is_learnt_where_three_fields_tell_who_is_who(
    columns: tuple[str, ...], least: float, most: float
) -> None:
    people, rng = population(600, 5), np.random.default_rng(5)
    wrong = people["dob"].shuffle(seed=5)
    later = people.with_columns(dob=pl.when(pl.Series(rng.random(600) < 0.25)).then(wrong).otherwise("dob"))
    files = {"a": people.select("person", *columns), "b": later.select("person", *columns)}
    found = linkage.link({name: each.with_row_index("id") for name, each in files.items()}, truth="person")
    assert least < found.model.everyone.m["birth_date"][-1] < most + 0.01


def test_a_birth_date_confirmed_on_each_side_keeps_father_and_son_apart() -> None:
    kin = [(0, 1, [30.0]), (2, 3, [30.0]), (0, 2, [9.0]), (0, 3, [9.0]), (1, 2, [9.0]), (1, 3, [9.0])]
    assert groups(kin, [7, 7, 8, 8]).tolist() == [0, 0, 2, 2]
    assert groups(kin, [7, 7, 7, 8]).tolist() == [0, 0, 0, 0], "one slip alone parts nobody"


def test_final_weights_are_the_fields_and_what_other_records_say() -> None:
    people = pl.DataFrame({
        "id": [str(n) for n in range(60)],
        "first_name": [("Ada", "Berta", "Carl", "Dora")[n % 4] + "abcdefghijklmno"[n // 4] for n in range(60)],
        "last_name": [("Stone", "Ash", "Vale")[n % 3] for n in range(60)],
        "dob": [f"19{40 + n}-0{1 + n % 9}-1{n % 9}" for n in range(60)],
    })  # fmt: skip
    files = {"a": people, "b": people, "c": people.drop("dob")}
    found = linkage.link(files)
    alone = linkage.link(
        files,
        linkage.from_toml(linkage.to_toml(found.recipe).replace("collective = true", "collective = false")),
    )
    assert found.clusters["cluster"].n_unique() == 60
    assert (alone.levels["other records"] == 0).all()
    own = found.links["match_weight"] - found.levels["other records"]
    sides = ["source_l", "id_l", "source_r", "id_r"]
    both = found.links.with_columns(own=own).join(alone.links, on=sides, suffix="_alone")
    assert both.height > 150
    assert np.allclose(both["own"], both["match_weight_alone"], atol=1e-6)
