"""Survival tables held against the times of the people behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.evidence import Codes
from charteroak.disclosure.judge import Behind
from charteroak.disclosure.labels import TOTALS, code, coded
from charteroak.disclosure.modelled import REFIT
from charteroak.disclosure.stated import figure
from charteroak.disclosure.survival import AT_RISK, EVENTS, PROBABILITY, RISK, STEP, place, shown
from charteroak.disclosure.tabular import Grid
from charteroak.disclosure.unusable import Unusable
from charteroak.disclosure.verdicts import Verdict

TIME = frozenset({"time", "t", "duration", "interval", "period", "month", "quarter", "year"})
LEFT = "Subtracting the groups from their total tells so few people: leave the total's curve out, or merge groups."


@dataclass(frozen=True)
class Step:
    """What the records give for one row: people followed into it, events in it, and the curve after it."""

    at_risk: int
    events: int
    survival: float


@dataclass(frozen=True)
class _Curve:
    """One group's rows in the table and their times, and of its people how long each was followed and why no longer."""

    codes: Codes
    rows: list[int]
    marks: list[float]
    times: NDArray[Any]
    events: NDArray[Any]


def followed(file: str, grid: Grid, behind: Behind, appetite: Appetite) -> Iterator[Verdict]:
    """Compare every step with the records, and hold its people at risk and its events to the threshold.

    The measure is the time that each person was followed, `event` is 1 where it ended with the event. A row is an
    interval that ends at its time, or that moment alone, whichever fits better; the curve is Kaplan and Meier's
    (1958). Columns that the table has of `by` tell groups, each with a curve of its own. Raises Unusable without a
    column of times, or where a person has two rows.
    """
    at = place(grid.header, TIME | {str(behind.measure).lower()})
    if at is None:
        raise Unusable("no column of times: name it time", file=file, row=grid.first - 1)
    people = _records(file, behind)
    curves = [
        _Curve(codes, rows, [_number(file, grid, row, at) for row in rows], *_of_group(people, codes))
        for codes, rows in _groups(grid, behind.by).items()
    ]
    for curve in curves:
        if curve.marks != sorted(set(curve.marks)):
            raise Unusable(
                "times must grow from row to row: name the columns of groups with --by, or choose one group by --where",
                file=file,
            )
    told, readings, moment = _best(file, grid, curves)
    yield from told or [Verdict("same_figure", file, "pass")]
    few = [
        verdict
        for curve, steps in zip(curves, readings, strict=True)
        for verdict in _few(file, grid, curve.rows, steps, appetite.minimum_people)
    ]
    few += _left(file, grid, curves, moment, appetite.minimum_people)
    yield from few or [Verdict("survival", file, "pass", limit=str(appetite.minimum_people))]


def _best(file: str, grid: Grid, curves: Sequence["_Curve"]) -> tuple[list[Verdict], list[list[Step]], bool]:
    """What differs from the records, and their steps, as whichever kind of row fits better: one kind for all curves.

    Last, whether rows are moments.
    """
    found = []
    for moment in (False, True):
        steps = [_steps(curve.marks, curve.times, curve.events, moment=moment) for curve in curves]
        wrong = [
            verdict
            for curve, own in zip(curves, steps, strict=True)
            for verdict in _wrong(file, grid, curve, own)
        ]
        found.append((wrong, steps, moment))
    return min(found, key=lambda one: len(one[0]))


def _groups(grid: Grid, by: Sequence[str]) -> dict[Codes, list[int]]:
    """The rows of each group's curve, by the codes of those columns of `by` that the table has."""
    columns = [(name, grid.header.index(name)) for name in by if name in grid.header]
    found: dict[Codes, list[int]] = {}
    for row, texts in enumerate(grid.rows):
        codes = tuple((name, code(texts[at])) for name, at in columns)
        found.setdefault(codes, []).append(row)
    return found


def _of_group(people: pl.DataFrame, codes: Codes) -> tuple[NDArray[Any], NDArray[Any]]:
    """Times and events of those whose codes these are; a total's codes hold everybody."""
    for name, wanted in codes:
        people = people if _total(wanted) else people.filter(pl.col(name) == wanted)
    return people["_time"].to_numpy(), people["_event"].to_numpy() == 1


