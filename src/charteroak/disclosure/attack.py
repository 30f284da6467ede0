"""How far the figures of one component can be moved, and the inequalities that say why no farther."""

import highspy
import numpy as np

from charteroak.disclosure.clock import Clock
from charteroak.disclosure.components import Component
from charteroak.disclosure.cuts import VIOLATED, Cut
from charteroak.disclosure.movement import OutOfTime, Target, rowwise, solved, solver
from charteroak.disclosure.remembered import ALMOST, Remembered
from charteroak.disclosure.tables import FIXED, UNSHOWN, Floats, Ints, LinkedTable

NOTHING = 1e-9
SMALL = 400_000  # entries of a tableau for compiled code
WORK = 20_000_000  # entries of tableaus that compiled code begins between two looks at the clock
WIDE = 16.0  # times the room of a target: how far other figures may go in a second attempt
FEW = 5  # targets: fewer are asked one by one
ENOUGH = 60  # inequalities of one component before the choice is made anew


class Weighted:
    """Sums of a table's relations, whatever their weights, as inequalities over the choice of units."""

    def __init__(self, table: LinkedTable, primary: frozenset[int]) -> None:
        self.table = table
        self.primary = np.zeros(len(table.cost) + 2, dtype=bool)  # the last two places: FIXED and UNSHOWN
        self.primary[[UNSHOWN, *primary]] = True
        self.down, self.up = table.room()
        self.column = np.full(len(table.values), -1)  # of each figure in the program of its component
        figures = np.bincount(table.unit[table.unit >= 0], minlength=len(table.cost))
        self.several = bool((figures > 1).any())
        self.alone = np.append(figures == 1, [False, False])[table.unit] & ~self.primary[table.unit]

    def cut(self, target: Target, entries: Ints, weights: Floats, rows: Ints) -> Cut | None:
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


class Attack:
    """How far the figures of one component can be moved.

    Only figures hidden to some degree are in the program; the multipliers of its rows price all others.
    """

    def __init__(
        self, weighted: Weighted, remembered: Remembered, component: Component, degree: Floats,
        chosen: Floats, clock: Clock,
    ) -> None:  # fmt: skip
        self.weighted, self.remembered, self.figures = weighted, remembered, component.figures
        self.chosen, self.clock = chosen, clock
        self.degree = degree[component.figures]
        self.size = component.figures.size
        self.column = weighted.column
        self.column[component.figures] = np.arange(self.size)
        self.columns = np.arange(self.size, dtype=np.int32)
        self.entries = np.sort(component.entries)
        self.solver: highspy.Highs | None = None
        self.reached: set[Target] = set()

    def quickly(self, together: list[Target]) -> dict[Target, Cut]:
        """The same as `cuts`, by compiled code where the system is small; the solver decides what that leaves open."""
        rows, figures, factors = self.weighted.table.among(self.entries)
        self.rows, of_row = np.unique(rows, return_inverse=True)
        if self.rows.size * (self.rows.size + self.size) > SMALL:
            return self.cuts(together)
        matrix = np.zeros((self.rows.size, self.size))
        matrix[of_row, self.column[figures]] = factors
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
        if len(together) > (many := max(1, WORK // (matrix.shape[0] * sum(matrix.shape) + 1))):
            return self._in_turn(matrix, together, wide, many)
        rooms = np.array([target.room for target in together])
        states, movements, weights = moves(
            matrix, self.weighted.down[self.figures], self.weighted.up[self.figures], self.degree,
            self.column[[target.figure for target in together]], rooms, wide, ENOUGH,
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

    def _in_turn(
        self, matrix: Floats, together: list[Target], wide: float, many: int
    ) -> tuple[dict[Target, Cut], list[Target]]:
        """So many at a time, for the compiled code does not look at the clock."""
        found: dict[Target, Cut] = {}
        open_: list[Target] = []
        for first in range(0, len(together), many):
            some, left = self._moved(matrix, together[first : first + many], wide)
            found, open_ = found | some, open_ + left
            if len(found) >= ENOUGH:
                break
        return found, open_

    def cuts(self, together: list[Target]) -> dict[Target, Cut]:
        """The violated inequalities of these targets, to so many."""
        self._push(together)
        found: dict[Target, Cut] = {}
        for target in together:
            cut = self.cut(target)
            if cut is not None:
                found[target] = cut
                if len(found) >= ENOUGH:
                    break
        return found

    def _push(self, together: list[Target]) -> None:
        """Move many targets at once: those that one movement shifts far enough need not be asked by themselves."""
        open_ = [target for target in together if target not in self.reached]
        while len(open_) > FEW:
            rooms, times = np.unique([abs(target.room) for target in open_], return_counts=True)
            room = float(rooms[times.argmax()])  # nothing moves farther than it
            one = list({target.figure: target for target in open_ if abs(target.room) == room}.values())
            if len(one) < FEW:
                return
            places = self.column[[target.figure for target in one]].astype(np.int32)
            signs = np.sign([target.room for target in one])
            self.solver = program = self.solver or self._solver()
            program.changeColsBounds(self.size, self.columns, -self._far(room, -1.0), self._far(room, 1.0))
            program.changeColsCost(places.size, places, -signs)
            try:
                if not solved(program, self.clock):
                    return
                movement = np.array(program.getSolution().col_value)
            finally:
                program.changeColsCost(places.size, places, np.zeros(places.size))
            shifted = signs * movement[places]
            for target, amount in zip(one, shifted.tolist(), strict=True):
                if amount >= room * (1 - VIOLATED):
                    self._convinced(target, movement, 1.0)
            left = [target for target in open_ if target not in self.reached]
            if len(open_) - len(left) < FEW:
                return
            open_ = left

    def _far(self, room: float, sign: float) -> Floats:
        """How far each figure may go for a target of that room, to the degree that it is hidden."""
        side = self.weighted.up if sign > 0 else self.weighted.down
        return np.minimum(side[self.figures], room) * self.degree

    def _solver(self) -> highspy.Highs:
        rows, figures, factors = self.weighted.table.among(self.entries)
        model = highspy.HighsLp()
        self.rows = rowwise(rows, self.column[figures], factors, model)
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
        place = int(self.column[target.figure])
        lower, upper = -self._far(wide * room, -1.0), self._far(wide * room, 1.0)
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
        self.remembered.convinced(target, self.figures[moved], movement[moved], wide)

    def _priced(self, target: Target, duals: Floats) -> Cut | None:
        used = np.flatnonzero(np.abs(duals) > NOTHING)
        if not used.size:
            return None
        rows, ends = self.rows[used], self.weighted.table.ends
        entries = np.concatenate([np.arange(ends[row], ends[row + 1]) for row in rows.tolist()])
        cut = self.weighted.cut(target, entries, duals[used], rows)
        return cut if cut is not None and cut.broken(self.chosen) else None
