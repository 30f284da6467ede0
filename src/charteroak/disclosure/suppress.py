"""Finds which further rows to suppress so that no suppressed figure can be worked out."""

from collections.abc import Iterable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from charteroak.disclosure.tables import FIXED, LinkedTable

MOVED = 1e-6  # a figure counts as moved when it differs by more than this share of the room asked for
KEEP_SMALL = 1e-6  # suppressed figures are nearly, not quite, free to move: it keeps witnesses short


class Unprotectable(ValueError):
    """No pattern protects a figure: what stays published gives it away."""


@dataclass(frozen=True)
class Pattern:
    """Units suppressed because they are sensitive, and those that shield them; `cost` covers both."""

    primary: frozenset[int]
    secondary: frozenset[int]
    cost: float

    @property
    def units(self) -> frozenset[int]:
        return self.primary | self.secondary


@dataclass(frozen=True)
class _Target:
    """One thing to prove: that `figure` can differ by `room` (signed) from its value."""

    figure: int
    room: float


Witness = NDArray[np.float64]  # a movement of all figures that keeps every relation: the proof of one target


def suppress(table: LinkedTable, primary: Iterable[int] = ()) -> Pattern:
    """Choose secondary suppressions so that every sensitive figure has the room it needs.

    `primary` units are suppressed besides those of the sensitive figures. Per sensitive figure and direction,
    a linear program finds the cheapest movement of figures that keeps all relations; whatever moves is
    suppressed. Then each secondary, dearest first, is published again if every target still has a witness.
    Two orders are tried and the cheaper pattern kept. Raises Unprotectable naming the figure.

    Source: the perturbation heuristics of Kelly, Golden and Assad (1992) and Fischetti and Salazar (2001).
    """
    sensitive = np.flatnonzero(table.sensitive)
    units = {int(unit) for unit in table.unit[sensitive] if unit >= 0} | set(primary)
    targets = [_Target(int(f), float(table.above[f])) for f in sensitive if table.above[f] > 0]
    targets += [_Target(int(f), -float(table.below[f])) for f in sensitive if table.below[f] > 0]
    largest_first = sorted(targets, key=lambda t: (-abs(t.room), -table.values[t.figure], t.figure, t.room))
    patterns = [_search(table, frozenset(units), order) for order in (largest_first, largest_first[::-1])]
    return min(patterns, key=lambda pattern: pattern.cost)


def _search(table: LinkedTable, primary: frozenset[int], targets: list[_Target]) -> Pattern:
    movement = _Movement(table)
    hidden = set(primary)
    movement.allow(hidden)
    witnesses: dict[_Target, Witness] = {}
    for target in targets:
        witness = movement.find(target)
        if witness is None:
            raise Unprotectable(
                f"{table.labels[target.figure]} is sensitive, and what stays published gives it away: "
                "protect the other tables too, or merge categories"
            )
        witnesses[target] = witness
        moved = set(table.unit[witness != 0].tolist()) - hidden
        hidden |= {unit for unit in moved if unit >= 0}
        movement.allow(hidden)
    hidden = _cleaned(table, movement, primary, hidden, witnesses)
    secondary = frozenset(hidden) - primary
    return Pattern(primary, secondary, float(sum(table.cost[unit] for unit in sorted(hidden))))


def _cleaned(
    table: LinkedTable,
    movement: "_Movement",
    primary: frozenset[int],
    hidden: set[int],
    witnesses: dict[_Target, Witness],
) -> set[int]:
    movement.only(hidden)
    for unit in sorted(hidden - primary, key=lambda unit: (-table.cost[unit], unit)):
        figures = np.flatnonzero(table.unit == unit)
        movement.only(hidden - {unit})
        again: dict[_Target, Witness] = {}
        for target, witness in witnesses.items():
            if witness[figures].any():
                found = movement.find(target)
                if found is None:
                    break
                again[target] = found
        else:
            hidden = hidden - {unit}
            witnesses |= again
    return hidden


class _Movement:
    """The linear program over movements: each figure goes up or down, all relations kept, at least cost."""

    def __init__(self, table: LinkedTable) -> None:
        self.table = table
        self.size = len(table.values)
        self.room_down = table.values - table.lower
        self.solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self.solver.setOptionValue(option, value)
        self.solver.passModel(self._model())
        self.free = table.unit != FIXED
        self._bound(np.arange(self.size), self.free)

    def allow(self, hidden: set[int]) -> None:
        """Let suppressed figures move almost free of charge, others at their weight."""
        price = np.where(self.table.hidden(hidden), KEEP_SMALL, 1.0) * self.table.weight
        columns = np.arange(2 * self.size, dtype=np.int32)
        self.solver.changeColsCost(columns.size, columns, np.concatenate([price, price]))

    def only(self, hidden: set[int]) -> None:
        """Let nothing move but what these units, and figures nobody prints, hide."""
        free = self.table.hidden(hidden)
        changed = np.flatnonzero(free != self.free)
        self.free = free
        self._bound(changed, free)

    def find(self, target: _Target) -> Witness | None:
        """The cheapest movement that moves the target by its room, or None."""
        up, down = max(target.room, 0.0), max(-target.room, 0.0)
        self.solver.changeColBounds(target.figure, up, up)
        self.solver.changeColBounds(self.size + target.figure, down, down)
        self.solver.run()
        solved = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        columns = np.array(self.solver.getSolution().col_value) if solved else None
        self._bound(np.array([target.figure]), self.free)
        if columns is None:
            return None
        movement: Witness = columns[: self.size] - columns[self.size :]
        movement[np.abs(movement) <= MOVED * abs(target.room)] = 0.0
        return movement

    def _bound(self, figures: NDArray[np.int64], free: NDArray[np.bool_]) -> None:
        up = np.where(free, highspy.kHighsInf, 0.0)[figures]
        down = np.where(free, self.room_down, 0.0)[figures]
        columns = np.concatenate([figures, figures + self.size]).astype(np.int32)
        self.solver.changeColsBounds(
            columns.size, columns, np.zeros(columns.size), np.concatenate([up, down])
        )

    def _model(self) -> highspy.HighsLp:
        relations = self.table.relations
        lengths = [2 * len(relation) for relation in relations]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * self.size, len(relations)
        model.col_cost_ = np.concatenate([self.table.weight, self.table.weight])
        model.col_lower_ = np.zeros(2 * self.size)
        model.col_upper_ = np.full(2 * self.size, highspy.kHighsInf)
        model.row_lower_ = model.row_upper_ = np.zeros(len(relations))
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        entries = [e for r in relations for f, c in r for e in ((f, c), (f + self.size, -c))]
        matrix.index_ = np.array([figure for figure, _ in entries], dtype=np.int32)
        matrix.value_ = np.array([coefficient for _, coefficient in entries])
        return model
