"""Tables as linear systems: every figure, shown or derivable, and the sums that bind them."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Relation = tuple[tuple[int, float], ...]  # (figure, coefficient) pairs whose values sum to zero
UNSHOWN = -1  # a figure no table shows, though it may be derivable
FIXED = -2  # a figure that stays published


@dataclass(frozen=True)
class LinkedTable:
    """Figures of one or several tables with every linear relation among them.

    Per figure: `values`, the attacker's `lower` bounds, `weight` (cost of moving it by one), the room it
    needs `below` and `above` its value (both 0: not sensitive), and `unit`: the rows that are suppressed
    together with it, or UNSHOWN or FIXED. `cost` is per unit.
    """

    labels: tuple[str, ...]
    values: NDArray[np.float64]
    lower: NDArray[np.float64]
    weight: NDArray[np.float64]
    below: NDArray[np.float64]
    above: NDArray[np.float64]
    unit: NDArray[np.int64]
    relations: tuple[Relation, ...]
    cost: NDArray[np.float64]

    @property
    def sensitive(self) -> NDArray[np.bool_]:
        return (self.below > 0) | (self.above > 0)

    def hidden(self, units: Iterable[int]) -> NDArray[np.bool_]:
        """Which figures nobody can read when these units are suppressed."""
        return np.isin(self.unit, [UNSHOWN, *units])


def crossed(
    values: NDArray[np.float64] | NDArray[np.int64], sensitive: Mapping[tuple[int, int], tuple[float, float]]
) -> LinkedTable:
    """A two-way table with its row, column and grand totals; each cell is its own unit, its value its cost.

    `values` has shape (rows, columns), the inner cells only. Figures and units are numbered row by row over
    (rows + 1, columns + 1), totals last. `sensitive` maps a cell to the room needed below and above.
    Zeros stay published.
    """
    full = np.block(
        [[values, values.sum(1, keepdims=True)], [values.sum(0, keepdims=True), values.sum(keepdims=True)]]
    ).astype(float)
    numbers = np.arange(full.size).reshape(full.shape)
    relations: list[Relation] = []
    for line in itertools.chain(numbers, numbers.T):
        relations.append((*((int(figure), -1.0) for figure in line[:-1]), (int(line[-1]), 1.0)))
    below, above = np.zeros(full.size), np.zeros(full.size)
    for place, room in sensitive.items():
        below[numbers[place]], above[numbers[place]] = room
    flat = full.ravel()
    return LinkedTable(
        labels=tuple(f"{row},{column}" for row, column in np.ndindex(full.shape)),
        values=flat,
        lower=np.zeros(flat.size),
        weight=np.maximum(flat, 1),
        below=below,
        above=above,
        unit=np.where(flat == 0, FIXED, numbers.ravel()),
        relations=tuple(relations),
        cost=flat,
    )
