"""How far one figure of a small system can move: the simplex method on a dense tableau, compiled to machine code.

Thousands of programs of some 20 columns are asked for a large table; a general solver spends most of its time on
beginning each. What is found here only guides the search: an inequality holds whatever the multipliers, and
every pattern is proven by the general solver and audited.
"""

import numpy as np

from charteroak.disclosure.tables import Floats, Ints
from charteroak.machine import compiled, left

OPEN, REACHED, SHORT = 0, 1, 2  # of one target: not found out, can move so far, cannot
NOTHING = 1e-10
PIVOTS = 40  # for each row and column, before a target is left open


@compiled
def pivot(tableau: Floats, basis: Ints, inside: Ints, row: int, column: int) -> None:
    """Let the column take the row's place in the basis."""
    rows, columns = tableau.shape
    factor = 1.0 / tableau[row, column]
    for j in range(columns):
        tableau[row, j] *= factor
    tableau[row, column] = 1.0
    for i in range(rows):
        by = tableau[i, column]
        if i != row and by != 0.0:
            for j in range(columns):
                value = tableau[i, j] - by * tableau[row, j]
                tableau[i, j] = value if abs(value) > NOTHING else 0.0
            tableau[i, column] = 0.0
    if basis[row] >= 0:
        inside[basis[row]] = -1
    basis[row] = column
    inside[column] = row


@compiled
def entering(
    line: Floats, at: Floats, low: Floats, high: Floats, inside: Ints, sign: float, first: bool
) -> int:
    """The column outside the basis that moves the target on most (or the first that does); -1: none."""
    best, found = 1e-9, -1
    for j in range(at.size):
        if inside[j] >= 0:
            continue
        gain = -sign * line[j]
        if (gain > best and at[j] < high[j] - NOTHING) or (-gain > best and at[j] > low[j] + NOTHING):
            found = j
            if first:
                return found
            best = abs(gain)
    return found


@compiled
def step(tableau: Floats, basis: Ints, at: Floats, low: Floats, high: Floats, column: int, way: float) -> int:
    """Move a column as far as everything's bounds allow; the row that stops it, or -1 where it stops itself."""
    far = high[column] - at[column] if way > 0 else at[column] - low[column]
    stops, steepest = -1, 0.0
    for i in range(basis.size):
        rate = -tableau[i, column] * way
        if basis[i] < 0 or abs(rate) < 1e-9:
            continue
        k = basis[i]
        room = (high[k] - at[k]) / rate if rate > 0 else (low[k] - at[k]) / rate
        if room < far - NOTHING or (room < far + NOTHING and stops >= 0 and abs(rate) > steepest):
            far, stops, steepest = max(min(room, far), 0.0), i, abs(rate)
    for i in range(basis.size):
        if basis[i] >= 0:
            at[basis[i]] -= tableau[i, column] * way * far
    at[column] += way * far
    return stops


@compiled
def reach(
    tableau: Floats, basis: Ints, inside: Ints, at: Floats, low: Floats, high: Floats,
    target: int, room: float, sign: float,
) -> int:  # fmt: skip
    """Move the target towards its room from where nothing has moved: REACHED, SHORT or OPEN."""
    at[:] = 0.0
    most = PIVOTS * (basis.size + at.size)
    for turn in range(most):
        if sign * at[target] >= room - 1e-9 * room:
            return REACHED
        row = inside[target]
        if row < 0:
            column, way = target, sign
        else:
            column = entering(tableau[row], at, low, high, inside, sign, turn > most // 2)
            if column < 0:
                return SHORT
            way = 1.0 if -sign * tableau[row, column] > 0 else -1.0
        stops = step(tableau, basis, at, low, high, column, way)
        if stops >= 0:
            if basis[stops] == target:
                return REACHED if sign * at[target] >= room - 1e-6 * room else OPEN
            pivot(tableau, basis, inside, stops, column)
    return OPEN


@compiled
def prepared(matrix: Floats) -> tuple[Floats, Ints, Ints]:
    """A first basis: the tableau, beside it what its rows are made of; each row's column; each column's row."""
    rows, size = matrix.shape
    tableau = np.zeros((rows, size + rows))
    tableau[:, :size] = matrix
    for i in range(rows):
        tableau[i, size + i] = 1.0
    basis, inside = np.full(rows, -1), np.full(size, -1)
    for i in range(rows):
        best = 0
        for j in range(1, size):
            if abs(tableau[i, j]) > abs(tableau[i, best]):
                best = j
        if size and abs(tableau[i, best]) > 1e-7:
            pivot(tableau, basis, inside, i, best)
    return tableau, basis, inside


@compiled
def moves(
    matrix: Floats,
    down: Floats,
    up: Floats,
    degree: Floats,
    targets: Ints,
    rooms: Floats,
    wide: float,
    enough: int,
) -> tuple[Ints, Floats, Floats]:
    """Per target whether it can move by its room (signed) while matrix · movement = 0, up to `enough` that cannot.

    `matrix` has shape (relations, figures); figures go at most `down` and `up`, and no farther than `wide`
    times the room, to the degree that they are hidden. Of each target: its state, the movement, and multipliers of
    the rows.
    Source: Dantzig (1963), Linear Programming and Extensions, chapter 18, bounded variables.
    """
    rows, size = matrix.shape
    tableau, basis, inside = prepared(matrix)
    states = np.zeros(targets.size, np.int64)
    movements, weights = np.zeros((targets.size, size)), np.zeros((targets.size, rows))
    at = np.zeros(size)
    low, high = np.zeros(size), np.zeros(size)
    short = 0
    for k in range(targets.size):
        room, sign = abs(rooms[k]), 1.0 if rooms[k] > 0 else -1.0
        for j in range(size):
            low[j] = -min(down[j], wide * room) * degree[j]
            high[j] = min(up[j], wide * room) * degree[j]
        target = targets[k]
        low[target], high[target] = (0.0, room) if sign > 0 else (-room, 0.0)
        states[k] = reach(tableau, basis, inside, at, low, high, target, room, sign)
        movements[k] = at
        if states[k] == SHORT:
            weights[k] = tableau[inside[target], size:]
            short += 1
            if short >= enough:
                break
    return states, movements, weights


def load() -> None:
    """Compile, or take from where an earlier process left it, before the clock runs."""
    none = np.zeros((1, 1))
    moves(none, none[0], none[0], none[0], np.zeros(1, np.int64), np.ones(1), 1.0, 1)


def ready() -> bool:
    """Whether `load` takes no time to speak of."""
    return left(moves)
