"""Movements: how hidden figures can change together while every published sum stays true.

A movement that shifts a sensitive figure by the room it needs is the witness that a reader cannot tell the
table from another one, in which that figure is so much larger or smaller.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.components import Component
from charteroak.disclosure.tables import FIXED, Floats, Ints, LinkedTable, Mask

MOVED = 1e-6  # a figure counts as moved when it differs by more than this share of the room asked for
KEEP_SMALL = 1e-6  # suppressed figures are nearly, not quite, free to move: it keeps witnesses short
AVOIDED = 1e-3  # the same for what some insider knows
STRANGER = -1  # the attacker who knows no more than is published


class OutOfTime(Exception):
    """The clock stopped before an answer was found."""


class Target(NamedTuple):
    """One thing to prove: that `figure` can differ by `room` (signed) in the eyes of an attacker.

    `attacker` is a place in the table's insiders, or STRANGER.
    """

    figure: int
    room: float
    attacker: int = STRANGER


@dataclass(frozen=True)
class Witness:
    """The figures that move, and by how much: the proof of one target."""

    figures: Ints
    amounts: Floats

    def proves(self, target: Target, table: LinkedTable) -> bool:
        """Whether this movement, or a part of it, is also a proof of `target`."""
        at = np.flatnonzero(self.figures == target.figure)
        if not at.size or self.amounts[at[0]] / target.room < 1 - MOVED:
            return False
        if target.attacker == STRANGER:
            return True
        part = target.room / self.amounts[at[0]]
        insider = table.insiders[target.attacker]
        amounts = dict(zip(self.figures.tolist(), (part * self.amounts).tolist(), strict=True))
        slack = MOVED * abs(target.room)
        low = all(table.values[f] + amounts.get(f, 0.0) >= b - slack for f, b in insider.lower.items())
        return low and all(
            table.values[f] + amounts.get(f, 0.0) <= b + slack for f, b in insider.upper.items()
        )


def targets(table: LinkedTable) -> list[Target]:
    """Everything to prove against a stranger."""
    sensitive = np.flatnonzero(table.sensitive).tolist()
    found = [Target(f, float(table.above[f])) for f in sensitive if table.above[f] > 0]
    return found + [Target(f, -float(table.below[f])) for f in sensitive if table.below[f] > 0]


def inside(table: LinkedTable, target: Target, places: Iterable[int]) -> list[Target]:
    """The same target against some insiders, less what each knows of that figure beforehand."""
    found = []
    for place in sorted(places):
        insider = table.insiders[place]
        if insider.knows(target.figure):
            continue
        value = table.values[target.figure]
        known = insider.upper.get(target.figure) if target.room > 0 else insider.lower.get(target.figure)
        room = abs(target.room) if known is None else min(abs(target.room), abs(known - value))
        if room > 0:
            found.append(Target(target.figure, float(np.copysign(room, target.room)), place))
    return found


def solver(presolve: bool = False) -> highspy.Highs:
    """A quiet solver; one thread everywhere, because a second count within a process makes HiGHS fail."""
    made = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("presolve", "on" if presolve else "off")):
        made.setOptionValue(option, value)
    return made


def solved(program: highspy.Highs, clock: Clock) -> bool:
    """Run a program: True with an optimum, False without a solution. Raises OutOfTime."""
    if clock.limited:
        if clock.left <= 0:
            raise OutOfTime
        program.setOptionValue("time_limit", program.getRunTime() + clock.left)
    program.run()
    status = program.getModelStatus()
    if status == highspy.HighsModelStatus.kTimeLimit:
        raise OutOfTime
    return bool(status == highspy.HighsModelStatus.kOptimal)


def rowwise(rows: Ints, columns: Ints, factors: Floats, model: highspy.HighsLp) -> Ints:
    """Fill in a model's matrix from entries sorted by row; the numbers of the rows that have any."""
    used, lengths = np.unique(rows, return_counts=True)
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    matrix.index_, matrix.value_ = columns.astype(np.int32), factors
    model.num_row_ = used.size
    return used


