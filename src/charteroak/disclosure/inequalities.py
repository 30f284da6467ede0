"""Inequalities that protecting patterns satisfy, and which of them a choice of units breaks.

Sources: Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47(7): capacity and bridge-less inequalities.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.components import Component, Components
from charteroak.disclosure.movement import Target, rowwise, solved, solver
from charteroak.disclosure.tables import FIXED, UNSHOWN, Floats, Ints, LinkedTable

VIOLATED = 1e-4  # of an inequality's right-hand side
NOTHING = 1e-9
BROKEN = 1e-3  # by less than this a bridge is not worth an inequality
ENOUGH = 60  # inequalities of one component before the choice is made anew


@dataclass(frozen=True)
class Cut:
    """Σ shares[u] · hidden[u] ≥ least: 1 for what protects a target, 0 for what lets a unit move at all."""

    units: tuple[int, ...]
    shares: tuple[float, ...]
    least: float = 1.0


class Inequalities:
    """Finds those that a choice, each unit hidden to a degree of 0 to 1, does not satisfy.

    Readers who contributed are left out: what holds off a stranger is needed against them too.
    """

    def __init__(self, table: LinkedTable, primary: frozenset[int], asked: Sequence[Target]) -> None:
        self.table, self.asked = table, list(asked)
        self.primary = np.zeros(len(table.cost) + 2, dtype=bool)  # the last two places: FIXED and UNSHOWN
        self.primary[[UNSHOWN, *primary]] = True
        self.down, self.up = table.room()
        self.column = np.full(len(table.values), -1)
        self.movements: dict[Target, tuple[Ints, Floats]] = {}
        figures = np.bincount(table.unit[table.unit >= 0], minlength=len(table.cost))
        self.several = bool((figures > 1).any())
        self.alone = np.append(figures == 1, [False, False])[table.unit] & ~self.primary[table.unit]

    def of_relations(self) -> Iterator[Cut]:
        """What each relation of a target's figure asks for by itself."""
        order, starts = self.table.by_figure
        rows, ends = self.table.entries[0], self.table.ends
        for target in self.asked:
            for row in rows[order[starts[target.figure] : starts[target.figure + 1]]].tolist():
                cut = self._cut(target, np.arange(ends[row], ends[row + 1]), np.ones(1), np.array([row]))
                if cut is not None:
                    yield cut

    def bridges(self, chosen: Floats) -> Iterator[Cut]:
        """Where a unit is hidden more than the rest of one of its relations: nothing could move with it.

        Holds for every pattern from which no unit can be left out, so for a cheapest one.
        """
        rows, figures, _ = self.table.entries
        degree = self._degree(chosen)[figures]
        rest = np.bincount(rows, degree, minlength=len(self.table.relations))[rows] - degree
        for place in np.flatnonzero((degree > rest + BROKEN) & self.alone[figures]).tolist():
            line = self.table.unit[figures[slice(*self.table.ends[[rows[place], rows[place] + 1]])]]
            own = int(self.table.unit[figures[place]])
            others = sorted({unit for unit in line.tolist() if unit >= 0} - {own})
            yield Cut((*others, own), (*(1.0 for _ in others), -1.0), 0.0)

    def violated(self, chosen: Floats, clock: Clock = UNLIMITED) -> list[Cut]:
        """What the targets ask for and the choice does not give, component by component. Raises OutOfTime."""
        degree = self._degree(chosen)
        open_ = [target for target in self.asked if not self._still(target, degree)]
        components = Components(self.table, degree > NOTHING)
        by_label: defaultdict[int, list[Target]] = defaultdict(list)
        for target in open_:
            by_label[int(components.label[target.figure])].append(target)
        cuts: list[Cut] = []
        failed: set[Target] = set()
        for label, together in by_label.items():
            attack = _Attack(self, components[label], degree, clock)
            before = len(cuts)
            for target in together:
                cut = attack.cut(target)
                if cut is not None:
                    cuts.append(cut)
                    failed.add(target)
                    if len(cuts) - before >= ENOUGH:
                        break
        self.asked.sort(key=lambda target: target not in failed)  # those that were violated are asked first
        return cuts

    def _degree(self, chosen: Floats) -> Floats:
        return np.concatenate([chosen, [0.0, 1.0]])[self.table.unit]  # FIXED and UNSHOWN from the end

    def _still(self, target: Target, degree: Floats) -> bool:
        """Whether the movement that convinced last time is still possible."""
        if target not in self.movements:
            return False
        figures, needed = self.movements[target]
        return bool((degree[figures] >= needed).all())

    def convinced(self, target: Target, figures: Ints, amounts: Floats) -> None:
        """Remember to which degree its figures must be hidden for a movement."""
        room = np.where(amounts > 0, self.up[figures], self.down[figures])
        needed = np.abs(amounts) / np.minimum(room, abs(target.room)) - NOTHING
        self.movements[target] = (figures, np.where(figures == target.figure, 0.0, needed))

    def _cut(self, target: Target, entries: Ints, weights: Floats, rows: Ints) -> Cut | None:
        """Whatever the weights of relations, the target moves as far as a weighted sum of the others do."""
        table, room, sign = self.table, abs(target.room), np.sign(target.room)
        of_row, figures, factors = table.entries
        which, at = np.unique(figures[entries], return_inverse=True)
        through = np.bincount(at, factors[entries] * weights[np.searchsorted(rows, of_row[entries])])
        own = int(np.searchsorted(which, target.figure))
        if own >= which.size or which[own] != target.figure or abs(through[own]) < NOTHING:
            return None
        share = -sign * through / through[own]
        share[own] = 0.0
        share[np.abs(share) < NOTHING] = 0.0
        with np.errstate(invalid="ignore"):  # nothing times boundless, on the side that is not taken
            far = np.where(
                share > 0, share * self.up[which], np.where(share < 0, -share * self.down[which], 0)
            )
        unit = table.unit[which]
        most = np.where(unit == FIXED, 0.0, np.minimum(far, room))
        given = self.primary[unit]
        rest = room - float(most[given].sum())
        if rest <= VIOLATED * room:
            return None
        units, shares = unit[~given], most[~given]
        if self.several:
            units, at = np.unique(units, return_inverse=True)
            shares = np.bincount(at, shares)
        shares = np.minimum(shares / rest, 1.0)
        used = shares > 0
        return Cut(tuple(units[used].tolist()), tuple(shares[used].tolist()))


