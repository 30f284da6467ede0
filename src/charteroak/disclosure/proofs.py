"""Proofs that a pattern protects, and the removal of whatever no proof needs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.components import Components
from charteroak.disclosure.cuts import Cover, Cut
from charteroak.disclosure.movement import Movement, OutOfTime, Target, Witness, inside, moved_units
from charteroak.disclosure.tables import LinkedTable, Mask

REMEMBERED = 8  # witnesses per figure and direction that are tried before a new one is sought
Proof = tuple[Witness, ...]  # together they convince every attacker of one target


class Prover:
    """Finds proofs among the figures of one movement program; one witness often serves several targets."""

    def __init__(self, table: LinkedTable, movement: Movement) -> None:
        self.table, self.movement = table, movement
        self.down, self.up = table.room()
        self.known: defaultdict[tuple[int, bool], list[Witness]] = defaultdict(
            list
        )  # by figure and direction
        self.insiders: defaultdict[int, set[int]] = defaultdict(set)  # who knows something of a figure
        for place, insider in enumerate(table.insiders):
            for figure in {*insider.lower, *insider.upper}:
                self.insiders[figure].add(place)

    def prove(self, target: Target) -> Proof | None:
        """Witnesses of the target against every attacker, or None where one of them sees through."""
        witness = self._known(target) or self._fresh(target)
        if witness is None:
            return None
        found = [witness]
        asked: set[int] = set()
        while True:
            figures = {target.figure, *(int(f) for w in found for f in w.figures.tolist())}
            fresh = {place for figure in figures for place in self.insiders[figure]} - asked
            open_ = inside(self.table, target, fresh)
            asked |= fresh
            if not open_:
                return tuple(found)
            for one in open_:
                if not any(known.proves(one, self.table) for known in found):
                    witness = self.movement.find(one)
                    if witness is None:
                        return None
                    found.append(witness)

    def learn(self, proof: Proof) -> None:
        """Remember witnesses that others may do with."""
        for witness in proof:
            for figure, amount in zip(witness.figures.tolist(), witness.amounts.tolist(), strict=True):
                if self.table.sensitive[figure]:
                    self.known[figure, amount > 0].append(witness)

    def _known(self, target: Target) -> Witness | None:
        for witness in reversed(self.known[target.figure, target.room > 0][-REMEMBERED:]):
            if self.movement.possible(witness) and witness.proves(target, self.table):
                return witness
        for witness in reversed(self.known[target.figure, target.room < 0][-REMEMBERED:]):
            back = self._reversed(witness, target)
            if back is not None and self.movement.possible(back):
                return back
        return None

    def _reversed(self, witness: Witness, target: Target) -> Witness | None:
        """The same movement the other way, as far as this target asks, if the figures have that room."""
        amount = float(witness.amounts[witness.figures == target.figure][0])
        figures, amounts = witness.figures, witness.amounts * (target.room / amount)
        if (amounts >= -self.down[figures]).all() and (amounts <= self.up[figures]).all():
            return Witness(figures, amounts)
        return None

    def _fresh(self, target: Target) -> Witness | None:
        witness = self.movement.find(target)
        if witness is not None:
            self.learn((witness,))
        return witness


def prune(
    table: LinkedTable,
    primary: frozenset[int],
    proofs: dict[Target, Proof],
    cuts: Iterable[Cut] = (),
    clock: Clock = UNLIMITED,
) -> set[int]:
    """Publish again every secondary that no proof needs, dearest first; what stays hidden.

    A unit that one of the inequalities `cuts` needs stays without being tried. Every state between is safe:
    when the clock stops, the pattern reached so far is the answer. `proofs` are replaced as units go.
    """
    hidden = primary | moved_units(table, [w for proof in proofs.values() for w in proof])
    cover = Cover(cuts, hidden)
    pruning = _Pruning(table, table.hidden(primary), table.hidden(hidden), proofs, clock)
    for unit in sorted(hidden - primary, key=lambda unit: (-table.cost[unit], unit)):
        if cover.needs(unit):
            continue
        try:
            if pruning.without(unit):
                hidden = hidden - {unit}
                cover.drop(unit)
        except OutOfTime:
            break
    return set(hidden)


class _Pruning:
    """Proofs of what one unit less leaves; the components of the first pattern only ever get smaller."""

    def __init__(
        self, table: LinkedTable, cheap: Mask, hidden: Mask, proofs: dict[Target, Proof], clock: Clock
    ) -> None:
        self.table, self.proofs, self.clock, self.cheap = table, proofs, clock, cheap
        self.components = Components(table, hidden)
        self.provers: dict[int, Prover] = {}
        self.users: defaultdict[int, set[Target]] = defaultdict(set)
        self.failed: defaultdict[Target, int] = defaultdict(int)  # those that resisted are asked first
        for target, proof in proofs.items():
            for unit in moved_units(table, proof):
                self.users[unit].add(target)

    def without(self, unit: int) -> bool:
        """Whether all that the unit serves can be proven without it; then it is so proven."""
        again: dict[Target, Proof] = {}
        labels = {int(label) for label in self.components.label[self.table.unit == unit].tolist()} - {-1}
        provers = [self._prover(label) for label in labels]
        for prover in provers:
            prover.movement.let(unit, move=False)
        try:
            for target in sorted(self.users[unit], key=lambda t: (-self.failed[t], t.figure, t.room)):
                found = self._prover(int(self.components.label[target.figure])).prove(target)
                if found is None:
                    self.failed[target] += 1
                    break
                again[target] = found
            else:
                for target, proof in again.items():
                    self._replace(target, proof)
                return True
        except OutOfTime:
            for prover in provers:
                prover.movement.let(unit, move=True)
            raise
        for prover in provers:
            prover.movement.let(unit, move=True)
        return False

    def _prover(self, label: int) -> Prover:
        if label not in self.provers:
            self.provers[label] = prover_of(self.table, self.components, label, self.cheap, self.clock)
            for target, proof in self.proofs.items():
                if self.components.label[target.figure] == label:
                    self.provers[label].learn(proof)
        return self.provers[label]

    def _replace(self, target: Target, proof: Proof) -> None:
        for unit in moved_units(self.table, self.proofs[target]):
            self.users[unit].discard(target)
        for unit in moved_units(self.table, proof):
            self.users[unit].add(target)
        self.proofs[target] = proof


def prover_of(table: LinkedTable, components: Components, label: int, cheap: Mask, clock: Clock) -> Prover:
    """A prover for one component of hidden figures, in which `cheap` ones are used first."""
    movement = Movement(table, components[label], clock)
    movement.price(cheap)
    return Prover(table, movement)


def prove_all(
    table: LinkedTable, hidden: Iterable[int], asked: Sequence[Target], cheap: frozenset[int], clock: Clock,
    proofs: dict[Target, Proof],
) -> list[Target]:  # fmt: skip
    """Adds the proofs that a set of hidden units gives, short in what is dear; the targets it cannot prove.

    Raises OutOfTime, with those added that were found by then.
    """
    components = Components(table, table.hidden(hidden))
    provers: dict[int, Prover] = {}
    missing = []
    for target in asked:
        label = int(components.label[target.figure])
        if label < 0:
            missing.append(target)
            continue
        if label not in provers:
            provers[label] = prover_of(table, components, label, table.hidden(cheap), clock)
        found = provers[label].prove(target)
        if found is None:
            missing.append(target)
        else:
            proofs[target] = found
    return missing


def spent(table: LinkedTable, units: Iterable[int]) -> float:
    return float(np.sum(table.cost[sorted(units)]))
