"""Who stands behind each cell, counted from the records, and what the rules on dominance make of it."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure.cells import cell_evidence
from charteroak.disclosure.longtable import long_table
from charteroak.disclosure.multiway import Rule
from charteroak.disclosure.protect import protect
from charteroak.disclosure.rules import top_share


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.sampled_from([pl.Int64, pl.String]), st.booleans())
def test_the_largest_are_found_though_few_rows_are_looked_at(
    seed: int, groups: int, kind: Any, equal: bool
) -> None:
    """Groups of very different size and values: some have nothing among the largest of all."""
    chance = np.random.default_rng(seed)
    group = chance.geometric(0.3, 3000) % groups
    wage = pl.Series(chance.integers(-9, 9, 3000) * 10**group, dtype=pl.Float64)
    frame = pl.DataFrame({"p": chance.permutation(3000), "g": group, "v": wage})
    missing = pl.Series(chance.random(3000) < 0.1)
    frame = frame.with_columns(pl.col("p").cast(kind), pl.when(~missing).then("v").alias("v"))
    frame = pl.concat([frame, frame[:1]]) if equal else frame
    plain = cell_evidence(frame.lazy(), person="p", by=["g"], measure="v")
    with pytest.MonkeyPatch.context() as patch:
        for limit, value in {"MANY": 10, "ENOUGH": 3, "SAMPLE": 2}.items():
            patch.setattr(f"charteroak.disclosure.cells.{limit}", value)
        quick = cell_evidence(frame.lazy(), person="p", by=["g"], measure="v")
    sort = pl.col("top").list.sort()
    assert quick.with_columns(sort).sort("g").equals(plain.with_columns(sort).sort("g"))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from("ab"), st.one_of(st.none(), st.integers(-5, 50))),
        min_size=1,
    )
)
def test_evidence_agrees_with_counting_by_hand(rows: list[tuple[int, str, int | None]]) -> None:
    frame = pl.LazyFrame(
        rows, schema={"p": pl.Int64, "g": pl.String, "v": pl.Float64}, orient="row", strict=False
    )
    found = {
        row["g"]: row for row in cell_evidence(frame, person="p", by=["g"], measure="v").iter_rows(named=True)
    }
    for group in {g for _, g, _ in rows}:
        mine = [(p, v) for p, g, v in rows if g == group]
        sums: dict[int, int] = {}
        for p, v in mine:
            if v is not None:
                sums[p] = sums.get(p, 0) + v
        row = found[group]
        assert (row["rows"], row["people"], row["n"]) == (len(mine), len({p for p, _ in mine}), len(sums))
        assert row["total"] == sum(sums.values())
        top = sorted((abs(v) for v in sums.values()), reverse=True)[:2]
        assert sorted((v for v in row["top"] if v is not None), reverse=True) == top
        assert row["negatives"] == sum(v < 0 for v in sums.values())


def test_the_two_largest_make_a_cell_and_its_total_primary_and_the_audit_gives_the_known_ranges() -> None:
    """The same example from its records: (n,k) with two contributors and 75 %."""
    contributions = {
        ("North", "Retail"): [100, 5, 5], ("North", "Services"): [10, 10, 10],
        ("South", "Retail"): [20, 20, 20], ("South", "Services"): [30, 30, 30],
    }  # fmt: skip
    rows = [(*cell, float(value)) for cell, values in contributions.items() for value in values]
    records = pl.DataFrame(rows, ["Region", "Sector", "sales"], orient="row").with_row_index("person")
    lines = ["Region,Sector,value,primary,lpl,upl"]
    for by in (["Region", "Sector"], ["Region"], ["Sector"], []):
        for row in cell_evidence(records.lazy(), person="person", by=by, measure="sales").iter_rows(
            named=True
        ):
            primary = top_share(row["absolute"], tuple(sorted(row["top"], reverse=True)), 2) > 0.75
            codes = [row[name] if name in by else "Total" for name in ("Region", "Sector")]
            lines.append(",".join([*codes, f"{row['total']},{int(primary)},1,1"]))
    found = protect(long_table("\n".join(lines).encode(), "t.csv"), {}, Rule(lower=30.0))
    cells = found.cube.keys
    assert {cells[p] for p in found.primary} == {("North", "Retail"), ("North", "Total")}
    assert {cells[p] for p in found.hidden - found.primary} == {("South", "Retail"), ("South", "Total")}
    ranges = {cells[i.figure]: (i.low, i.high) for i in found.intervals}
    assert (ranges["North", "Retail"], ranges["North", "Total"]) == ((30, 140), (60, 170))
