"""Survival tables held against the times of the people behind them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.judge import Behind
from charteroak.disclosure.modelled import REFIT
from charteroak.disclosure.stated import figure
from charteroak.disclosure.survival import AT_RISK, EVENTS, PROBABILITY, RISK, STEP, place, shown
from charteroak.disclosure.tabular import Grid
from charteroak.disclosure.unusable import Unusable
from charteroak.disclosure.verdicts import Verdict

TIME = frozenset({"time", "t", "duration", "interval", "period", "month", "quarter", "year"})


@dataclass(frozen=True)
class Step:
    """What the records give for one row: people followed into it, events in it, and the curve after it."""

    at_risk: int
    events: int
    survival: float


def followed(file: str, grid: Grid, behind: Behind, appetite: Appetite) -> Iterator[Verdict]:
    """Compare every step with the records, and hold its people at risk and its events to the threshold.

    The measure is the time that each person was followed, `event` is 1 where it ended with the event. A row is an
    interval that ends at its time, or that moment alone, whichever fits better; the curve is Kaplan and Meier's
    (1958). Raises Unusable without a column of times, or where a person has two rows.
    """
    at = place(grid.header, TIME | {str(behind.measure).lower()})
    if at is None:
        raise Unusable("no column of times: name it time", file=file, row=grid.first - 1)
    times, events = _records(file, behind)
    marks = [_number(file, grid, number, at) for number in range(len(grid.rows))]
    if marks != sorted(set(marks)):
        raise Unusable(
            "times must grow from row to row: give one group's curve, chosen by --where", file=file
        )
    readings = [_steps(marks, times, events, moment=moment) for moment in (False, True)]
    told = [list(_wrong(file, grid, steps)) for steps in readings]
    best = min((0, 1), key=lambda reading: len(told[reading]))
    yield from told[best] or [Verdict("same_figure", file, "pass")]
    few = list(_few(file, grid, readings[best], appetite.minimum_people))
    yield from few or [Verdict("survival", file, "pass", limit=str(appetite.minimum_people))]


def _records(file: str, behind: Behind) -> tuple[NDArray[Any], NDArray[Any]]:
    schema = behind.records.collect_schema()
    for column in (behind.person, behind.measure, behind.event):
        if column is None or column not in schema:
            raise Unusable("a survival table needs --person, --measure (the time) and --event of the records")
    chosen = behind.records.select(
        pl.col(behind.person).alias("_person"),
        pl.col(str(behind.measure)).cast(pl.Float64, strict=False).alias("_time"),
        pl.col(str(behind.event)).cast(pl.Float64, strict=False).alias("_event"),
    ).drop_nulls().collect()  # fmt: skip
    if chosen.is_empty() or not chosen["_event"].is_in([0.0, 1.0]).all():
        raise Unusable(
            "--event is 1 where a person's time ended with the event, else 0: no record says so", file=file
        )
    if not chosen["_person"].is_unique().all():
        raise Unusable("a person has two rows: give each one time and one event", file=file)
    return chosen["_time"].to_numpy(), chosen["_event"].to_numpy() == 1


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


def _wrong(file: str, grid: Grid, steps: list[Step]) -> Iterator[Verdict]:
    columns = ((AT_RISK, "at_risk"), (EVENTS, "events"), (PROBABILITY, "survival"))
    for names, attribute in columns:
        at = place(grid.header, names)
        for number, step in enumerate(steps) if at is not None else ():
            said, true = shown(file, grid, grid.first + number, at or 0), getattr(step, attribute)
            if said.hidden:
                continue
            slack = 0.5000001 * said.step if attribute == "survival" else 0.0
            if not said.low - slack <= true <= said.high + slack:
                row = f"row {grid.first + number}"
                yield Verdict("same_figure", file, "fail", row, attribute, "as the records give it", REFIT)


def _few(file: str, grid: Grid, steps: list[Step], limit: int) -> Iterator[Verdict]:
    for number, step in enumerate(steps):
        for people, word, mend in ((step.at_risk, "at risk", RISK), (step.events, "events", STEP)):
            if 0 < people < limit:
                row = f"row {grid.first + number}"
                yield Verdict("survival", file, "fail", row, f"{people} {word}", str(limit), mend)
