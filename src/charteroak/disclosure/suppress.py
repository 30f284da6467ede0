"""Finds which further rows to suppress so that no suppressed figure can be worked out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.exact import Relaxation
from charteroak.disclosure.movement import OutOfTime, Target, moved_units, targets
from charteroak.disclosure.proofs import Proof, prove_all, prune, spent
from charteroak.disclosure.starts import Unprotectable, all_at_once, one_by_one
from charteroak.disclosure.tables import LinkedTable

RELAXED = 5000  # figures: above, the inequalities of the exact method are too many to pay
FIRST = 0.15  # of the time goes to pruning the first pattern, where a better one follows
WEIGHED_AGAIN = 2  # how often the first start weighs figures anew by how far they moved

__all__ = ["Pattern", "Unprotectable", "suppress"]


@dataclass(frozen=True)
class Pattern:
    """Units suppressed because they are sensitive, and those that shield them.

    `cost` covers both; no pattern that protects costs less than `bound`. `method` says what found it.
    """

    primary: frozenset[int]
    secondary: frozenset[int]
    cost: float
    bound: float = 0.0
    method: str = ""

    @property
    def units(self) -> frozenset[int]:
        return self.primary | self.secondary

    @property
    def gap(self) -> float:
        """How much cheaper, as a share of the cost, another pattern could be at most."""
        return max(self.cost - self.bound, 0.0) / self.cost if self.cost > 0 else 0.0

    @property
    def optimal(self) -> bool:
        return self.cost - self.bound <= 1e-6 * max(1.0, self.cost)


def suppress(table: LinkedTable, primary: Iterable[int] = (), clock: Clock = UNLIMITED) -> Pattern:
    """Choose secondary suppressions so that every sensitive figure has the room it needs, whoever looks.

    `primary` units are suppressed besides those of the sensitive figures. Two starts, all targets at once and
    the support of Benders' relaxation, are each pruned to what their proofs need, and the cheaper is kept;
    where the relaxation closes, integer choices follow until the cheapest pattern is proven. When the clock
    stops, the answer is the best pattern that is proven to protect, with what is known of the distance to the
    cheapest; without a clock the work is bounded and the answer always the same. Raises Unprotectable naming
    a figure that no pattern protects.

    Source: Kelly, Golden and Assad (1992); Fischetti and Salazar (2001).
    """
    asked = sorted(targets(table), key=lambda t: (-abs(t.room), -table.values[t.figure], t.figure, t.room))
    units = {int(unit) for unit in table.unit[table.sensitive] if unit >= 0} | set(primary)
    search = _Search(table, frozenset(units), asked, clock)
    if not asked:
        return replace(search.everything(), secondary=frozenset(), cost=search.base, bound=search.base)
    try:
        search.first()
        if len(table.values) <= RELAXED:
            search.relaxed()
    except OutOfTime:
        pass
    return search.answer()


class _Search:
    """The best pattern so far, and how cheap any pattern can be."""

    def __init__(
        self, table: LinkedTable, primary: frozenset[int], asked: list[Target], clock: Clock
    ) -> None:
        self.table, self.primary, self.asked, self.clock = table, primary, asked, clock
        self.base = self.bound = spent(table, primary)
        self.best: Pattern | None = None

    def everything(self) -> Pattern:
        """All that may be hidden at all."""
        units = frozenset(np.unique(self.table.unit[self.table.unit >= 0]).tolist()) - self.primary
        return Pattern(self.primary, units, spent(self.table, units | self.primary), self.bound, "everything")

    def first(self) -> None:
        hidden, known = all_at_once(self.table, self.primary, self.asked, WEIGHED_AGAIN, self.clock)
        if not self.table.insiders:  # the two movements already prove most: safe before anything is pruned
            open_ = [t for t in self.asked if not any(w.proves(t, self.table) for w in known)]
            proofs, missing = prove_all(self.table, self.primary | hidden, open_, self.primary, self.clock)
            if missing:
                proofs |= one_by_one(self.table, self.primary | hidden, missing, self.clock)
            hidden |= _used(self.table, proofs)
            self.keep(hidden, "all targets at once")
        better_follows = len(self.table.values) <= RELAXED
        self.consider(hidden, "all targets at once", FIRST if better_follows else 1.0)

    def consider(self, hidden: Iterable[int], method: str, share: float = 1.0) -> None:
        """Prove a choice, repair what it lacks, prune it, and keep it when it is the cheapest.

        Pruning may take this `share` of the time left.
        """
        proofs, missing = prove_all(
            self.table, self.primary | set(hidden), self.asked, self.primary, self.clock
        )
        if missing:
            known = self.primary | _used(self.table, proofs)
            proofs |= one_by_one(self.table, known, missing, self.clock)
        self.keep(self.primary | _used(self.table, proofs), method)
        found, _ = prune(self.table, self.primary, proofs, self.clock.share(share))
        self.keep(found, method)

    def keep(self, hidden: Iterable[int], method: str) -> None:
        secondary = frozenset(hidden) - self.primary
        cost = spent(self.table, secondary | self.primary)
        if self.best is None or cost < self.best.cost:
            self.best = Pattern(self.primary, secondary, cost, method=method)

    def relaxed(self) -> None:
        """Raise the bound by inequalities, try what they suggest, then insist on whole choices."""
        relaxation = Relaxation(self.table, self.primary, self.asked, self.clock)
        for choice, bound in relaxation.choices():
            self.bound = max(self.bound, bound)
            if self.best is not None and replace(self.best, bound=bound).optimal:
                return
            if choice is not None:
                self.consider(choice, "support of the relaxation")
        self.bound = max(self.bound, relaxation.bound)

    def answer(self) -> Pattern:
        best = self.best or self.everything()
        return replace(best, bound=min(max(self.bound, self.base), best.cost))


def _used(table: LinkedTable, proofs: dict[Target, Proof]) -> set[int]:
    return moved_units(table, [witness for proof in proofs.values() for witness in proof])
