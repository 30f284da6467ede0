"""First patterns: one target after another, or all at once."""

from collections.abc import Iterable, Sequence

import highspy
import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.movement import (
    KEEP_SMALL,
    MOVED,
    Movement,
    Target,
    Witness,
    moved_units,
    rowwise,
    solved,
    solver,
)
from charteroak.disclosure.proofs import Proof, Prover
from charteroak.disclosure.tables import FIXED, LinkedTable

DIGITS = 1e-12  # of the largest movement: smaller ones are what the arithmetic left


class Unprotectable(ValueError):
    """No pattern protects a figure: what stays published gives it away."""

    def __init__(self, label: str, figure: int) -> None:
        self.figure = figure
        super().__init__(
            f"{label} is sensitive, and what stays published gives it away: "
            "protect the other tables too, or merge categories"
        )


def one_by_one(
    table: LinkedTable, hidden: Iterable[int], asked: Sequence[Target], clock: Clock = UNLIMITED
) -> dict[Target, Proof]:
    """Per target the cheapest movement given all that is hidden already; whatever moves is hidden.

    Raises Unprotectable naming the figure, and OutOfTime.
    Source: Kelly, Golden and Assad (1992), Cell suppression: disclosure protection for sensitive tabular data.
    """
    movement = Movement(table, clock=clock)
    prover = Prover(table, movement)
    known = set(hidden)
    movement.price(table.hidden(known))
    proofs: dict[Target, Proof] = {}
    for target in asked:
        found = prover.prove(target)
        if found is None:
            raise Unprotectable(table.labels[target.figure], target.figure)
        proofs[target] = found
        fresh = moved_units(table, found) - known
        if fresh:
            known |= fresh
            movement.price(table.hidden(known))
    return proofs


def all_at_once(
    table: LinkedTable, hidden: Iterable[int], asked: Sequence[Target], clock: Clock = UNLIMITED,
    still: frozenset[int] = frozenset(),
) -> tuple[set[int], list[Witness]]:  # fmt: skip
    """Units hidden so that one movement shifts every target, in turn up and down, as far as possible.

    Two linear programs, one with each target's direction chosen so that neighbours cancel out, one with all
    directions reversed. What they leave unproven is the caller's to repair. With the units come the two
    movements: each is a witness of all that it shifts far enough. Figures that are to stay `still` are not moved:
    where they are all that insiders know, both movements convince every one of them too.
    Source: Dandekar and Cox (2002), controlled tabular adjustment.
    """
    known = set(hidden)
    up = {t.figure: t.room for t in asked if t.room > 0}
    down = {t.figure: t.room for t in asked if t.room < 0}
    signs = _directions(table, up, down)
    witnesses = []
    for side in (1, -1):
        wanted = {f: (up if side * s > 0 else down).get(f, 0.0) for f, s in signs.items()}
        witness = _together(table, known, wanted, clock, still)
        known |= moved_units(table, [witness])
        witnesses.append(witness)
    return known, witnesses


def _directions(table: LinkedTable, up: dict[int, float], down: dict[int, float]) -> dict[int, int]:
    """A direction per figure, so that the movements of one relation nearly cancel out."""
    rows, figures, factors = table.entries
    order = np.argsort(figures, kind="stable")
    starts = np.searchsorted(figures[order], np.arange(len(table.values) + 1))
    tilt = np.zeros(len(table.relations))
    chosen = {}
    for figure in sorted(up.keys() | down.keys()):
        mine = order[starts[figure] : starts[figure + 1]]
        lean = float(tilt[rows[mine]] @ factors[mine])
        chosen[figure] = -1 if lean > 0 else 1
        moved = up.get(figure, 0.0) if chosen[figure] > 0 else down.get(figure, 0.0)
        tilt[rows[mine]] += factors[mine] * moved
    return chosen


def _together(
    table: LinkedTable, hidden: set[int], wanted: dict[int, float], clock: Clock, still: frozenset[int]
) -> Witness:
    """One movement that shifts all `wanted` figures by at least their room, short by a dear slack if it must."""
    moving = table.unit != FIXED
    moving[list(still)] = False
    figures = np.flatnonzero(moving)
    size = figures.size
    program = solver()
    program.passModel(_model(table, figures, wanted))
    price = (np.where(table.hidden(hidden), KEEP_SMALL, 1.0) * table.weight)[figures]
    columns = np.arange(2 * size, dtype=np.int32)
    program.changeColsCost(columns.size, columns, np.tile(price, 2))
    if not solved(program, clock):
        return Witness(figures[:0], np.zeros(0))
    solution = np.array(program.getSolution().col_value)
    amounts = solution[:size] - solution[size : 2 * size]
    least = min((abs(room) for room in wanted.values() if room), default=1.0)
    noise = max(MOVED * least, DIGITS * float(np.abs(amounts).max(initial=0.0)))
    moved = np.flatnonzero(np.abs(amounts) > noise)
    return Witness(figures[moved], amounts[moved])


def _model(table: LinkedTable, figures: np.ndarray, wanted: dict[int, float]) -> highspy.HighsLp:
    size, extra = figures.size, len(wanted)
    column = np.full(len(table.values), -1)
    column[figures] = np.arange(size)
    rows, who, factors = table.entries
    places = column[who]
    within = places >= 0
    rows, places, factors = rows[within], places[within], factors[within]
    asked = np.array(list(wanted), dtype=np.int64)
    rooms = np.array([wanted[figure] for figure in asked.tolist()])
    signs = np.where(rooms < 0, -1.0, 1.0)
    extra_rows = len(table.relations) + np.arange(extra)
    model = highspy.HighsLp()
    used = rowwise(
        np.concatenate([np.repeat(rows, 2), np.repeat(extra_rows, 3)]),
        np.concatenate([
            np.stack([places, places + size], axis=1).ravel(),
            np.stack([column[asked], column[asked] + size, 2 * size + np.arange(extra)], axis=1).ravel(),
        ]),
        np.concatenate([
            np.stack([factors, -factors], axis=1).ravel(),
            np.stack([signs, -signs, np.ones(extra)], axis=1).ravel(),
        ]),
        model,
    )  # fmt: skip
    down, up = table.room()
    model.num_col_ = 2 * size + extra
    dear = 10.0 * float(table.weight.max(initial=1.0))
    model.col_cost_ = np.concatenate([np.tile(table.weight[figures], 2), np.full(extra, dear)])
    model.col_lower_ = np.zeros(model.num_col_)
    model.col_upper_ = np.concatenate([up[figures], down[figures], np.full(extra, np.inf)])
    exact = used.size - extra
    model.row_lower_ = np.concatenate([np.zeros(exact), np.abs(rooms)])
    model.row_upper_ = np.concatenate([np.zeros(exact), np.full(extra, np.inf)])
    return model
