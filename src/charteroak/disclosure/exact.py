"""The cheapest pattern, or how far from it a known pattern can be: Benders' decomposition.

The master chooses units; every target that a choice leaves unprotected answers with an inequality that all
protecting patterns satisfy, and the master chooses again. Its optimum is a lower bound on every pattern's cost.
Source: Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47(7).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from charteroak.disclosure.clock import Clock
from charteroak.disclosure.movement import STRANGER, OutOfTime, Target, rowwise, solved, solver
from charteroak.disclosure.tables import UNSHOWN, Floats, LinkedTable

VIOLATED = 1e-4  # of an inequality's right-hand side
NOTHING = 1e-9
TURNS = 200  # of the master, without a clock
NODES = 500  # of one search for a whole choice
ENOUGH = 60  # inequalities before the master chooses again
PATIENCE = 4  # turns that hardly raise the bound before whole choices are asked for
WORTHWHILE = 5e-4
FRACTIONAL = 0.55  # of the time left, so that enough remains to complete what the fractions suggest


@dataclass(frozen=True)
class Cut:
    """Σ shares[u] · hidden[u] ≥ 1 holds for every pattern that protects."""

    units: tuple[int, ...]
    shares: tuple[float, ...]


class Attack:
    """How far one figure can be moved when each unit is hidden to a degree of 0 to 1.

    Only figures hidden to some degree are in the program; the multipliers of its rows price all others.
    """

    def __init__(self, table: LinkedTable, hidden: Floats, clock: Clock) -> None:
        self.table, self.clock = table, clock
        extended = np.concatenate([hidden, [0.0, 1.0]])  # FIXED and UNSHOWN, counted from the end
        self.degree = extended[table.unit]
        self.figures = np.flatnonzero(self.degree > NOTHING)
        self.column = np.full(len(table.values), -1)
        self.column[self.figures] = np.arange(self.figures.size)
        self.columns = np.arange(self.figures.size, dtype=np.int32)
        rows, figures, factors = table.entries
        within = self.column[figures] >= 0
        model = highspy.HighsLp()
        self.used = rowwise(rows[within], self.column[figures[within]], factors[within], model)
        model.num_col_ = self.figures.size
        model.col_cost_ = model.col_lower_ = model.col_upper_ = np.zeros(self.figures.size)
        model.row_lower_ = model.row_upper_ = np.zeros(self.used.size)
        self.solver = solver()
        self.solver.passModel(model)

    def cut(
        self, target: Target, rooms: tuple[Floats, Floats], primary: frozenset[int]
    ) -> Cut | Floats | None:
        """An inequality that this choice violates, or the movement that needs none."""
        down, up = rooms
        room, sign = abs(target.room), float(np.sign(target.room))
        degree, place = self.degree[self.figures], int(self.column[target.figure])
        lower = -np.minimum(down[self.figures], room) * degree
        upper = np.minimum(up[self.figures], room) * degree
        lower[place], upper[place] = (0.0, room) if sign > 0 else (-room, 0.0)
        program = self.solver
        program.changeColsBounds(self.columns.size, self.columns, lower, upper)
        program.changeColCost(place, -sign)
        try:
            if not solved(program, self.clock):
                return None
            solution = program.getSolution()
            if -program.getInfo().objective_function_value >= room * (1 - VIOLATED):
                movement = np.zeros(len(self.table.values))
                movement[self.figures] = solution.col_value
                return movement
            return self._inequality(target, np.array(solution.row_dual), rooms, primary)
        finally:
            program.changeColCost(place, 0.0)

    def _inequality(
        self, target: Target, duals: Floats, rooms: tuple[Floats, Floats], primary: frozenset[int]
    ) -> Cut | None:
        """Whatever the multipliers, the target's movement equals a weighted sum of the others' movements."""
        table, room, sign = self.table, abs(target.room), np.sign(target.room)
        rows, figures, factors = table.entries
        weights = np.zeros(len(table.relations))
        weights[self.used] = duals
        through = np.bincount(figures, factors * weights[rows], minlength=len(table.values))
        own = through[target.figure]
        if abs(own) < NOTHING:
            return None
        share = -sign * through / own
        share[target.figure] = 0.0
        share[np.abs(share) < NOTHING] = 0.0
        down, up = rooms
        with np.errstate(invalid="ignore"):  # nothing times boundless, on the side that is not taken
            most = np.minimum(np.where(share > 0, share * up, np.where(share < 0, -share * down, 0.0)), room)
        shown = table.unit >= 0
        per_unit = np.bincount(table.unit[shown], most[shown], minlength=len(table.cost))
        given = float(most[table.unit == UNSHOWN].sum()) + float(per_unit[list(primary)].sum())
        rest = room - given
        if rest <= VIOLATED * room:
            return None
        per_unit[list(primary)] = 0.0
        units = np.flatnonzero(per_unit)
        shares = np.minimum(per_unit[units] / rest, 1.0)
        return Cut(tuple(units.tolist()), tuple(shares.tolist()))


class Master:
    """The choice of units at least cost that satisfies all inequalities so far."""

    def __init__(self, table: LinkedTable, primary: frozenset[int], clock: Clock) -> None:
        self.clock, self.known, self.units = clock, set[Cut](), len(table.cost)
        self.columns = np.arange(self.units, dtype=np.int32)
        chosen = list(primary)
        self.given = float(table.cost[chosen].sum())
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.units, 0
        cost, lower = table.cost.copy(), np.zeros(self.units)
        cost[chosen], lower[chosen] = 0.0, 1.0
        model.col_cost_, model.col_lower_, model.col_upper_ = cost, lower, np.ones(self.units)
        self.solver = solver()
        self.solver.passModel(model)

    def add(self, cuts: Iterable[Cut]) -> None:
        for cut in cuts:
            if cut not in self.known:
                self.known.add(cut)
                units, shares = np.array(cut.units, dtype=np.int32), np.array(cut.shares)
                self.solver.addRow(1.0, highspy.kHighsInf, units.size, units, shares)

    def whole(self) -> None:
        """From now on a unit is hidden or it is not."""
        kinds = np.full(self.units, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self.solver.changeColsIntegrality(self.units, self.columns, kinds)
        self.solver.setOptionValue("presolve", "on")
        self.solver.setOptionValue("mip_rel_gap", 0.0)
        self.solver.setOptionValue("mip_max_nodes", NODES)

    def choose(self) -> tuple[Floats | None, float]:
        """The cheapest choice, where there is one in time, and a lower bound on any protecting pattern's cost."""
        try:
            optimal = solved(self.solver, self.clock)
        except OutOfTime:
            optimal = False
        info = self.solver.getInfo()
        whole = self.solver.getLp().integrality_
        bound = info.mip_dual_bound if whole else info.objective_function_value if optimal else 0.0
        chosen = np.clip(np.array(self.solver.getSolution().col_value), 0.0, 1.0) if optimal else None
        return chosen, self.given + (float(bound) if np.isfinite(bound) else 0.0)


