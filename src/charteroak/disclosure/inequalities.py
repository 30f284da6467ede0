"""Inequalities that protecting patterns satisfy, and which of them a choice of units breaks.

Sources: Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47(7): capacity and bridge-less inequalities.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import highspy
import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.components import Component, Components
from charteroak.disclosure.cuts import VIOLATED, Cut
from charteroak.disclosure.movement import OutOfTime, Target, rowwise, solved, solver
from charteroak.disclosure.remembered import ALMOST, Remembered
from charteroak.disclosure.tables import FIXED, UNSHOWN, Floats, Ints, LinkedTable
from charteroak.disclosure.threads import halves, side_by_side

NOTHING = 1e-9
BROKEN = 1e-3  # by less than this a bridge is not worth an inequality
LARGE = 5000  # figures: above, small systems are solved by compiled code of our own
COMPILING = 60.0  # seconds left that allow for compiling it first, on a busy machine too
SMALL = 400_000  # entries of a tableau for it
WIDE = 16.0  # times the room of a target: how far other figures may go in a second attempt
ENOUGH = 60  # inequalities of one component before the choice is made anew


class Inequalities:
    """Finds those that a choice, each unit hidden to a degree of 0 to 1, does not satisfy.

    Readers who contributed are left out: what holds off a stranger is needed against them too.
    """

    def __init__(
        self, table: LinkedTable, primary: frozenset[int], asked: Sequence[Target], clock: Clock = UNLIMITED
    ) -> None:
        self.table = table
        self.primary = np.zeros(len(table.cost) + 2, dtype=bool)  # the last two places: FIXED and UNSHOWN
        self.primary[[UNSHOWN, *primary]] = True
        self.down, self.up = table.room()
        self.asked = list(self._apart(asked))
        self.column = np.full(len(table.values), -1)
        self.remembered = Remembered(self.down, self.up)
        figures = np.bincount(table.unit[table.unit >= 0], minlength=len(table.cost))
        self.several = bool((figures > 1).any())
        self.compiled = len(table.values) > LARGE and _in_time(clock)
        self.alone = np.append(figures == 1, [False, False])[table.unit] & ~self.primary[table.unit]

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
                cut = self._cut(target, np.arange(ends[row], ends[row + 1]), np.ones(1), np.array([row]))
                if cut is not None:
                    yield cut

    def bridges(self, chosen: Floats) -> Iterator[Cut]:
        """Where a unit is hidden more than the rest of one of its relations: nothing could move with it.

        Holds for every pattern from which no unit can be left out, so for a cheapest one.
        """
        rows, figures, _ = self.table.entries
        degree = self._degree(chosen)[figures]
        rest = np.bincount(rows, degree, minlength=len(self.table.relations))[rows] - degree
        for place in np.flatnonzero((degree > rest + BROKEN) & self.alone[figures]).tolist():
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
            attack = _Attack(self, components[label], degree, chosen, clock)
            return attack.quickly(together) if self.compiled else attack.cuts(together)

        found: dict[Target, Cut] = {}
        for one in side_by_side(attacked, halves(by_label)):
            found |= one
        self.asked.sort(key=lambda target: target not in found)  # those that were violated are asked first
        return list(found.values())

    def _degree(self, chosen: Floats) -> Floats:
        return np.concatenate([chosen, [0.0, 1.0]])[self.table.unit]  # FIXED and UNSHOWN from the end

    def _cut(self, target: Target, entries: Ints, weights: Floats, rows: Ints) -> Cut | None:
        """Whatever the weights of relations, the target moves as far as a weighted sum of the others do."""
        table, room, sign = self.table, abs(target.room), np.sign(target.room)
        of_row, figures, factors = table.entries
        sums = np.bincount(
            figures[entries],
            factors[entries] * weights[np.searchsorted(rows, of_row[entries])],
            target.figure + 1,
        )
        if abs(sums[target.figure]) < NOTHING:
            return None
        which = np.flatnonzero(np.abs(sums) >= NOTHING * abs(sums[target.figure]))
        share = -sign * sums[which] / sums[target.figure]
        share[which == target.figure] = 0.0
        with np.errstate(invalid="ignore"):  # nothing times boundless, on the side that is not taken
            far = np.where(
                share > 0, share * self.up[which], np.where(share < 0, -share * self.down[which], 0)
            )
        unit = table.unit[which]
        most = np.where(unit == FIXED, 0.0, np.minimum(far, room))
        given = self.primary[unit]
        rest = room - float(most[given].sum())
        if rest <= VIOLATED * room:
            return None
        units, shares = unit[~given], most[~given]
        if self.several:
            units, at = np.unique(units, return_inverse=True)
            shares = np.bincount(at, shares)
        shares = np.minimum(shares / rest, 1.0)
        used = shares > 0
        return Cut(tuple(units[used].tolist()), tuple(shares[used].tolist()))


class _Attack:
    """How far the figures of one component can be moved.

    Only figures hidden to some degree are in the program; the multipliers of its rows price all others.
    """

    def __init__(
        self, known: Inequalities, component: Component, degree: Floats, chosen: Floats, clock: Clock
    ) -> None:
        self.known, self.chosen, self.clock, self.figures = known, chosen, clock, component.figures
        self.degree = degree[component.figures]
        self.size = component.figures.size
        known.column[component.figures] = np.arange(self.size)
        self.columns = np.arange(self.size, dtype=np.int32)
        self.entries = np.sort(component.entries)
        self.solver: highspy.Highs | None = None
        self.reached: set[Target] = set()

    def quickly(self, together: list[Target]) -> dict[Target, Cut]:
        """The same as `cuts`, by compiled code where the system is small; the solver decides what that leaves open."""
        rows, figures, factors = self.known.table.among(self.entries)
        self.rows, of_row = np.unique(rows, return_inverse=True)
        if self.rows.size * (self.rows.size + self.size) > SMALL:
            return self.cuts(together)
        matrix = np.zeros((self.rows.size, self.size))
        matrix[of_row, self.known.column[figures]] = factors
        found, open_ = self._moved(matrix, together, 1.0)
        if open_:
            found |= self._moved(matrix, open_, WIDE)[0]
        return found

    def _moved(
        self, matrix: Floats, together: list[Target], wide: float
    ) -> tuple[dict[Target, Cut], list[Target]]:
        """Violated inequalities, and the targets that can not be moved without one being violated."""
        from charteroak.disclosure.pivots import OPEN, REACHED, moves  # loads machine code, or compiles

        if self.clock.limited and self.clock.left <= 0:
            raise OutOfTime
        rooms = np.array([target.room for target in together])
        states, movements, weights = moves(
            matrix, self.known.down[self.figures], self.known.up[self.figures], self.degree,
            self.known.column[[target.figure for target in together]], rooms, wide, ENOUGH,
        )  # fmt: skip
        left = np.abs(movements @ matrix.T).max(axis=1, initial=0.0) > 1e-6 * np.abs(rooms)
        found: dict[Target, Cut] = {}
        open_: list[Target] = []
        for number, target in enumerate(together):
            if len(found) >= ENOUGH:
                break
            if states[number] == OPEN or left[number]:
                cut = self.cut(target)
            elif states[number] == REACHED:
                self._convinced(target, movements[number], wide)
                continue
            else:
                cut = self._priced(target, weights[number])
                if cut is None:
                    open_.append(target)
            if cut is not None:
                found[target] = cut
        return found, open_

    def cuts(self, together: list[Target]) -> dict[Target, Cut]:
        """The violated inequalities of these targets, to so many."""
        found: dict[Target, Cut] = {}
        for target in together:
            cut = self.cut(target)
            if cut is not None:
                found[target] = cut
                if len(found) >= ENOUGH:
                    break
        return found

    def _solver(self) -> highspy.Highs:
        rows, figures, factors = self.known.table.among(self.entries)
        model = highspy.HighsLp()
        self.rows = rowwise(rows, self.known.column[figures], factors, model)
        model.num_col_ = self.size
        model.col_cost_ = model.col_lower_ = model.col_upper_ = np.zeros(self.size)
        model.row_lower_ = model.row_upper_ = np.zeros(self.rows.size)
        made = solver()
        made.passModel(model)
        return made

    def cut(self, target: Target) -> Cut | None:
        """An inequality that the choice violates; None, and the movement is remembered, where it needs none.

        No figure may go farther than the target at first: that finds stronger inequalities. Where none is
        violated, others may.
        """
        return self._solved(target, 1.0) or self._solved(target, WIDE)

    def _solved(self, target: Target, wide: float) -> Cut | None:
        room, sign = abs(target.room), float(np.sign(target.room))
        if target in self.reached:
            return None
        place = int(self.known.column[target.figure])
        lower = -np.minimum(self.known.down[self.figures], wide * room) * self.degree
        upper = np.minimum(self.known.up[self.figures], wide * room) * self.degree
        lower[place], upper[place] = (0.0, room) if sign > 0 else (-room, 0.0)
        self.solver = program = self.solver or self._solver()
        program.changeColsBounds(self.size, self.columns, lower, upper)
        program.changeColCost(place, -sign)
        try:
            if not solved(program, self.clock):
                return None
            solution = program.getSolution()
            if -program.getInfo().objective_function_value >= room * (1 - VIOLATED):
                self._convinced(target, np.array(solution.col_value), wide)
                return None
            duals = np.array(solution.row_dual)
        finally:
            program.changeColCost(place, 0.0)
        return self._priced(target, duals)

    def _convinced(self, target: Target, movement: Floats, wide: float) -> None:
        self.reached.add(target)
        moved = np.flatnonzero(np.abs(movement) > ALMOST * abs(target.room))
        self.known.remembered.convinced(target, self.figures[moved], movement[moved], wide)

    def _priced(self, target: Target, duals: Floats) -> Cut | None:
        used = np.flatnonzero(np.abs(duals) > NOTHING)
        if not used.size:
            return None
        rows, ends = self.rows[used], self.known.table.ends
        entries = np.concatenate([np.arange(ends[row], ends[row + 1]) for row in rows.tolist()])
        cut = self.known._cut(target, entries, duals[used], rows)
        return cut if cut is not None and cut.broken(self.chosen) else None


def _in_time(clock: Clock) -> bool:
    """Whether the compiled code is there, or can be compiled within the time."""
    if clock.limited and clock.left < COMPILING:
        from charteroak.disclosure import pivots

        return pivots.ready()
    return True
