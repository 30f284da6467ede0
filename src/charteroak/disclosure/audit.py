"""The attacker's view: how closely can a reader work out each sensitive figure?

Written apart from the search for patterns, so that a fault there cannot hide here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import highspy

from charteroak.disclosure.tables import LinkedTable

TOLERANCE = 1e-6  # of the figure or the room it needs, whichever is larger


@dataclass(frozen=True)
class Interval:
    """The narrowest range a reader can prove for a sensitive figure, and the range it must at least cover."""

    label: str
    unit: int
    low: float
    high: float
    need_low: float
    need_high: float

    @property
    def safe(self) -> bool:
        slack = TOLERANCE * max(1.0, abs(self.need_low), abs(self.need_high))
        return self.low <= self.need_low + slack and self.high >= self.need_high - slack


def audit(table: LinkedTable, suppressed: Iterable[int]) -> list[Interval]:
    """The feasible interval of every sensitive figure when the units `suppressed` are not published.

    A reader knows all published figures, all relations and each figure's lower bound. Two linear programs per
    figure; the intervals are exact for real-valued figures. A table is releasable only if all are safe.
    Source: Fischetti and Salazar (2001), the attacker's problem.
    """
    hidden = table.hidden(suppressed)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    column: dict[int, int] = {}
    for figure in hidden.nonzero()[0].tolist():
        column[figure] = len(column)
        solver.addVar(float(table.lower[figure]), highspy.kHighsInf)
    for relation in table.relations:
        unknown = [(column[figure], factor) for figure, factor in relation if figure in column]
        known = sum(
            factor * float(table.values[figure]) for figure, factor in relation if figure not in column
        )
        if unknown:
            solver.addRow(-known, -known, len(unknown), [c for c, _ in unknown], [f for _, f in unknown])
    found = []
    for figure in table.sensitive.nonzero()[0].tolist():
        value = float(table.values[figure])
        low = high = value
        if figure in column:
            low, high = (_extreme(solver, column[figure], sense) for sense in (1.0, -1.0))
        need_low, need_high = value - float(table.below[figure]), value + float(table.above[figure])
        found.append(Interval(table.labels[figure], int(table.unit[figure]), low, high, need_low, need_high))
    return found


def _extreme(solver: highspy.Highs, column: int, sense: float) -> float:
    """The least (sense 1) or greatest (sense -1) value of one unknown; infinite when nothing bounds it."""
    solver.changeColCost(column, sense)
    solver.run()
    status = solver.getModelStatus()
    value = float(solver.getSolution().col_value[column])
    solver.changeColCost(column, 0.0)
    if status == highspy.HighsModelStatus.kOptimal:
        return value
    if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        # The published figures are themselves a solution, so the program is never infeasible.
        return -sense * float("inf")
    raise RuntimeError(f"the audit's linear program ended with {solver.modelStatusToString(status)}")
