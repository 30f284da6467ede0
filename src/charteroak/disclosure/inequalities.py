"""Inequalities that protecting patterns satisfy, and which of them a choice of units breaks.

Sources: Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47(7): capacity and bridge-less inequalities.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from charteroak.disclosure.attack import NOTHING, Attack, Weighted
from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.components import Components
from charteroak.disclosure.cuts import Cut
from charteroak.disclosure.movement import Target
from charteroak.disclosure.remembered import Remembered
from charteroak.disclosure.tables import FIXED, Floats, LinkedTable
from charteroak.disclosure.threads import halves, side_by_side

BROKEN = 1e-3  # by less than this a bridge is not worth an inequality
LARGE = 5000  # figures: above, small systems are solved by compiled code of our own
COMPILING = 60.0  # seconds left that allow for compiling it first, on a busy machine too


class Inequalities:
    """Finds those that a choice, each unit hidden to a degree of 0 to 1, does not satisfy.

    Readers who contributed are left out: what holds off a stranger is needed against them too.
    """

    def __init__(
        self, table: LinkedTable, primary: frozenset[int], asked: Sequence[Target], clock: Clock = UNLIMITED
    ) -> None:
        self.table, self.weighted = table, Weighted(table, primary)
        self.down, self.up = self.weighted.down, self.weighted.up
        self.asked = list(self._apart(asked))
        self.remembered = Remembered(self.down, self.up)
        self.compiled = len(table.values) > LARGE and _in_time(clock)

    def _apart(self, asked: Sequence[Target]) -> Iterator[Target]:
        """Without those that another one implies: the same figure the other way, no farther than anything can move.

        A movement for the other, reversed and scaled down, moves nothing by more than this one's room.
        """
        moving = self.table.unit != FIXED
        free = min(self.down[moving].min(initial=np.inf), self.up[moving].min(initial=np.inf))
        largest: dict[int, Target] = {}
        for target in asked:
            known = largest.setdefault(target.figure, target)
            if abs(target.room) > abs(known.room):
                largest[target.figure] = target
        for target in asked:
            if largest[target.figure] is target or abs(target.room) > free:
                yield target

    def of_relations(self) -> Iterator[Cut]:
        """What each relation of a target's figure asks for by itself."""
        order, starts = self.table.by_figure
        rows, ends = self.table.entries[0], self.table.ends
        for target in self.asked:
            for row in rows[order[starts[target.figure] : starts[target.figure + 1]]].tolist():
                cut = self.weighted.cut(
                    target, np.arange(ends[row], ends[row + 1]), np.ones(1), np.array([row])
                )
                if cut is not None:
                    yield cut

    def bridges(self, chosen: Floats) -> Iterator[Cut]:
        """Where a unit is hidden more than the rest of one of its relations: nothing could move with it.

        Holds for every pattern from which no unit can be left out, so for a cheapest one.
        """
        rows, figures, _ = self.table.entries
        degree = self._degree(chosen)[figures]
        rest = np.bincount(rows, degree, minlength=len(self.table.relations))[rows] - degree
        for place in np.flatnonzero((degree > rest + BROKEN) & self.weighted.alone[figures]).tolist():
            line = self.table.unit[figures[slice(*self.table.ends[[rows[place], rows[place] + 1]])]]
            own = int(self.table.unit[figures[place]])
            others = sorted({unit for unit in line.tolist() if unit >= 0} - {own})
            yield Cut((*others, own), (*(1.0 for _ in others), -1.0), 0.0)

    def violated(self, chosen: Floats, clock: Clock = UNLIMITED) -> list[Cut]:
        """What the targets ask for and the choice does not give, component by component. Raises OutOfTime."""
        degree = self._degree(chosen)
        still = self.remembered.possible(degree)
        open_ = [target for target in self.asked if target not in still]
        components = Components(self.table, degree > NOTHING)
        by_label: defaultdict[int, list[Target]] = defaultdict(list)
        for target in open_:
            by_label[int(components.label[target.figure])].append(target)

        def attacked(label: int, together: list[Target]) -> dict[Target, Cut]:
            attack = Attack(self.weighted, self.remembered, components[label], degree, chosen, clock)
            return attack.quickly(together) if self.compiled else attack.cuts(together)

        found: dict[Target, Cut] = {}
        for one in side_by_side(attacked, halves(by_label)):
            found |= one
        self.asked.sort(key=lambda target: target not in found)  # those that were violated are asked first
        return list(found.values())

    def _degree(self, chosen: Floats) -> Floats:
        return np.concatenate([chosen, [0.0, 1.0]])[self.table.unit]  # FIXED and UNSHOWN from the end


def _in_time(clock: Clock) -> bool:
    """Whether the compiled code is there, or can be compiled within the time."""
    if clock.limited and clock.left < COMPILING:
        from charteroak.disclosure import pivots

        return pivots.ready()
    return True
