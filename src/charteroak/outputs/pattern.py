"""Which figures of a table are suppressed, as a picture: one mark for each, rows down and the last code across."""

from collections.abc import Sequence
from dataclasses import dataclass

from charteroak.outputs.printed import Printed, Row

MOST = 2_000  # marks; beyond that a picture shows less than the table
SIZE = 14  # units from one mark to the next


@dataclass(frozen=True)
class Mark:
    """Where it stands and what it says; `state` is empty, `primary` or `complementary`."""

    x: int
    y: int
    state: str
    says: str


@dataclass(frozen=True)
class Pattern:
    marks: list[Mark]
    width: int
    height: int


def pattern(table: Printed) -> Pattern | None:
    """None where nothing is suppressed, or there is too much to see.

    Two or more code columns make a grid of the others by the last; one makes a single column.
    """
    if not table.primary + table.complementary or len(table.rows) > MOST:
        return None
    down, across = _order(table.rows, slice(0, -1)), _order(table.rows, slice(-1, None))
    if len(table.columns) < 2:
        down, across = across, {(): 0}
    marks = [_mark(row, down, across, single=len(table.columns) < 2) for row in table.rows]
    return Pattern(marks, SIZE * len(across), SIZE * len(down))


def _order(rows: Sequence[Row], part: slice) -> dict[tuple[str, ...], int]:
    """Each combination of these codes, in the order of the table."""
    return {codes: at for at, codes in enumerate(dict.fromkeys(tuple(row.codes[part]) for row in rows))}


def _mark(
    row: Row, down: dict[tuple[str, ...], int], across: dict[tuple[str, ...], int], *, single: bool
) -> Mark:
    codes = tuple(row.codes)
    y, x = (down[codes], 0) if single else (down[codes[:-1]], across[codes[-1:]])
    return Mark(x * SIZE, y * SIZE, row.state, ", ".join(codes))
