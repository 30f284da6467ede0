"""Tables as linear systems: every figure, shown or derivable, and the sums that bind them."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Relation = tuple[tuple[int, float], ...]  # (figure, coefficient) pairs whose values sum to zero
UNSHOWN = -1  # a figure no table shows, though it may be derivable
FIXED = -2  # a figure that stays published

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Insider:
    """Somebody who contributed to figures and so knows more of them than a stranger does.

    `lower` and `upper` are what this contributor knows of single figures, by number. Both equal to the value:
    the figure is the contributor's own, and need not be kept from them.
    Source: Salazar-González (2004), cell suppression with several attackers.
    """

    label: str
    lower: Mapping[int, float]
    upper: Mapping[int, float] = field(default_factory=dict)

    def knows(self, figure: int) -> bool:
        return figure in self.lower and self.lower[figure] == self.upper.get(figure)


@dataclass(frozen=True)
class LinkedTable:
    """Figures of one or several tables with every linear relation among them.

    Per figure: `values`, the attacker's bounds `lower` and `upper`, `weight` (cost of moving it by one), the
    room it needs `below` and `above` its value (both 0: not sensitive), and `unit`: the rows that are
    suppressed together with it, or UNSHOWN or FIXED. `cost` is per unit, never negative. `insiders` are the
    attackers who know more than the bounds say; against them, too, each figure needs its room.
    """

    labels: tuple[str, ...]
    values: Floats
    lower: Floats
    weight: Floats
    below: Floats
    above: Floats
    unit: Ints
    relations: tuple[Relation, ...]
    cost: Floats
    upper: Floats = field(default_factory=lambda: np.array([np.inf]))  # broadcast: nothing bounds from above
    insiders: tuple[Insider, ...] = ()

    @cached_property
    def sensitive(self) -> Mask:
        return (self.below > 0) | (self.above > 0)

    @cached_property
    def known(self) -> Mask:
        """Which figures some insider knows something of."""
        found = np.zeros(len(self.values), dtype=bool)
        found[[figure for one in self.insiders for figure in (*one.lower, *one.upper)]] = True
        return found

    def hidden(self, units: Iterable[int]) -> Mask:
        """Which figures nobody can read when these units are suppressed."""
        chosen = np.zeros(len(self.cost) + 2, dtype=bool)  # the last two places are FIXED and UNSHOWN
        chosen[[UNSHOWN, *units]] = True
        return chosen[self.unit]

    def room(self, insider: Insider | None = None) -> tuple[Floats, Floats]:
        """How far each figure can lie below and above its value, as far as an attacker knows beforehand."""
        down = self.values - self.lower
        up = np.broadcast_to(self.upper, self.values.shape) - self.values
        if insider is not None:
            for figure, bound in insider.lower.items():
                down[figure] = min(down[figure], self.values[figure] - bound)
            for figure, bound in insider.upper.items():
                up[figure] = min(up[figure], bound - self.values[figure])
        return np.maximum(down, 0.0), np.maximum(up, 0.0)

    @cached_property
    def entries(self) -> tuple[Ints, Ints, Floats]:
        """The relations as a sparse matrix: of each entry its relation, its figure and its coefficient."""
        lengths = np.fromiter((len(relation) for relation in self.relations), np.int64, len(self.relations))
        pairs = itertools.chain.from_iterable(self.relations)
        flat = np.fromiter(itertools.chain.from_iterable(pairs), np.float64, 2 * int(lengths.sum()))
        return np.repeat(np.arange(len(lengths)), lengths), flat[::2].astype(np.int64), flat[1::2]

    def among(self, entries: Ints) -> tuple[Ints, Ints, Floats]:
        """Some of the entries."""
        rows, figures, factors = self.entries
        return rows[entries], figures[entries], factors[entries]

    @cached_property
    def ends(self) -> Ints:
        """Where in `entries` each relation begins, and where the last one ends."""
        return np.searchsorted(self.entries[0], np.arange(len(self.relations) + 1))

    @cached_property
    def by_figure(self) -> tuple[Ints, Ints]:
        """Places in `entries` sorted by figure, and where each figure begins among them."""
        figures = self.entries[1]
        order = np.argsort(figures, kind="stable")
        return order, np.searchsorted(figures[order], np.arange(len(self.values) + 1))


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
