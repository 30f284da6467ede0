"""Inequalities over the choice of units, and which units of a pattern they need."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from charteroak.disclosure.tables import Floats

VIOLATED = 1e-4  # of an inequality's right-hand side


@dataclass(frozen=True)
class Cut:
    """Σ shares[u] · hidden[u] ≥ least: 1 for what protects a target, 0 for what lets a unit move at all."""

    units: tuple[int, ...]
    shares: tuple[float, ...]
    least: float = 1.0

    @cached_property
    def _hash(self) -> int:
        return hash((self.units, self.shares, self.least))

    def __hash__(self) -> int:
        return self._hash  # asked for far more often than made

    def broken(self, chosen: Floats) -> bool:
        return float(chosen[list(self.units)] @ np.array(self.shares)) < self.least - VIOLATED


class Cover:
    """Which units of a pattern the inequalities known so far need: told without a linear program."""

    def __init__(self, cuts: Iterable[Cut], hidden: Iterable[int]) -> None:
        chosen = set(hidden)
        self.users: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        slack: list[float] = []
        for cut in cuts:
            if cut.least > 0:
                for unit, share in zip(cut.units, cut.shares, strict=True):
                    if unit in chosen:
                        self.users[unit].append((len(slack), share))
                slack.append(
                    sum(s for u, s in zip(cut.units, cut.shares, strict=True) if u in chosen) - cut.least
                )
        self.slack = slack

    def needs(self, unit: int) -> bool:
        return any(self.slack[place] - share < -VIOLATED for place, share in self.users[unit])

    def drop(self, unit: int) -> None:
        for place, share in self.users[unit]:
            self.slack[place] -= share
