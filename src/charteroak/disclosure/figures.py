"""Holds every stated figure against what the records give."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.drb import drb
from charteroak.disclosure.evidence import Cell, Codes, Evidence
from charteroak.disclosure.rules import label
from charteroak.disclosure.stated import Figure, Stated
from charteroak.disclosure.stated import figure as read
from charteroak.disclosure.verdicts import Verdict

Value = Callable[[Codes, Cell], float | None]
REBUILD = "Build the table from these records again; declared figures are recomputed, never believed."
NOT_PEOPLE = "The figures count rows; count distinct people instead."


@dataclass(frozen=True)
class Compared:
    """What a figure column turned out to state: `about` people, or `n` with the measure; with its verdicts."""

    statistic: str
    about: str
    verdicts: tuple[Verdict, ...]
    value: Value = lambda _codes, cell: float(cell.people)


def compared(table: Stated, column: str, statistic: str, whole: Evidence, appetite: Appetite) -> Compared:
    """The reading of a column under which most of its figures are what the records give.

    A count may be of people or of those with the measure; of rows never. A mean may be over people or rows.
    Shares and percentages may be fractions of 1 or of 100, of a row, a column or the whole.
    """
    best: tuple[int, str, Value, list[Verdict]] | None = None
    for about, value in _readings(statistic, whole):
        wrong = list(_wrong(table, column, value, whole, statistic, appetite))
        if best is None or len(wrong) < best[0]:
            best = (len(wrong), about, value, wrong)
    assert best is not None  # noqa: S101 - every statistic has a reading
    _, about, value, wrong = best
    if about == "rows":
        wrong = [Verdict("people", table.file, "fail", column, "rows", "distinct people", NOT_PEOPLE)]
        about = "people"
    verdicts = wrong or [Verdict("same_figure", table.file, "pass", column)]
    return Compared(statistic, about, tuple(verdicts), value)


def _readings(statistic: str, whole: Evidence) -> Iterator[tuple[str, Value]]:
    if statistic == "count":
        yield "people", lambda _, cell: float(cell.people)
        yield "n", lambda _, cell: float(cell.n)
        yield "rows", lambda _, cell: float(cell.rows)
        yield "rows", lambda _, cell: float(cell.values)
    elif statistic == "sum":
        yield "n", lambda _, cell: float(cell.total) if cell.n else None
    elif statistic == "mean":
        yield "n", lambda _, cell: float(cell.total / cell.n) if cell.n else None
        yield "n", lambda _, cell: float(cell.total / cell.values) if cell.values else None
    elif statistic == "share":
        yield "n", lambda _, cell: float(100 * cell.total / cell.n) if cell.n else None
        yield "n", lambda _, cell: float(cell.total / cell.n) if cell.n else None
    else:
        for within in ((), *((dimension,) for dimension in whole.derivation.dimensions)):
            for times in (100, 1):
                yield "people", _portion(whole, within, times)


def _portion(whole: Evidence, within: tuple[str, ...], times: int) -> Value:
    """A cell's people as a portion of those with the same codes of `within`."""

    def value(codes: Codes, cell: Cell) -> float | None:
        parent = whole.cells.get(tuple(pair for pair in codes if pair[0] in within))
        return times * cell.people / parent.people if parent and parent.people else None

    return value


def _wrong(
    table: Stated, column: str, value: Value, whole: Evidence, statistic: str, appetite: Appetite
) -> Iterator[Verdict]:
    for line in table.lines:
        shown, cell = line.figures[column], whole.cells.get(line.codes)
        if shown.hidden or cell is None:
            continue
        true = value(line.codes, cell)
        if true is None or not _says(shown, true, counted=statistic == "count", appetite=appetite):
            said = f"{column} {shown.text}, row {line.row}"
            yield Verdict(
                "same_figure", table.file, "fail", label(line.codes), said, "as the records give it", REBUILD
            )


def _says(shown: Figure, true: float, *, counted: bool, appetite: Appetite) -> bool:
    """Whether a printed figure is this one: exact to its last digit, rounded as agreed, or a range around it."""
    if not shown.exact:
        return shown.low <= true <= shown.high
    slack = 0 if counted else 0.5000001 * shown.step + 1e-9 * abs(true)
    if abs(shown.low - true) <= slack:
        return True
    if not counted:
        return False
    base = appetite.rounding_base
    if base and abs(shown.low - true) < base and shown.low % base == 0:
        return True
    if appetite.drb_rounding:
        return read(drb(Decimal(int(true)))) == replace(shown, text=drb(Decimal(int(true))))
    return False


def rounded(shown: Figure, appetite: Appetite) -> bool:
    """Whether a printed count looks as the appetite wants counts rounded."""
    if not shown.exact or not math.isfinite(shown.low):
        return True
    base, count = appetite.rounding_base, shown.low
    by_base = not base or count % base == 0
    return by_base and (not appetite.drb_rounding or drb(Decimal(int(count))) == f"{int(count)}")
