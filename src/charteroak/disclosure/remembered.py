"""Movements that convinced before: of a choice that differs little, only the rest need be asked."""

from collections.abc import Mapping, Sequence

import numpy as np

from charteroak.disclosure.movement import Target, Witness
from charteroak.disclosure.tables import Floats, Ints

ALMOST = 1e-6  # of a degree or a room: more than the solver's own tolerance


class Remembered:
    """Per target to which degree figures must be hidden for a movement that shifts it by its room."""

    def __init__(self, down: Floats, up: Floats) -> None:
        self.down, self.up = down, up
        self.last: dict[Target, tuple[Ints, Floats]] = {}
        self.proofs: dict[Target, tuple[Ints, Floats]] = {}  # of fewer figures

    def convinced(self, target: Target, figures: Ints, amounts: Floats, wide: float) -> None:
        """A movement in which no figure goes farther than `wide` times the room, to the degree that it is hidden."""
        room = np.where(amounts > 0, self.up[figures], self.down[figures])
        most = np.maximum(np.minimum(room, wide * abs(target.room)), ALMOST * abs(target.room))
        needed = np.abs(amounts) / most - ALMOST
        self.last[target] = (figures, np.where(figures == target.figure, 0.0, needed))

    def learn(self, proofs: Mapping[Target, Sequence[Witness]]) -> None:
        """What proves a pattern: the first witness of each target holds off a stranger."""
        for target, (first, *_) in proofs.items():
            self.proofs[target] = (first.figures, np.where(first.figures == target.figure, 0.0, 1.0 - ALMOST))

    def possible(self, degree: Floats) -> set[Target]:
        """The targets of which one of these movements is possible, figures being hidden to this degree."""
        known = [*self.last.items(), *self.proofs.items()]
        if not known:
            return set()
        figures = np.concatenate([of for _, (of, _) in known])
        short = degree[figures] < np.concatenate([needed for _, (_, needed) in known])
        starts = np.cumsum([0, *(of.size for _, (of, _) in known[:-1])])
        still = ~np.logical_or.reduceat(short, starts)
        return {known[place][0] for place in np.flatnonzero(still).tolist()}
