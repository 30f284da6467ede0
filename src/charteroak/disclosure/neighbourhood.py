"""Whole choices for tables too large to be solved at once: most units stay as they are, a neighbourhood is free.

Source: Pisinger and Ropke (2010), Large neighbourhood search; the inequalities are those of `inequalities`.
"""

from collections.abc import Iterable, Iterator

import highspy
import numpy as np

from charteroak.disclosure.attack import NOTHING
from charteroak.disclosure.clock import Clock
from charteroak.disclosure.exact import Relaxation, hidden_in
from charteroak.disclosure.movement import rowwise, solved, solver
from charteroak.disclosure.tables import Floats, Ints, Mask

NEAR = 0.5  # of a usual cost: a unit that would raise the bound by more is not thought of
EFFORT: dict[str, str | float | int | bool] = {
    "presolve": "on",
    "mip_rel_gap": 0.002,  # of the optimum of one neighbourhood
    "mip_max_nodes": 200,
    **dict.fromkeys(
        (f"mip_heuristic_run_{name}" for name in ("rins", "rens", "root_reduced_cost", "feasibility_jump")),
        False,
    ),
}
SIZES = (
    (30, 300),
    (80, 300),
    (160, 600),
    (320, 1200),
)  # units of a neighbourhood to begin with, and at most; by pass
TURNS = 5  # of solving a neighbourhood and taking in what is violated
ROUNDS = 40  # neighbourhoods, without a clock


class Neighbourhoods:
    """Solves the master for some units while all others stay."""

    def __init__(self, relaxation: Relaxation, cost: Floats, clock: Clock) -> None:
        self.relaxation, self.master, self.clock, self.cost = relaxation, relaxation.master, clock, cost
        used = relaxation.chosen > 0
        step = NEAR * float(np.median(cost[used])) if used.any() else 0.0
        self.near = used | (relaxation.dear <= step)
        self.movable = self.master.least == 0
        self.least_gain = 0.5 if np.all(cost == np.round(cost)) else 0.0
        self.known = 0  # inequalities, by entry: number, unit and its share; by number: the least sum
        self.rows = self.units = np.zeros(0, dtype=np.int64)
        self.shares = self.least = np.zeros(0)

    def better(self, hidden: set[int]) -> Iterator[set[int]]:
        """Choices that cost less than this one and violate nothing, each better than the last.

        Around one unit after another, those first that the fractions would rather not hide.
        """
        at = np.zeros(self.master.units)
        at[list(hidden)] = 1.0
        rounds = 0
        for enough, most in SIZES:
            secondary = np.flatnonzero((at > 0) & self.movable)
            gain = self.cost[secondary] * (1.0 - self.relaxation.chosen[secondary])
            for centre in secondary[np.argsort(-gain, kind="stable")].tolist():
                if not at[centre]:
                    continue
                rounds += 1
                if rounds > ROUNDS and not self.clock.limited:
                    return
                found = self._cheaper(at, self._around([centre], enough), enough, most)
                if found is not None:
                    at = found
                    yield hidden_in(found)

    def _cheaper(self, at: Floats, free: Mask, enough: int, most: int) -> Floats | None:
        """A choice that costs less and violates nothing, or None where a few turns do not find one."""
        limit = float((self.cost * at).sum()) * (1 - NOTHING) - self.least_gain
        for _ in range(TURNS):
            found = self._solved(at, free, limit)
            if found is None:
                return None
            violated = self._violated(found)
            if not violated:
                return found
            at = found
            wider = free | self._around(violated, enough)
            if wider.sum() <= most:
                free = wider
        return None

    def _violated(self, at: Floats) -> set[int]:
        """The units of violated inequalities, which from now on are known.

        Known are then also those that the same choice violates with all these units: without them the next
        choice would hide what nothing farther on lets move.
        """
        cuts = self.relaxation.violated(at, self.clock)
        self.master.know(cuts)
        found = {unit for cut in cuts for unit in cut.units}
        if found:
            farther = at.copy()
            farther[list(found)] = 1.0
            more = self.relaxation.violated(farther, self.clock)
            self.master.know(more)
            found |= {unit for cut in more for unit in cut.units}
        return found

    def _solved(self, at: Floats, free: Mask, limit: float) -> Floats | None:
        """The cheapest choice that differs from `at` in free units only, or None where it does not cost less than
        `limit`. Raises OutOfTime.
        """
        program, columns = self._program(at, free)
        most = limit - float((self.cost * at).sum()) + float((self.cost[columns] * at[columns]).sum())
        if not solved(program, self.clock) or program.getInfo().objective_function_value >= most:
            return None  # not even in fractions
        kinds = np.full(columns.size, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        program.changeColsIntegrality(columns.size, np.arange(columns.size, dtype=np.int32), kinds)
        for option, value in EFFORT.items():
            program.setOptionValue(option, value)
        program.setOptionValue("objective_bound", most)
        solved(program, self.clock)
        info = program.getInfo()
        met = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if not met or info.objective_function_value >= most:
            return None
        found = at.copy()
        found[columns] = np.round(np.array(program.getSolution().col_value))
        return found

    def _program(self, at: Floats, free: Mask) -> tuple[highspy.Highs, Ints]:
        """The master for free units alone, and these."""
        self._index()
        rows, units, shares = self.rows, self.units, self.shares
        inside = free[units]
        given = np.bincount(rows[~inside], shares[~inside] * at[units[~inside]], minlength=self.known)
        anyway = np.bincount(rows[inside], np.minimum(shares[inside], 0.0), minlength=self.known)
        least = self.least - given
        inside &= (anyway < least - NOTHING)[rows]  # the others hold whatever is chosen
        columns = np.flatnonzero(free)
        place = np.full(at.size, -1)
        place[columns] = np.arange(columns.size)
        model = highspy.HighsLp()
        used = rowwise(rows[inside], place[units[inside]], shares[inside], model)
        model.num_col_ = columns.size
        model.col_cost_ = self.cost[columns]
        model.col_lower_, model.col_upper_ = np.zeros(columns.size), np.ones(columns.size)
        model.row_lower_, model.row_upper_ = least[used], np.full(used.size, np.inf)
        program = solver()
        program.passModel(model)
        return program, columns

    def _around(self, units: Iterable[int], enough: int) -> Mask:
        """The units that share inequalities with these, and so on until they are enough."""
        self._index()
        found = np.zeros(self.master.units, dtype=bool)
        found[list(units)] = True
        while True:
            touched = np.zeros(self.known, dtype=bool)
            touched[self.rows[(found & self.movable)[self.units]]] = True
            wider = found.copy()
            wider[self.units[touched[self.rows]]] = True
            wider &= self.movable & (self.near | found)
            if wider.sum() >= enough or np.array_equal(wider, found & self.movable):
                return wider
            found = wider

    def _index(self) -> None:
        """Take in the inequalities added since."""
        cuts = list(self.master.cuts)[self.known :]
        rows = np.repeat(np.arange(self.known, self.known + len(cuts)), [len(cut.units) for cut in cuts])
        self.rows = np.concatenate([self.rows, rows])
        self.units = np.concatenate(
            [self.units, np.array([u for c in cuts for u in c.units], dtype=np.int64)]
        )
        self.shares = np.concatenate(
            [self.shares, np.array([s for c in cuts for s in c.shares], dtype=float)]
        )
        self.least = np.concatenate([self.least, np.array([cut.least for cut in cuts], dtype=float)])
        self.known += len(cuts)
