"""A first pattern without a solver: every sensitive figure hidden together with all that it is a part of.

What is added to a part is added to its totals too, so no published sum notices. Such a pattern is dear, but it
is there at once, whatever the time limit.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from charteroak.disclosure.movement import MOVED, Target, Witness, inside
from charteroak.disclosure.tables import FIXED, LinkedTable

ENOUGH = 1 + 2 * MOVED  # of the room: rounding must not leave it short


class Lifts:
    """Movements of parts together with all their totals, for tables whose relations are totals and their parts."""

    def __init__(self, table: LinkedTable) -> None:
        self.table = table
        self.down, self.up = table.room()
        self.parts: dict[int, list[int]] = {}  # of a total, along one of its dimensions
        self.totals: defaultdict[int, list[int]] = defaultdict(list)
        for relation in table.relations:
            wholes = [figure for figure, factor in relation if factor > 0]
            if len(wholes) == 1:
                self.parts[wholes[0]] = [figure for figure, factor in relation if factor < 0]
                for part in self.parts[wholes[0]]:
                    self.totals[part].append(wholes[0])
        self.insiders: defaultdict[int, set[int]] = defaultdict(set)  # who knows something of a figure
        for place, insider in enumerate(table.insiders):
            for figure in {*insider.lower, *insider.upper}:
                self.insiders[figure].add(place)
        self.known: dict[int, tuple[int, ...]] = {}

    def proofs(self, asked: Iterable[Target]) -> dict[Target, tuple[Witness, ...]]:
        """Those of the targets that such movements prove, to every attacker."""
        found = ((target, self._proof(target)) for target in asked)
        return {target: proof for target, proof in found if proof}

    def _proof(self, target: Target) -> tuple[Witness, ...]:
        """One movement for strangers, and one that leaves alone what they know for whoever is behind some of it."""
        first = self.lift(target)
        if first is None:
            return ()
        found = [first]
        figures = {target.figure, *first.figures.tolist()}
        who = {place for figure in figures for place in self.insiders[figure]}
        for one in inside(self.table, target, who):
            if not any(witness.proves(one, self.table) for witness in found):
                insider = self.table.insiders[one.attacker]
                witness = self.lift(one, frozenset({*insider.lower, *insider.upper}))
                if witness is None:
                    return ()
                found.append(witness)
        return tuple(found)

    def lift(self, target: Target, avoid: frozenset[int] = frozenset()) -> Witness | None:
        """The target's parts moved one after another, until it has its room; none of `avoid` moves."""
        room, sign = abs(target.room) * ENOUGH, 1.0 if target.room > 0 else -1.0
        side = self.up if sign > 0 else self.down
        amounts: defaultdict[int, float] = defaultdict(float)
        left = min(room, float(side[target.figure]))
        leaves = self._leaves(target.figure)
        for leaf in sorted(leaves, key=lambda f: (bool(self.insiders[f]), -side[f], f)):
            moving = self._with_totals(leaf)
            far = min(left, float(side[leaf]))
            free = avoid.isdisjoint(moving) and all(self.table.unit[figure] != FIXED for figure in moving)
            if far > 0 and free:
                for figure in moving:
                    amounts[figure] += sign * far
                left -= far
            if left <= 0:
                break
        figures = np.array(sorted(amounts), dtype=np.int64)
        witness = Witness(figures, np.array([amounts[figure] for figure in figures.tolist()]))
        return witness if witness.proves(target, self.table) and self._fits(witness) else None

    def _leaves(self, figure: int) -> Sequence[int]:
        found, open_ = [], [figure]
        while open_:
            one = open_.pop()
            if one in self.parts:
                open_ += self.parts[one]
            else:
                found.append(one)
        return found

    def _with_totals(self, leaf: int) -> tuple[int, ...]:
        if leaf not in self.known:
            found, open_ = {leaf}, [leaf]
            while open_:
                fresh = set(self.totals[open_.pop()]) - found
                found |= fresh
                open_ += fresh
            self.known[leaf] = tuple(found)
        return self.known[leaf]

    def _fits(self, witness: Witness) -> bool:
        """Whether all sums still hold, and no figure leaves its bounds."""
        figures, amounts = witness.figures, witness.amounts
        slack = MOVED * float(np.abs(amounts).max(initial=0.0))
        if (amounts < -self.down[figures] - slack).any() or (amounts > self.up[figures] + slack).any():
            return False
        order, starts = self.table.by_figure
        rows, _, factors = self.table.entries
        sums: defaultdict[int, float] = defaultdict(float)
        for figure, amount in zip(figures.tolist(), amounts.tolist(), strict=True):
            for place in order[starts[figure] : starts[figure + 1]].tolist():
                sums[int(rows[place])] += float(factors[place]) * amount
        return all(abs(left) <= slack for left in sums.values())