def _records(file: str, behind: Behind) -> pl.DataFrame:
    """`_time` and `_event` of each person, and the codes of the groups."""
    schema = behind.records.collect_schema()
    for column in (behind.person, behind.measure, behind.event, *behind.by):
        if column is None:
            raise Unusable("a survival table needs --person, --measure (the time) and --event of the records")
        if column not in schema:
            raise Unusable(f"the records have no column {column!r}; they have {', '.join(schema.names())}")
    chosen = behind.records.select(
        pl.col(behind.person).alias("_person"),
        pl.col(str(behind.measure)).cast(pl.Float64, strict=False).alias("_time"),
        pl.col(str(behind.event)).cast(pl.Float64, strict=False).alias("_event"),
        *behind.by,
    ).filter(pl.all_horizontal(pl.col("_person", "_time", "_event").is_not_null())).collect()  # fmt: skip
    if chosen.is_empty() or not chosen["_event"].is_in([0.0, 1.0]).all():
        raise Unusable(
            "--event is 1 where a person's time ended with the event, else 0: no record says so", file=file
        )
    if not chosen["_person"].is_unique().all():
        raise Unusable("a person has two rows: give each one time and one event", file=file)
    try:
        return coded(chosen, behind.by)
    except ValueError as error:
        raise Unusable(str(error), file=file) from None


def _number(file: str, grid: Grid, number: int, at: int) -> float:
    read = figure(grid.rows[number][at])
    if read is None or not read.exact:
        raise Unusable("the time is no number", file=file, row=grid.first + number, column=grid.header[at])
    return read.low


def _steps(marks: list[float], times: NDArray[Any], events: NDArray[Any], *, moment: bool) -> list[Step]:
    curve = {
        float(end): 1 - (events & (times == end)).sum() / (times >= end).sum()
        for end in np.unique(times[events])
    }
    found = []
    for number, mark in enumerate(marks):
        since = -np.inf if number == 0 else marks[number - 1]
        inside = events & ((times == mark) if moment else ((times > since) & (times <= mark)))
        at_risk = int((times >= mark).sum() if moment else (times > since).sum())
        survival = float(np.prod([kept for end, kept in curve.items() if end <= mark]))
        found.append(Step(at_risk, int(inside.sum()), survival))
    return found


def _wrong(file: str, grid: Grid, curve: "_Curve", steps: list[Step]) -> Iterator[Verdict]:
    columns = ((AT_RISK, "at_risk"), (EVENTS, "events"), (PROBABILITY, "survival"))
    for names, attribute in columns:
        at = place(grid.header, names)
        for number, step in zip(curve.rows, steps, strict=True) if at is not None else ():
            said, true = shown(file, grid, grid.first + number, at or 0), getattr(step, attribute)
            if said.hidden:
                continue
            slack = 0.5000001 * said.step if attribute == "survival" else 0.0
            if not said.low - slack <= true <= said.high + slack:
                row = f"row {grid.first + number}"
                yield Verdict("same_figure", file, "fail", row, attribute, "as the records give it", REFIT)


def _few(
    file: str, grid: Grid, rows: Sequence[int], steps: Sequence[Step], limit: int, left: str = ""
) -> Iterator[Verdict]:
    for number, step in zip(rows, steps, strict=True):
        for people, word, mend in ((step.at_risk, "at risk", RISK), (step.events, "events", STEP)):
            if 0 < people < limit:
                row = f"row {grid.first + number}"
                yield Verdict(
                    "survival",
                    file,
                    "fail",
                    row,
                    f"{people} {word}{left}",
                    str(limit),
                    LEFT if left else mend,
                )


def _left(file: str, grid: Grid, curves: Sequence["_Curve"], moment: bool, limit: int) -> Iterator[Verdict]:
    """Where a total less the groups that stand beside it is few people, who are told by subtraction."""
    for whole in curves:
        for parts in _parts(whole, curves):
            steps = _steps(whole.marks, whole.times, whole.events, moment=moment)
            beside = [False] * len(steps)
            for part in parts:
                own = _steps(whole.marks, part.times, part.events, moment=moment)
                for number, (mark, step, taken) in enumerate(zip(whole.marks, steps, own, strict=True)):
                    if mark in part.marks:
                        steps[number] = Step(
                            step.at_risk - taken.at_risk, step.events - taken.events, step.survival
                        )
                        beside[number] = True
            rows = [row for row, told in zip(whole.rows, beside, strict=True) if told]
            rest = [step for step, told in zip(steps, beside, strict=True) if told]
            yield from _few(file, grid, rows, rest, limit, " less the groups beside")


def _parts(whole: "_Curve", curves: Sequence["_Curve"]) -> list[list["_Curve"]]:
    """The groups that a total's people fall into, by each choice of columns that tells them apart."""
    found: dict[tuple[str, ...], list[_Curve]] = {}
    for curve in curves:
        pairs = list(zip(whole.codes, curve.codes, strict=True))
        finer = tuple(name for (name, own), (_, other) in pairs if _total(own) and not _total(other))
        alike = all(
            name in finer or own == other or (_total(own) and _total(other))
            for (name, own), (_, other) in pairs
        )
        if finer and alike:
            found.setdefault(finer, []).append(curve)
    return list(found.values())


def _total(wanted: str) -> bool:
    return wanted.lower() in TOTALS
