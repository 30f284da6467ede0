"""How exposed people are in records: known small examples, and agreement with counting by hand."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure.microdata import exposed, exposure


def records(rows: list[tuple[str, str, str]]) -> pl.LazyFrame:
    people = [f"P{n}" for n in range(len(rows))]
    return pl.LazyFrame(
        {"person": people, **{c: [row[at] for row in rows] for at, c in enumerate(("zip", "sex", "ill"))}}
    )


def test_the_smallest_class_is_k_and_one_value_for_all_is_no_diversity() -> None:
    found = exposure(
        records([("a", "f", "x")] * 3 + [("a", "m", "x"), ("a", "m", "y")]), person="person", by=["zip", "sex"],
        minimum=3, sensitive=["ill"],
    )  # fmt: skip
    assert (found.people, found.classes, found.k, found.below, found.uniques) == (5, 2, 2, 2, 0)
    assert found.diversity == {"ill": 1}
    assert found.expected_share == pytest.approx(2 / 5)


def test_the_column_that_drives_the_risk_comes_first() -> None:
    rows = [(town, "f", "x") for town in "abcdef"] + [("g", "m", "x")] * 6
    found = exposure(records(rows), person="person", by=["zip", "sex"], minimum=5)
    assert list(found.drivers.items()) == [("zip", 6), ("sex", 0)]
    assert found.uniques == 6
    verdict = exposed("extract", found, 5)
    assert (verdict.verdict, verdict.cell) == ("review", "driven by=zip")


def test_a_person_with_several_rows_is_one_person() -> None:
    frame = pl.LazyFrame({"person": ["p", "p", "q"], "year": [1, 2, 1]})
    found = exposure(frame, person="person", by=["year"], minimum=2)
    assert (found.people, found.classes, found.uniques) == (2, 2, 2)


def test_all_values_of_a_person_count_towards_the_diversity_of_a_class() -> None:
    frame = pl.LazyFrame({"person": ["p", "p", "q"], "sex": ["f", "f", "f"], "wage": [1, 2, 2]})
    found = exposure(frame, person="person", by=["sex"], minimum=2, sensitive=["wage"])
    assert (found.people, found.diversity) == (2, {"wage": 2})


def test_a_row_of_nobody_is_refused() -> None:
    frame = pl.LazyFrame({"person": ["p", None], "sex": ["f", "f"]})
    with pytest.raises(ValueError, match="1 rows have no 'person'"):
        exposure(frame, person="person", by=["sex"], minimum=2)


def test_without_columns_or_records_nothing_is_said() -> None:
    with pytest.raises(ValueError, match="no quasi-identifier"):
        exposure(records([("a", "f", "x")]), person="person", by=[], minimum=2)
    with pytest.raises(ValueError, match="no records"):
        exposure(records([]), person="person", by=["zip"], minimum=2)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("fm"), st.sampled_from("xyz")), min_size=1))
def test_it_agrees_with_counting_by_hand(rows: list[tuple[str, str, str]]) -> None:
    found = exposure(records(rows), person="person", by=["zip", "sex"], minimum=4, sensitive=["ill"])
    sizes = Counter(row[:2] for row in rows)
    values = {key: {row[2] for row in rows if row[:2] == key} for key in sizes}
    assert found.k == min(sizes.values())
    assert found.below == sum(size for size in sizes.values() if size < 4)
    assert found.uniques == list(sizes.values()).count(1)
    assert found.diversity == {"ill": min(map(len, values.values()))}