class Movement:
    """The linear program over movements: each figure goes up or down, all relations kept, at least cost."""

    def __init__(self, table: LinkedTable, among: Component | None = None, clock: Clock = UNLIMITED) -> None:
        """Only figures `among` can ever move (all but the fixed ones unless given)."""
        self.table, self.clock = table, clock
        if among is None:
            moving = table.unit != FIXED
            among = Component(np.flatnonzero(moving), np.flatnonzero(moving[table.entries[1]]))
        self.figures = among.figures
        self.size = self.figures.size
        self.column = np.full(len(table.values), -1)
        self.column[self.figures] = np.arange(self.size)
        self.rooms = {STRANGER: tuple(side[self.figures] for side in table.room())}
        self.attacker = STRANGER
        self.free = np.ones(self.size, dtype=bool)
        self.solver = solver()
        self.solver.passModel(self._model(np.sort(among.entries)))

    def price(self, hidden: Mask) -> None:
        """Let hidden figures move almost free of charge, others at their weight."""
        free = np.where(self.table.known, AVOIDED, KEEP_SMALL)  # then one witness convinces most insiders too
        price = (np.where(hidden, free, 1.0) * self.table.weight)[self.figures]
        columns = np.arange(2 * self.size, dtype=np.int32)
        self.solver.changeColsCost(columns.size, columns, np.concatenate([price, price]))

    def let(self, unit: int, move: bool) -> None:
        """Whether the figures of a unit may move."""
        places = np.flatnonzero(self.table.unit[self.figures] == unit)
        self.free[places] = move
        self._bound(places)

    def possible(self, witness: Witness) -> bool:
        """Whether all that moves in it is hidden."""
        places = self.column[witness.figures]
        return bool((places >= 0).all() and self.free[places].all())

    def find(self, target: Target) -> Witness | None:
        """The cheapest movement that shifts the target by its room, or None. Raises OutOfTime."""
        self._face(target.attacker)
        place = self.column[target.figure]
        up, down = max(target.room, 0.0), max(-target.room, 0.0)
        self.solver.changeColBounds(place, up, up)
        self.solver.changeColBounds(self.size + place, down, down)
        try:
            found = solved(self.solver, self.clock)
            columns = np.array(self.solver.getSolution().col_value) if found else None
        finally:
            self._bound(np.array([place]))
        if columns is None:
            return None
        amounts = columns[: self.size] - columns[self.size :]
        moved = np.flatnonzero(np.abs(amounts) > MOVED * abs(target.room))
        return Witness(self.figures[moved], amounts[moved])

    def _face(self, attacker: int) -> None:
        if attacker == self.attacker:
            return
        if attacker not in self.rooms:
            self.rooms[attacker] = tuple(
                side[self.figures] for side in self.table.room(self.table.insiders[attacker])
            )
        (old_down, old_up), (down, up) = self.rooms[self.attacker], self.rooms[attacker]
        self.attacker = attacker
        self._bound(np.flatnonzero((old_down != down) | (old_up != up)))

    def _bound(self, places: Ints) -> None:
        down, up = (np.where(self.free, side, 0.0)[places] for side in self.rooms[self.attacker])
        columns = np.concatenate([places, places + self.size]).astype(np.int32)
        self.solver.changeColsBounds(
            columns.size, columns, np.zeros(columns.size), np.concatenate([up, down])
        )

    def _model(self, entries: Ints) -> highspy.HighsLp:
        rows, figures, factors = self.table.among(entries)
        places = self.column[figures]
        model = highspy.HighsLp()
        used = rowwise(
            np.repeat(rows, 2),
            np.stack([places, places + self.size], axis=1).ravel(),
            np.stack([factors, -factors], axis=1).ravel(),
            model,
        )
        down, up = self.rooms[STRANGER]
        model.num_col_ = 2 * self.size
        model.col_cost_ = np.tile(self.table.weight[self.figures], 2)
        model.col_lower_, model.col_upper_ = np.zeros(2 * self.size), np.concatenate([up, down])
        model.row_lower_ = model.row_upper_ = np.zeros(used.size)
        return model


def moved_units(table: LinkedTable, witnesses: Sequence[Witness]) -> set[int]:
    """The units that the witnesses need hidden."""
    return {int(u) for witness in witnesses for u in table.unit[witness.figures].tolist() if u >= 0}
