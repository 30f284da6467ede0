"""The cheapest pattern, or how far from it a known pattern can be: Benders' decomposition.

The master chooses units; every target that a choice leaves unprotected answers with an inequality that all
protecting patterns satisfy, and the master chooses again. Its optimum is a lower bound on every pattern's cost.
Source: Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47(7).
"""

from collections.abc import Iterable, Iterator, Sequence

import highspy
import numpy as np

from charteroak.disclosure.clock import Clock
from charteroak.disclosure.cuts import Cut
from charteroak.disclosure.inequalities import Inequalities
from charteroak.disclosure.movement import OutOfTime, Target, solved, solver
from charteroak.disclosure.tables import Floats, LinkedTable

TURNS = 200  # of the master, without a clock
NODES = 500  # of one search for a whole choice
PATIENCE = 1  # turns that hardly raise the bound before whole choices are asked for
WORTHWHILE = 5e-4
CHOSEN = 1e-6


class Master:
    """The choice of units at least cost that satisfies all inequalities so far."""

    def __init__(self, table: LinkedTable, primary: frozenset[int], clock: Clock) -> None:
        self.clock, self.units = clock, len(table.cost)
        self.cuts: dict[Cut, None] = {}
        self.kept_whole = False
        self.columns = np.arange(self.units, dtype=np.int32)
        chosen = list(primary)
        self.given = float(table.cost[chosen].sum())
        self.least = np.zeros(self.units)
        self.least[chosen] = 1.0
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.units, 0
        model.col_cost_ = np.where(self.least > 0, 0.0, table.cost)
        model.col_lower_, model.col_upper_ = self.least, np.ones(self.units)
        self.solver = solver()
        self.solver.passModel(model)

    def know(self, cuts: Iterable[Cut]) -> list[Cut]:
        """Those that are new; its own choices do not heed them."""
        fresh = [cut for cut in dict.fromkeys(cuts) if cut not in self.cuts]
        self.cuts |= dict.fromkeys(fresh)
        return fresh

    def add(self, cuts: Iterable[Cut]) -> None:
        fresh = self.know(cuts)
        starts = np.cumsum([0, *(len(cut.units) for cut in fresh)])
        self.solver.addRows(
            len(fresh), np.array([cut.least for cut in fresh]), np.full(len(fresh), np.inf), int(starts[-1]),
            starts[:-1].astype(np.int32), np.array([u for cut in fresh for u in cut.units], dtype=np.int32),
            np.array([share for cut in fresh for share in cut.shares]),
        )  # fmt: skip

    def whole(self) -> None:
        """From now on a unit is hidden or it is not."""
        self.kept_whole = True
        kinds = np.full(self.units, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self.solver.changeColsIntegrality(self.units, self.columns, kinds)
        self.solver.setOptionValue("presolve", "on")
        self.solver.setOptionValue("mip_rel_gap", 0.0)
        self.solver.setOptionValue("mip_max_nodes", NODES)

    def choose(self, clock: Clock | None = None) -> tuple[Floats | None, float]:
        """The cheapest choice, where there is one in time, and a lower bound on any protecting pattern's cost."""
        try:
            optimal = solved(self.solver, clock or self.clock)
        except OutOfTime:
            optimal = False
        info = self.solver.getInfo()
        bound = info.mip_dual_bound if self.kept_whole else info.objective_function_value if optimal else 0.0
        met = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        some = optimal or (self.kept_whole and met)
        chosen = np.clip(np.array(self.solver.getSolution().col_value), 0.0, 1.0) if some else None
        return chosen, self.given + (float(bound) if np.isfinite(bound) else 0.0)


class Relaxation:
    """Benders' loop: choices of the master, each better founded than the last.

    `bound` is what any protecting pattern costs at least; `chosen` the last choice, whose units are hidden to
    a degree of 0 to 1; `dear` what hiding a unit by 1 would raise the bound by.
    """

    def __init__(
        self, table: LinkedTable, primary: frozenset[int], asked: Sequence[Target], clock: Clock
    ) -> None:
        self.clock = clock
        self.inequalities = Inequalities(table, primary, asked, clock)
        self.master = Master(table, primary, clock)
        self.bound = self.master.given
        self.chosen = self.dear = np.zeros(len(table.cost))

    def fractions(self, clock: Clock) -> set[int]:
        """Raise the bound until no inequality is violated; the units hidden to any degree then."""
        self.master.add(self.inequalities.of_relations())
        found, self.bound = self.master.choose()
        stalled = 0
        for _ in range(TURNS):
            if found is None:
                break
            self.chosen = found
            self.dear = np.array(self.master.solver.getSolution().col_dual)
            if stalled >= PATIENCE:
                break
            try:
                cuts = self.violated(found, clock)
            except OutOfTime:
                break
            if not cuts:
                break
            self.master.add(cuts)
            found, bound = self.master.choose()
            stalled = 0 if bound > self.bound * (1 + WORTHWHILE) else stalled + 1
            self.bound = max(self.bound, bound)
        return hidden_in(self.chosen)

    def violated(self, chosen: Floats, clock: Clock) -> list[Cut]:
        return [*self.inequalities.bridges(chosen), *self.inequalities.violated(chosen, clock)]

    def whole(self, clock: Clock) -> Iterator[set[int]]:
        """Whole choices, of which the last protects unless one took too long to prove cheapest."""
        for _ in range(TURNS):
            found, bound = self.master.choose(clock)
            self.bound = max(self.bound, bound)
            if found is None:
                return
            cuts = self.violated(np.round(found), clock)
            yield hidden_in(np.round(found))
            if not cuts or self.master.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return
            self.master.add(cuts)


def hidden_in(chosen: Floats) -> set[int]:
    return set(np.flatnonzero(chosen > CHOSEN).tolist())
