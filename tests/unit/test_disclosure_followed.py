"""Survival tables by group, held against the records: what groups and their total tell together."""

from collections.abc import Sequence

import polars as pl
import pytest

from charteroak.disclosure import Behind, Unusable, Verdict, examine, shipped

HEADER = "town,time,at_risk,events\n"


def records(
    towns: Sequence[str], months: list[int], ended: list[int], sex: Sequence[str] = ()
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "p": range(len(towns)),
            "town": list(towns),
            "months": months,
            "ended": ended,
            "sex": list(sex) or ["f"] * len(towns),
        }
    )


def few(stated: str, rows: pl.DataFrame, *by: str) -> set[tuple[str, str]]:
    found = judged(stated, rows, *by)
    assert not [one for one in found if one.rule == "same_figure" and one.verdict == "fail"]
    return {(one.cell, one.figure) for one in found if one.rule == "survival" and one.verdict == "fail"}


def judged(stated: str, rows: pl.DataFrame, *by: str) -> list[Verdict]:
    behind = Behind(rows.lazy(), "p", by or ("town",), "months", event="ended")
    return list(examine("s.csv", stated.encode(), shipped("board"), behind=behind))


TOWNS = records(
    ["Avon"] * 91 + ["Bolton"] * 2, [10] * 31 + [30] * 60 + [10] * 2, [1] * 31 + [0] * 60 + [1] * 2
)


def test_a_total_beside_one_of_two_groups_tells_the_other_by_subtraction() -> None:
    assert few(HEADER + "Avon,10,91,31\nTotal,10,93,33\n", TOWNS) == {
        ("row 3", "2 at risk less the groups beside"), ("row 3", "2 events less the groups beside"),
    }  # fmt: skip
    assert few(HEADER + "Avon,10,91,31\n", TOWNS) == set()
    assert few(HEADER + "Total,10,93,33\n", TOWNS) == set()


def test_a_group_that_ends_earlier_is_told_where_it_no_longer_stands() -> None:
    rows = records(
        ["Avon"] * 60 + ["Bolton"] * 40,
        [10] * 20 + [20] * 40 + [10] * 37 + [20] * 3,
        [1] * 20 + [0] * 40 + [1] * 37 + [0] * 3,
    )
    whole = "Total,10,100,57\nTotal,20,43,0\n"
    assert few(HEADER + "Avon,10,60,20\nAvon,20,40,0\nBolton,10,40,37\n" + whole, rows) == {
        ("row 6", "3 at risk less the groups beside")
    }
    assert few(HEADER + "Avon,10,60,20\nBolton,10,40,37\nTotal,10,100,57\n", rows) == set()


def test_the_total_of_one_column_is_held_within_each_code_of_the_other() -> None:
    rows = records(
        ["Avon"] * 62 + ["Bolton"] * 40, [10] * 30 + [30] * 32 + [10] * 40, [1] * 30 + [0] * 32 + [1] * 40,
        ["f"] * 60 + ["m"] * 2 + ["f"] * 20 + ["m"] * 20,
    )  # fmt: skip
    header = "town,sex,time,at_risk,events\n"
    stated = (
        "Avon,f,10,60,30\nAvon,Total,10,62,30\nBolton,f,10,20,20\nBolton,m,10,20,20\nBolton,Total,10,40,40\n"
    )
    assert few(header + stated, rows, "town", "sex") == {("row 3", "2 at risk less the groups beside")}


def test_codes_that_read_alike_and_a_column_that_is_missing_are_named() -> None:
    alike = TOWNS.with_columns(town=pl.Series([None, "NA", *["Avon"] * 91]))
    with pytest.raises(Unusable, match=r"s\.csv: two codes of 'town' read alike"):
        judged(HEADER + "Avon,10,91,31\n", alike)
    with pytest.raises(Unusable, match="the records have no column 'county'; they have p, town"):
        judged(HEADER + "Avon,10,91,31\n", TOWNS, "town", "county")
