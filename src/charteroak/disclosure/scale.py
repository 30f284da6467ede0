"""Tables in a unit in which the solver's tolerances, made for figures about one, are small beside every room."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from charteroak.disclosure.audit import Interval, audit
from charteroak.disclosure.clock import Clock
from charteroak.disclosure.suppress import Pattern, suppress
from charteroak.disclosure.tables import Insider, LinkedTable

SEARCH = 0.9  # of the time limit; the rest is the audit's

CHEAP, DEAR = 0.1, 1e12  # what the dearest unit costs in tables that need no other unit of costs
FINE, COARSE = 1e-2, 1e8  # the least room and the largest figure that need no other unit


def suppressed(
    table: LinkedTable, primary: Iterable[int], clock: Clock
) -> tuple[Pattern, tuple[Interval, ...]]:
    """What to hide, and what a reader can tell then, each in the unit that suits the table.

    Where the audit contradicts the search, because figures are of so different sizes that the solver's tolerance hides
    the smaller ones' room, the pattern is the first one, which no solver found. Raises Unprotectable.
    """
    scale, price = unit_of(table), cost_unit_of(table)
    other = priced(multiplied(table, scale), price)
    primary = frozenset(primary)
    for limit in (clock, Clock(clock.seconds, -np.inf)):
        pattern = suppress(other, primary, limit.share(SEARCH))
        changes = [(witness.figures, witness.amounts) for witness in pattern.witnesses]
        intervals = in_given_unit(audit(other, pattern.units, True, limit, changes), scale)
        if pattern.method == "everything" or all(interval.safe for interval in intervals):
            break
    return replace(pattern, cost=pattern.cost / price, bound=pattern.bound / price), intervals


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
