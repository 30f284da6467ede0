"""Finds which further rows to suppress so that no suppressed figure can be worked out."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.cuts import Cut
from charteroak.disclosure.exact import Relaxation
from charteroak.disclosure.lifts import Lifts
from charteroak.disclosure.movement import OutOfTime, Target, Witness, moved_units, targets
from charteroak.disclosure.neighbourhood import Neighbourhoods
from charteroak.disclosure.proofs import Proof, prove_all, prune, spent
from charteroak.disclosure.starts import Unprotectable, all_at_once, one_by_one
from charteroak.disclosure.tables import LinkedTable

GRACE = 0.5  # seconds that something better than hiding everything may take past any limit
FEW = 20  # targets: so many are proven one by one before anything else
LARGE = 5000  # figures: above, whole choices are made neighbourhood by neighbourhood
FRACTIONAL = 0.5  # of the time left, so that enough remains to complete what the fractions suggest
SMALL = 1200  # figures: below, the cheapest pattern can mostly be proven however far off the bound is
TINY = 300  # the same without a clock, where nothing else would end the attempt
CLOSE = 0.05  # of the cost: in larger tables, where the bound is farther off, it can not
LAST = 1.5  # times what proving took is kept for the last choice
EXACT = 0.4  # of the time left then, before the search for cheaper patterns gives up proving the cheapest

__all__ = ["Pattern", "Unprotectable", "suppress"]


@dataclass(frozen=True)
class Pattern:
    """Units suppressed because they are sensitive, and those that shield them.

    `cost` covers both; no pattern that protects costs less than `bound`. `method` says what found it. `witnesses`
    are movements that prove it, so that an audit can check them instead of finding its own.
    """

    primary: frozenset[int]
    secondary: frozenset[int]
    cost: float
    bound: float = 0.0
    method: str = ""
    witnesses: tuple[Witness, ...] = field(default=(), compare=False, repr=False)

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
        self.proving = 0.0  # seconds that the last choice took to prove
        self.proofs: dict[Target, Proof] = {}  # of the last choice
        self.lifted: dict[Target, Proof] = {}  # without a solver
        self.best: Pattern | None = None
        self.whole_costs = bool(np.all(table.cost == np.round(table.cost)))

    def everything(self) -> Pattern:
        """All that may be hidden at all."""
        units = frozenset(np.unique(self.table.unit[self.table.unit >= 0]).tolist()) - self.primary
        cost = spent(self.table, units | self.primary)
        return Pattern(self.primary, units, cost, self.bound, "everything", _witnesses(self.lifted))

    def first(self) -> None:
        """Something that protects: at once where totals may be hidden too, then as soon as possible."""
        if self.clock.limited:
            self.lifted = Lifts(self.table).proofs(self.asked)
            self.complete()
            if len(self.lifted) == len(self.asked):
                units = self.primary | _used(self.table, self.lifted)
                self.keep(units, "all totals above", _witnesses(self.lifted))
        given = self.clock
        if self.best is None:
            self.clock = self.clock.later(GRACE)
        try:
            self.start()
        finally:
            self.clock = given

    def complete(self) -> None:
        """The few targets that no totals above prove, because those must stay or a contributor knows them."""
        missing = [target for target in self.asked if target not in self.lifted]
        if missing and len(missing) <= FEW:
            units = self.primary | _used(self.table, self.lifted)
            with contextlib.suppress(OutOfTime):
                self.lifted |= one_by_one(self.table, units, missing, self.clock.later(GRACE))

    def start(self) -> None:
        own = self.table.known
        others = [target for target in self.asked if not own[target.figure]]
        still = frozenset(np.flatnonzero(own).tolist())
        hidden, known = all_at_once(self.table, self.primary, others, self.clock, still)
        if len(others) < len(self.asked):  # what some insider knows must be kept from all others
            rest = [target for target in self.asked if own[target.figure]]
            hidden |= all_at_once(self.table, self.primary | hidden, rest, self.clock)[0]
        open_ = [t for t in self.asked if not any(w.proves(t, self.table) for w in known)]
        proofs: dict[Target, Proof] = {}
        try:
            self.proven(self.primary | hidden, open_, proofs)
        finally:  # of what was not come to, the totals above
            proofs |= {t: self.lifted[t] for t in open_ if t not in proofs and t in self.lifted}
            if len(proofs) == len(open_):
                self.keep(
                    hidden | _used(self.table, proofs), "all targets at once", (*known, *_witnesses(proofs))
                )

    def proven(
        self, hidden: frozenset[int], asked: list[Target], proofs: dict[Target, Proof] | None = None
    ) -> dict[Target, Proof]:
        """Proofs among what is hidden, earlier ones where they still hold, and where it does not suffice, by hiding
        more; added to `proofs` as they are found."""
        proofs = {} if proofs is None else proofs
        proofs |= {
            t: self.proofs[t]
            for t in asked
            if t in self.proofs and _used(self.table, self.proofs, t) <= hidden
        }
        open_ = [target for target in asked if target not in proofs]
        missing = prove_all(self.table, hidden, open_, self.primary, self.clock, proofs)
        if missing:
            known = self.primary | _used(self.table, proofs)
            proofs |= one_by_one(self.table, known, missing, self.clock)
        return proofs

    def consider(self, hidden: Iterable[int], method: str, cuts: Iterable[Cut] | None) -> None:
        """Prove a choice, repair what it lacks, prune it if `cuts` are given, and keep it when it is the cheapest."""
        begun = self.clock.seconds()
        proofs = self.proven(self.primary.union(hidden), self.asked)
        self.keep(self.primary | _used(self.table, proofs), method, _witnesses(proofs))
        self.proving = self.clock.seconds() - begun
        if cuts is not None:
            kept = prune(self.table, self.primary, proofs, cuts, self.clock)
            self.keep(kept, method, _witnesses(proofs))
        self.proofs = proofs

    def keep(self, hidden: Iterable[int], method: str, witnesses: tuple[Witness, ...]) -> None:
        secondary = frozenset(hidden) - self.primary
        cost = spent(self.table, secondary | self.primary)
        if self.best is None or cost < self.best.cost:
            self.best = Pattern(self.primary, secondary, cost, method=method, witnesses=witnesses)

    def relaxed(self) -> None:
        """Raise the bound by inequalities, try what they suggest, then insist on whole choices."""
        if self.clock.limited and self.clock.left <= 0:
            raise OutOfTime
        relaxation = Relaxation(self.table, self.primary, self.asked, self.clock)
        support = relaxation.fractions(self.clock.share(FRACTIONAL))
        if self.proven_cheapest(relaxation.bound):
            return
        relaxation.master.whole()
        self.consider(support, "support of the relaxation", relaxation.master.cuts)
        small = len(self.table.values) <= (SMALL if self.clock.limited else TINY)
        close = self.best is not None and replace(self.best, bound=self.bound).gap <= CLOSE
        if (
            (small or close)
            and len(self.table.values) <= LARGE
            and not self.proven_cheapest(relaxation.bound)
        ):
            self.exact(relaxation)
        if not self.proven_cheapest(relaxation.bound):
            self.improve(relaxation)

    def exact(self, relaxation: Relaxation) -> None:
        """Whole choices until one protects and so is the cheapest, or time has passed."""
        last = None
        for choice in relaxation.whole(self.clock.share(EXACT)):
            last = choice
            if self.proven_cheapest(relaxation.bound):
                return
        if last is not None:
            self.consider(last, "whole choices", relaxation.master.cuts)

    def improve(self, relaxation: Relaxation) -> None:
        """Cheaper patterns in the neighbourhood of the best; proven as time halves and once the search is over."""
        if self.best is None:
            return
        last: set[int] | None = None
        clock = self.clock.less(LAST * self.proving)
        half = clock.left / 2 if clock.limited else 0.0
        relaxation.inequalities.remembered.learn(self.proofs)
        try:
            for choice in Neighbourhoods(relaxation, self.table.cost, clock).better(set(self.best.units)):
                last = choice
                if half > LAST * self.proving and clock.left < half:
                    self.consider(choice, "neighbourhoods", None)
                    half, last = clock.left / 2, None
        except OutOfTime:
            pass
        if last is not None:
            self.consider(last, "neighbourhoods", relaxation.master.cuts)

    def proven_cheapest(self, bound: float) -> bool:
        """Take note of a bound; whether the best pattern meets it. Whole costs add up to whole ones."""
        if self.whole_costs:
            bound = float(np.ceil(bound - 1e-6 * max(1.0, abs(bound))))
        self.bound = max(self.bound, bound)
        return self.best is not None and replace(self.best, bound=self.bound).optimal

    def answer(self) -> Pattern:
        best = self.best or self.everything()
        return replace(best, bound=min(max(self.bound, self.base), best.cost))


def _used(table: LinkedTable, proofs: dict[Target, Proof], *targets: Target) -> set[int]:
    """The units that the proofs of these targets (all unless given) need hidden."""
    return moved_units(table, [witness for target in targets or proofs for witness in proofs[target]])


def _witnesses(proofs: dict[Target, Proof]) -> tuple[Witness, ...]:
    return tuple({id(witness): witness for proof in proofs.values() for witness in proof}.values())
