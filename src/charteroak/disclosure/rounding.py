"""Controlled rounding: every figure a multiple of a base, and every total still the sum of its parts."""

from dataclasses import dataclass

import highspy
import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.movement import rowwise, solver
from charteroak.disclosure.tables import Floats, LinkedTable, Relation

FARTHER = 4  # steps beyond the neighbouring multiples that a figure may go where sums leave no choice


class Unroundable(ValueError):
    """No rounding keeps all sums, or none was found in time."""


@dataclass(frozen=True)
class Rounding:
    """Rounded figures, in the table's order. `distance` is the sum of all changes.

    `adjacent`: every figure went to one of its two neighbouring multiples, so a reader knows each to within
    one base; a multiple stayed as it was. `optimal`: no rounding changes less; none changes less than `bound`.
    """

    values: Floats
    distance: float
    adjacent: bool
    optimal: bool
    bound: float = 0.0

    @property
    def gap(self) -> float:
        return max(self.distance - self.bound, 0.0) / self.distance if self.distance else 0.0


def controlled_rounding(table: LinkedTable, base: float, clock: Clock = UNLIMITED) -> Rounding:
    """Round all figures to multiples of `base` so that all relations hold, changing as little as possible.

    Each figure goes to a neighbouring multiple where the sums allow it (they always do in two-way tables), else
    as few steps farther as possible. Where the program has no solution, or the clock stops before one was
    found, parts are rounded and added up.
    Raises ValueError for a base that is not positive, Unroundable.

    Source: Cox (1987), A constructive procedure for unbiased controlled rounding; Salazar-González (2006),
    Controlled rounding and cell perturbation.
    """
    if base <= 0:
        raise ValueError(f"the base is {base}; round to a positive number such as 5")
    steps = table.values / base
    floor = np.floor(steps + 1e-9)
    rest = np.where(steps - floor < 1e-9, 0.0, steps - floor)
    program = solver(presolve=True)
    program.setOptionValue("mip_rel_gap", 0.0)
    if clock.limited:
        program.setOptionValue("time_limit", max(clock.left, 0.0))
    program.passModel(_model(table, floor, rest))
    program.run()
    if program.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        values = _added_up(table, base)
        if values is None:
            why = program.modelStatusToString(program.getModelStatus())
            raise Unroundable(
                f"no additive rounding to {base:g} was found ({why}); take a smaller base or more time"
            )
        return _as_found(table, values, base, rest, adjacent=False, optimal=False)
    size = len(table.values)
    up, over, under = np.round(np.array(program.getSolution().col_value)).reshape(3, size)
    values = base * (floor + up + over - under)
    optimal = program.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return _as_found(table, values, base, rest, not (over.any() or under.any()), optimal)


def _as_found(
    table: LinkedTable, values: Floats, base: float, rest: Floats, adjacent: bool, optimal: bool
) -> Rounding:
    distance = float(np.abs(values - table.values).sum())
    least = float(np.minimum(rest, 1 - rest)[rest > 0].sum()) * base  # each figure to its nearest multiple
    return Rounding(values, distance, adjacent, optimal, distance if optimal else min(least, distance))


def _added_up(table: LinkedTable, base: float) -> Floats | None:
    """Every figure without parts to its nearest multiple, every total the sum of those: it takes no time.

    Totals go farther than they need to. None where figures are bound by more than totals and their parts.
    """
    values = np.maximum(np.round(table.values / base), np.ceil(table.lower / base)) * base
    open_ = {w[0]: parts for relation in table.relations for w, parts in [_parted(relation)] if len(w) == 1}
    while open_:
        ready = [total for total, parts in open_.items() if open_.keys().isdisjoint(parts)]
        if not ready:
            return None
        for total in ready:
            values[total] = values[open_.pop(total)].sum()
    rows, figures, factors = table.entries
    left = np.bincount(rows, factors * values[figures], minlength=len(table.relations))
    return values if (np.abs(left) < base / 2).all() else None


def _parted(relation: Relation) -> tuple[list[int], list[int]]:
    """The total, and its parts."""
    return [f for f, factor in relation if factor > 0], [f for f, factor in relation if factor < 0]


def _model(table: LinkedTable, floor: Floats, rest: Floats) -> highspy.HighsLp:
    """Per figure one step up or none, and dear steps beyond; the relations of the rounded figures."""
    size = len(table.values)
    rows, figures, factors = table.entries
    model = highspy.HighsLp()
    used = rowwise(
        np.repeat(rows, 3),
        np.stack([figures, figures + size, figures + 2 * size], axis=1).ravel(),
        np.stack([factors, factors, -factors], axis=1).ravel(),
        model,
    )
    right: Floats = -np.bincount(rows, factors * floor[figures], minlength=len(table.relations))[used].astype(
        float
    )
    lower = np.broadcast_to(table.lower, (size,))
    room = np.minimum(FARTHER, np.where(np.isinf(lower), FARTHER, np.maximum(floor, 0)))
    model.num_col_ = 3 * size
    model.col_cost_ = np.concatenate([1 - 2 * rest, np.full(2 * size, 10.0)])
    model.col_lower_ = np.zeros(3 * size)
    model.col_upper_ = np.concatenate([np.where(rest > 0, 1.0, 0.0), np.full(size, float(FARTHER)), room])
    model.row_lower_ = model.row_upper_ = right
    model.integrality_ = [highspy.HighsVarType.kInteger] * (3 * size)
    return model
