"""The attacker's view: how closely can a reader work out each suppressed figure?

Written apart from the search for patterns, so that a fault there cannot hide here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.reader import HIGH, LOW, NO_RANGES, Ranges, Reader, Room
from charteroak.disclosure.solutions import Change, Solutions
from charteroak.disclosure.tables import Floats, Insider, Ints, LinkedTable, Mask

TOLERANCE = 1e-6  # of the figure or the room it needs, whichever is larger
KNOWN = (
    2e-6  # of the figure: a narrower range is no range, for the solver's tolerance may be all there is of it
)
STOPPED = Clock(until=-np.inf)


@dataclass(frozen=True)
class Interval:
    """The narrowest range an attacker can prove for a figure, and the range it must at least cover.

    `width` is what the range must measure where the figure's true value is not known to the auditor;
    need_low and need_high are then NaN. `attacker` is empty for a reader who knows only what is published. Not
    `exact`: the true range is at least this one. `grain` is what the solver took for one.
    """

    label: str
    unit: int
    low: float
    high: float
    need_low: float
    need_high: float
    figure: int = -1
    attacker: str = ""
    width: float = 0.0
    exact: bool = True
    grain: float = 1.0

    @property
    def safe(self) -> bool:
        if np.isnan(self.need_low):
            size = max([self.grain, *(abs(end) for end in (self.low, self.high) if np.isfinite(end))])
            least = max(self.width - TOLERANCE * max(size, self.width), KNOWN * size)
            return self.width == 0 or bool(self.high - self.low >= least)
        needs = (abs(end) for end in (self.need_low, self.need_high) if np.isfinite(end))
        slack = TOLERANCE * max([self.grain, *needs])
        return self.low <= self.need_low + slack and self.high >= self.need_high - slack


def audit(
    table: LinkedTable, suppressed: Iterable[int], everything: bool = False, clock: Clock = UNLIMITED,
    changes: Iterable[Change] = (), ranges: Ranges = NO_RANGES,
) -> list[Interval]:  # fmt: skip
    """The feasible interval of every sensitive figure when the units `suppressed` are not published.

    A reader knows all published figures, all relations and each figure's bounds. Intervals are exact for
    real-valued figures: two linear programs per figure, fewer where a solution already attains a bound that the
    relations imply. Then the table's insiders: each sensitive figure that is not their own must keep its room
    when what they know is fixed. A table is releasable only if all intervals are safe. `everything`: also the
    other suppressed figures, of which nothing is required. Values that are NaN are unknown to the auditor as
    well and held to the width of their range. When the clock has stopped, a range that is wide enough is not
    followed to its ends; whether it is wide enough is found out all the same, without a program where one of
    `changes` shows it: other tables that fit what is published, as a search for patterns finds them. They are
    believed only as far as `solutions` can check them. `ranges` are what single figures must cover instead of their
    room. Raises Contradiction where no figures fit what is published.

    Source: Fischetti and Salazar (2001), the attacker's problem; Gleixner et al. (2017), filtering of
    optimisation-based bound tightening.
    """
    hidden = table.hidden(suppressed)
    sensitive = np.flatnonzero(table.sensitive)
    asked = np.flatnonzero((table.sensitive | (everything & (table.unit >= 0))) & hidden)
    low, high = table.values.copy(), table.values.copy()
    exact = np.ones(low.size, dtype=bool)
    reader = Reader(table, np.flatnonzero(hidden))
    known = Solutions(table, hidden, changes)
    if asked.size:
        reader.meet(*known.extremes())
        low[asked], high[asked], exact[asked] = reader.extremes(asked, clock, ranges)
    figures = np.union1d(sensitive, asked).tolist()
    found = [
        replace(_interval(table, f, float(low[f]), float(high[f])), exact=bool(exact[f])) for f in figures
    ]
    return found + list(_insiders(reader, known, hidden, sensitive[hidden[sensitive]]))


def _interval(
    table: LinkedTable, figure: int, low: float, high: float, insider: Insider | None = None
) -> Interval:
    value, below, above = (float(part[figure]) for part in (table.values, table.below, table.above))
    need_low, need_high = value - below, value + above
    if insider is not None:
        need_low = max(need_low, insider.lower.get(figure, -np.inf))
        need_high = min(need_high, insider.upper.get(figure, np.inf))
    attacker = insider.label if insider is not None else ""
    unit = int(table.unit[figure])
    return Interval(
        table.labels[figure], unit, low, high, need_low, need_high, figure, attacker, below + above
    )


def _insiders(reader: Reader, solutions: Solutions, hidden: Mask, asked: Ints) -> Iterator[Interval]:
    """What each contributor can work out of hidden sensitive figures that are not their own.

    One program for all of them, each begun where the one before ended: they differ in a few bounds. Ranges that
    the solutions already show to be wide enough are passed over.
    """
    for insider in reader.table.insiders:
        known = {*insider.lower, *insider.upper}
        if not any(hidden[figure] for figure in known) or not asked.size:
            continue
        least, most = solutions.extremes(insider)
        own = np.isin(asked, [figure for figure in known if insider.knows(figure)])
        others = asked[~own & ~_shown(reader.table, asked, least, most, insider)]
        near = others[reader.connected(sorted(known), others)] if others.size else others
        if near.size:
            reader.know(insider)
            reader.meet(least, most)
            low, high, _ = reader.extremes(near, STOPPED)
            for place, figure in enumerate(near.tolist()):
                yield _interval(reader.table, figure, float(low[place]), float(high[place]), insider)


def _shown(table: LinkedTable, asked: Ints, least: Floats, most: Floats, insider: Insider) -> Mask:
    """Whose room these values show, less what the insider knows of a figure beforehand."""
    room = Room.of(table, asked)
    for place in np.flatnonzero(np.isin(asked, [*insider.lower, *insider.upper])).tolist():
        room.low[place] = max(room.low[place], insider.lower.get(int(asked[place]), -np.inf))
        room.high[place] = min(room.high[place], insider.upper.get(int(asked[place]), np.inf))
    return room.shown(least[asked], most[asked], LOW) & room.shown(least[asked], most[asked], HIGH)
