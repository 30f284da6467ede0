"""Statistics that are some person's value, or nearly: maxima, minima, quantiles, modes, spreads."""

import math
from collections.abc import Iterator
from typing import Literal

import polars as pl

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.evidence import Codes, Evidence
from charteroak.disclosure.figures import REBUILD
from charteroak.disclosure.rules import MENDS, answered, label
from charteroak.disclosure.stated import Line, Stated, statistic_of
from charteroak.disclosure.verdicts import Verdict

METHODS: tuple[Literal["linear", "lower", "higher", "midpoint", "nearest"], ...] = (
    "linear", "lower", "higher", "midpoint", "nearest",
)  # fmt: skip
VALUE = "It is the value of one person: state a mean, or a quantile with enough people beyond it."
SIDES = "Too few people stand beyond the quantile: merge categories, or state one nearer to the middle."
UNWEIGHTED = "A weighted count hides how many people stand behind it: add a column of unweighted people."
PERFECTLY = "One value follows from the other: leave it out, or say why it must be so."
PERFECT = 0.99995
NOT_BUILT = (
    "Name the column behind it (--with, --weight), that it can be built again; else a person reads its code."
)
NEEDED = {"correlation": "_other", "weighted": "_weight"}  # columns of the records
SPREAD = "Too few people for a measure of spread: merge categories."


def positions(
    table: Stated, column: str, statistic: str, whole: Evidence | None, appetite: Appetite
) -> Iterator[Verdict]:
    """Verdicts on a column of maxima, minima, quantiles (`p50`), spreads or modes, and one pass without faults.

    Quantiles: `quantile_people`, or the threshold, on each side. A spread needs residual degrees of freedom,
    one less than its people. Source: Eurostat/DwB guidelines for output checking (2015), position and extremes.
    """
    clean = True
    for line in table.lines:
        shown = line.figures[column]
        if shown.hidden:
            continue
        people = _people(table, line, whole, statistic)
        for verdict in _judged(table, line, column, statistic, people, appetite):
            clean = clean and verdict.verdict == "pass"
            yield verdict
        if NEEDED.get(statistic, "_measure") not in (whole.records.columns if whole is not None else ()):
            if whole is not None:
                clean = False
                yield Verdict("same_figure", table.file, "review", label(line.codes), column, mend=NOT_BUILT)
        elif whole is not None and not _true(whole, line.codes, statistic, shown.low, shown.step):
            clean = False
            said = f"{column} {shown.text}, row {line.row}"
            yield Verdict(
                "same_figure", table.file, "fail", label(line.codes), said, "as the records give it", REBUILD
            )
    if clean:
        named = {"max": "extreme", "min": "extreme", "weighted": "weights", "correlation": "correlation"}
        rule = named.get(statistic, "quantile" if statistic[0] == "p" else "spread")
        yield Verdict(rule, table.file, "pass", column)


def _judged(
    table: Stated, line: Line, column: str, statistic: str, people: int | None, appetite: Appetite
) -> Iterator[Verdict]:
    place, limit = label(line.codes), appetite.minimum_people
    if statistic == "weighted":
        yield from _weighted(table, place, column, people, limit)
        return
    if statistic in ("max", "min"):
        yield from answered(
            "extreme", appetite.extremes, table.file, place, f"{column} of {people or 'some'} people", VALUE
        )
        return
    if people is None:
        yield Verdict("quantile" if statistic[0] == "p" else "spread", table.file, "review", place,
                      mend="State how many people it describes, or give --records.")  # fmt: skip
        return
    if 0 < people < limit:
        yield Verdict("frequency", table.file, "fail", place, str(people), str(limit), MENDS["frequency"])
    if statistic[0] == "p":
        portion = float(statistic[1:]) / 100
        beyond = math.floor(people * min(portion, 1 - portion) + 1e-9)
        least = appetite.quantile_people or limit
        if beyond < least:
            yield Verdict("quantile", table.file, "fail", place, f"{beyond} on one side", str(least), SIDES)
    elif statistic == "correlation" and abs(line.figures[column].low) >= PERFECT:
        yield Verdict(
            "correlation", table.file, "fail", place, line.figures[column].text, "between -1 and 1", PERFECTLY
        )
    else:
        freedom, least = people - 1 - (statistic == "correlation"), appetite.residual_degrees_of_freedom
        if freedom < least:
            yield Verdict(
                "residual_degrees_of_freedom", table.file, "fail", place, str(freedom), str(least), SPREAD
            )


def _weighted(table: Stated, place: str, column: str, people: int | None, limit: int) -> Iterator[Verdict]:
    if people is None:
        yield Verdict("weights", table.file, "fail", place, column, "beside unweighted people", UNWEIGHTED)
    elif 0 < people < limit:
        yield Verdict(
            "weights", table.file, "fail", place, f"{people} unweighted", str(limit), MENDS["frequency"]
        )


def _people(table: Stated, line: Line, whole: Evidence | None, statistic: str) -> int | None:
    if whole is not None and "_other" in whole.records.columns and statistic == "correlation":
        both = _of(whole, line.codes).drop_nulls(["_measure", "_other"])
        return int(both.select(pl.col("_person").n_unique()).collect().item())
    if whole is not None and statistic == "weighted":
        known = whole.cells.get(line.codes)
        return known.people if known else 0
    if whole is not None:
        cell = whole.cells.get(line.codes)
        return cell.n if cell else 0
    counts = [line.figures[c] for c in table.columns if statistic_of(c, None) == "count" and c != "value"]
    return int(counts[0].high) if counts and counts[0].exact else None


def _of(whole: Evidence, codes: Codes) -> pl.LazyFrame:
    """The records of a cell."""
    chosen = whole.records.lazy()
    for column, code in codes:
        chosen = chosen.filter(pl.col(column) == code)
    return chosen


def _true(whole: Evidence, codes: Codes, statistic: str, stated: float, step: float) -> bool:
    """Whether the records give this figure, by any of the usual ways to interpolate."""
    chosen, value = _of(whole, codes), pl.col("_measure")
    if statistic == "correlation":
        chosen = chosen.drop_nulls(["_measure", "_other"])
        asked = [pl.corr("_measure", "_other", method=method) for method in ("pearson", "spearman")]
    elif statistic == "weighted":
        asked = [pl.col("_weight").sum()]
    elif statistic[0] == "p":
        asked = [value.quantile(float(statistic[1:]) / 100, method) for method in METHODS]
    elif statistic == "std":
        asked = [value.std(), value.std(ddof=0), value.var(), value.var(ddof=0)]
    elif statistic == "mode":
        asked = [value.mode().min(), value.mode().max()]
    else:
        asked = [value.max() if statistic == "max" else value.min()]
    found = chosen.select(one.alias(str(at)) for at, one in enumerate(asked)).collect().row(0)
    return any(one is not None and abs(one - stated) <= 0.5000001 * step + 1e-9 * abs(one) for one in found)