class _Attack:
    """How far the figures of one component can be moved.

    Only figures hidden to some degree are in the program; the multipliers of its rows price all others.
    """

    def __init__(self, known: Inequalities, component: Component, degree: Floats, clock: Clock) -> None:
        self.known, self.clock, self.figures = known, clock, component.figures
        self.degree = degree[component.figures]
        self.size = component.figures.size
        known.column[component.figures] = np.arange(self.size)
        self.columns = np.arange(self.size, dtype=np.int32)
        entries = np.sort(component.entries)
        rows, figures, factors = known.table.among(entries)
        model = highspy.HighsLp()
        self.rows = rowwise(rows, known.column[figures], factors, model)
        model.num_col_ = self.size
        model.col_cost_ = model.col_lower_ = model.col_upper_ = np.zeros(self.size)
        model.row_lower_ = model.row_upper_ = np.zeros(self.rows.size)
        self.solver = solver()
        self.solver.passModel(model)

    def cut(self, target: Target) -> Cut | None:
        """An inequality that the choice violates; None, and the movement is remembered, where it needs none."""
        room, sign = abs(target.room), float(np.sign(target.room))
        place = int(self.known.column[target.figure])
        lower = -np.minimum(self.known.down[self.figures], room) * self.degree
        upper = np.minimum(self.known.up[self.figures], room) * self.degree
        lower[place], upper[place] = (0.0, room) if sign > 0 else (-room, 0.0)
        program = self.solver
        program.changeColsBounds(self.size, self.columns, lower, upper)
        program.changeColCost(place, -sign)
        try:
            if not solved(program, self.clock):
                return None
            solution = program.getSolution()
            if -program.getInfo().objective_function_value >= room * (1 - VIOLATED):
                movement = np.array(solution.col_value)
                moved = np.flatnonzero(np.abs(movement) > NOTHING)
                self.known.convinced(target, self.figures[moved], movement[moved])
                return None
            duals = np.array(solution.row_dual)
        finally:
            program.changeColCost(place, 0.0)
        return self._priced(target, duals)

    def _priced(self, target: Target, duals: Floats) -> Cut | None:
        used = np.flatnonzero(np.abs(duals) > NOTHING)
        if not used.size:
            return None
        rows, ends = self.rows[used], self.known.table.ends
        entries = np.concatenate([np.arange(ends[row], ends[row + 1]) for row in rows.tolist()])
        return self.known._cut(target, entries, duals[used], rows)


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