class Relaxation:
    """Benders' loop: choices of the master, each better founded than the last."""

    def __init__(
        self, table: LinkedTable, primary: frozenset[int], asked: Sequence[Target], clock: Clock
    ) -> None:
        self.table, self.primary, self.clock = table, primary, clock
        self.asked = list(asked)
        self.master = Master(table, primary, clock)
        self.bound = self.master.given
        self.rooms = {STRANGER: table.room()}
        self.movements: dict[Target, tuple[NDArray[np.int64], Floats]] = {}

    def choices(self) -> Iterator[tuple[set[int] | None, float]]:
        """Choices worth completing to patterns, and lower bounds. Ends when the last choice protects.

        Fractional choices first: their support hides enough once no inequality is violated. Then whole ones.
        """
        chosen = np.zeros(len(self.table.cost))
        chosen[list(self.primary)] = 1.0
        stalled = 0
        early = self.clock.share(FRACTIONAL)
        for _ in range(TURNS):
            try:
                cuts = self.separate(chosen, early)
            except OutOfTime:
                break
            if not cuts or stalled >= PATIENCE:
                break
            self.master.add(cuts)
            found, bound = self.master.choose()
            if found is None:
                return
            chosen = found
            stalled = 0 if bound > self.bound * (1 + WORTHWHILE) else stalled + 1
            self.bound = max(self.bound, bound)
            yield None, self.bound
        yield _support(chosen), self.bound
        yield from self._whole()

    def _whole(self) -> Iterator[tuple[set[int] | None, float]]:
        self.master.whole()
        for _ in range(TURNS):
            chosen, bound = self.master.choose()
            self.bound = max(self.bound, bound)
            if chosen is None:
                yield None, self.bound
                return
            chosen = np.round(chosen)
            cuts = self.separate(chosen, self.clock)
            yield _support(chosen), self.bound
            if not cuts:
                return
            self.master.add(cuts)

    def separate(self, chosen: Floats, clock: Clock) -> list[Cut]:
        """Inequalities that a choice violates, asking first those that were violated before."""
        attack = Attack(self.table, chosen, clock)
        cuts: list[Cut] = []
        failed: list[Target] = []
        satisfied: list[Target] = []
        for place, target in enumerate(self.asked):
            if len(cuts) >= ENOUGH:
                satisfied += self.asked[place:]
                break
            if self._still(target, attack.degree):
                satisfied.append(target)
                continue
            answer = attack.cut(target, self.rooms[STRANGER], self.primary)
            if isinstance(answer, Cut):
                cuts.append(answer)
                failed.append(target)
            else:
                satisfied.append(target)
                if answer is not None:
                    moved = np.flatnonzero(answer)
                    self.movements[target] = (moved, answer[moved])
        self.asked = failed + satisfied
        return cuts

    def _still(self, target: Target, degree: Floats) -> bool:
        """Whether the movement that convinced last time is still possible."""
        if target not in self.movements:
            return False
        figures, amounts = self.movements[target]
        down, up = self.rooms[STRANGER]
        most = np.where(
            amounts > 0,
            np.minimum(up[figures], abs(target.room)),
            np.minimum(down[figures], abs(target.room)),
        )
        own = figures == target.figure
        return bool(np.all(own | (np.abs(amounts) <= most * degree[figures] + NOTHING)))


def _support(chosen: Floats) -> set[int]:
    return set(np.flatnonzero(chosen > 1e-6).tolist())
