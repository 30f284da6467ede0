"""Tables in a unit in which the solver's tolerances, made for figures about one, are small beside every room."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from charteroak.disclosure.audit import Interval
from charteroak.disclosure.tables import Insider, LinkedTable

CHEAP, DEAR = 0.1, 1e12  # what the dearest unit costs in tables that need no other unit of costs
FINE, COARSE = 1e-2, 1e8  # the least room and the largest figure that need no other unit


def unit_of(table: LinkedTable) -> float:
    """What to multiply figures by: 1 for ordinary tables, else a power of two, so that nothing is rounded."""
    known = np.isfinite(table.values)
    rooms = np.concatenate([table.below[known], table.above[known]])
    largest = float(np.abs(table.values[known]).max(initial=0.0))
    least = float(rooms[rooms > 0].min(initial=np.inf))
    if np.isinf(least):  # what is asked of unknown figures goes by their own size
        least = FINE * min(1.0, largest)
    if largest == 0 or (least >= FINE and largest <= COARSE):
        return 1.0
    wanted = (
        max(1.0, min(FINE / least, COARSE / largest)) if least < FINE else max(COARSE / largest, FINE / least)
    )
    return float(2.0 ** np.round(np.log2(wanted)))


def cost_unit_of(table: LinkedTable) -> float:
    """The same for costs: those of very small figures would all count as nothing."""
    dearest = float(table.cost.max(initial=0.0))
    if dearest == 0 or CHEAP <= dearest <= DEAR:
        return 1.0
    return float(2.0 ** np.round(np.log2((CHEAP * 1e4 if dearest < CHEAP else DEAR) / dearest)))


def priced(table: LinkedTable, by: float) -> LinkedTable:
    """The same table with other costs."""
    return replace(table, cost=table.cost * by, weight=table.weight * by) if by != 1.0 else table


def multiplied(table: LinkedTable, by: float) -> LinkedTable:
    """The same table in another unit, at the same costs."""
    if by == 1.0:
        return table

    def known(bounds: Mapping[int, float]) -> dict[int, float]:
        return {figure: by * bound for figure, bound in bounds.items()}

    return replace(
        table,
        values=table.values * by,
        lower=table.lower * by,
        upper=table.upper * by,
        below=table.below * by,
        above=table.above * by,
        insiders=tuple(Insider(i.label, known(i.lower), known(i.upper)) for i in table.insiders),
    )


def in_given_unit(intervals: Iterable[Interval], by: float) -> tuple[Interval, ...]:
    """Intervals of a multiplied table, as of the table itself."""
    if by == 1.0:
        return tuple(intervals)
    ends = ("low", "high", "need_low", "need_high", "width", "grain")
    return tuple(replace(i, **{end: getattr(i, end) / by for end in ends}) for i in intervals)
