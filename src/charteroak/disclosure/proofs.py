"""Proofs that a pattern protects, and the removal of whatever no proof needs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.movement import Movement, OutOfTime, Target, Witness, inside, moved_units
from charteroak.disclosure.tables import LinkedTable

REMEMBERED = 8  # witnesses per figure and direction that are tried before a new one is sought
Proof = tuple[Witness, ...]  # together they convince every attacker of one target


class Prover:
    """Finds proofs among the figures of one movement program; one witness often serves several targets."""

    def __init__(self, table: LinkedTable, movement: Movement) -> None:
        self.table, self.movement = table, movement
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
            open_ = [one for one in inside(self.table, target) if one.attacker in fresh] if fresh else []
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
        return None

    def _fresh(self, target: Target) -> Witness | None:
        witness = self.movement.find(target)
        if witness is not None:
            self.learn((witness,))
        return witness


def prune(
    table: LinkedTable, primary: frozenset[int], proofs: dict[Target, Proof], clock: Clock = UNLIMITED
) -> tuple[set[int], dict[Target, Proof]]:
    """Publish again every secondary that no proof needs, dearest first; what stays hidden and its proofs.

    Every state between is safe: when the clock stops, the pattern reached so far is the answer.
    """
    hidden = primary | moved_units(table, [w for proof in proofs.values() for w in proof])
    movement = Movement(table, table.hidden(hidden), clock)
    movement.price(table.hidden(primary))
    prover = Prover(table, movement)
    users: defaultdict[int, set[Target]] = defaultdict(set)
    for target, proof in proofs.items():
        prover.learn(proof)
        for unit in moved_units(table, proof):
            users[unit].add(target)
    failed: defaultdict[Target, int] = defaultdict(int)  # those that resisted before are asked first
    for unit in sorted(hidden - primary, key=lambda unit: (-table.cost[unit], unit)):
        movement.only(table.hidden(hidden - {unit}))
        again: dict[Target, Proof] = {}
        try:
            for target in sorted(users[unit], key=lambda t: (-failed[t], t.figure, t.room)):
                found = prover.prove(target)
                if found is None:
                    failed[target] += 1
                    break
                again[target] = found
            else:
                hidden = hidden - {unit}
                for target, proof in again.items():
                    _replace(table, proofs, users, target, proof)
        except OutOfTime:
            break
    return set(hidden), proofs


def _replace(
    table: LinkedTable,
    proofs: dict[Target, Proof],
    users: defaultdict[int, set[Target]],
    target: Target,
    proof: Proof,
) -> None:
    for unit in moved_units(table, proofs[target]):
        users[unit].discard(target)
    for unit in moved_units(table, proof):
        users[unit].add(target)
    proofs[target] = proof


def prove_all(
    table: LinkedTable, hidden: Iterable[int], asked: Sequence[Target], cheap: frozenset[int], clock: Clock
) -> tuple[dict[Target, Proof], list[Target]]:
    """The proofs that a set of hidden units gives, short in what is dear, and the targets it cannot prove."""
    free = table.hidden(hidden)
    movement = Movement(table, free, clock)
    movement.price(table.hidden(cheap))
    prover = Prover(table, movement)
    proofs: dict[Target, Proof] = {}
    missing = []
    for target in asked:
        found = prover.prove(target)
        if found is None:
            missing.append(target)
        else:
            proofs[target] = found
    return proofs, missing


def spent(table: LinkedTable, units: Iterable[int]) -> float:
    return float(np.sum(table.cost[sorted(units)]))
