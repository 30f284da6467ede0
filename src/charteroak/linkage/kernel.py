"""Walks the blocks, compares and scores pairs in one pass, compiled: only pairs above the threshold leave it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.digits import of_one_length
from charteroak.linkage.levels import Tables, crossed, digits_level, level_of, told
from charteroak.machine import inlined, lean

PAIRS_AT_ONCE = 1 << 15  # pairs a thread works through before it hands over what it found: bounds its memory


PLACES = np.array([12**place for place in range(17)], np.int64)
"""A pair's levels are packed into one number, its pattern: to the base 12, level + 1 of the first field first,
the regime
last.
"""


@lean
def unpack(patterns: NDArray[np.int64], levels: NDArray[np.int8]) -> None:
    """Fill in the levels (patterns × fields) of packed patterns."""
    for row in range(len(patterns)):
        left = patterns[row]
        for field in range(levels.shape[1]):
            levels[row, field] = left % 12 - 1
            left //= 12


class Blocks(NamedTuple):
    """One blocking rule: `keys` (records × rules, 0 = none), `order`: records sorted by the rule's key, those of one
    block ascending, and `start` of each block in it (blocks + 1). `rule` is its column of `keys`.
    """

    keys: NDArray[np.uint64]
    order: NDArray[np.int32]
    start: NDArray[np.int64]
    rule: int


class Weights(NamedTuple):
    """Bits by regime: `level` (regimes × levels), `unequal` (regimes × fields): the most that two different
    values of the field can add, unless names are swapped; `base` (regimes): the prior. `frequency` by value: bits
    added on agreement; `by_frequency` (regimes × levels): how much of them counts. `household` and `identifier` are
    fields whose agreement makes a regime, `name` one that may be swapped with another, or -1. `place`: the fields that
    say where somebody lives, and `moved` the share of people of whom these say nothing any more; 0 where each counts by
    itself. `order`: the fields as they are compared, the most telling first. `least`: a pair below it does
    not leave.
    """

    level: NDArray[np.float64]
    unequal: NDArray[np.float64]
    base: NDArray[np.float64]
    frequency: NDArray[np.float32]
    by_frequency: NDArray[np.float64]
    household: int
    identifier: int
    name: int
    place: NDArray[np.bool_]
    moved: float
    order: NDArray[np.int64]
    least: float


def run_of(t: Tables, b: Blocks, first: int, last: int) -> tuple[Tables, Blocks]:
    """Blocks first to last (exclusive) with their records side by side, in the order of the blocks: fetched in one go
    they come many at a time, where the pairs' loop would wait for each. `order` still names the records.
    """
    rows = b.order[b.start[first] : b.start[last]]
    here = t._replace(codes=t.codes.take(rows, axis=0), source=t.source.take(rows))
    keys = b.keys.take(rows, axis=0) if b.rule else np.empty((len(rows), 1), np.uint64)
    return here, Blocks(keys, rows, b.start[first : last + 1] - b.start[first], b.rule)


@inlined
def allowed(i: int, j: int, t: Tables) -> bool:
    """Whether these two may be one person at all: not within a file that holds nobody twice."""
    return t.source[i] != t.source[j] or not t.apart[t.source[i]]


@inlined
def made_before(i: int, j: int, b: Blocks) -> bool:
    """Whether an earlier rule already makes the pair."""
    for rule in range(b.rule):
        if b.keys[i, rule] != 0 and b.keys[i, rule] == b.keys[j, rule]:
            return True
    return False


@inlined
def regime_of(i: int, j: int, t: Tables, household: int, identifier: int) -> int:
    """0 everyone, +1 same household, +2 same identifier."""
    regime = 0
    if household >= 0 and t.codes[i, household] >= 0 and t.codes[i, household] == t.codes[j, household]:
        regime += 1
    if identifier >= 0 and t.codes[i, identifier] >= 0 and t.codes[i, identifier] == t.codes[j, identifier]:
        regime += 2
    return regime


@inlined
def frequency_bits(i: int, j: int, field: int, t: Tables, w: Weights) -> float:
    """Bits that the frequency of the rarer evidence, the commoner of the two values, adds."""
    return float(min(w.frequency[t.codes[i, field]], w.frequency[t.codes[j, field]]))


@lean
def place_bits(bits: float, stayed: float, moved: float) -> float:
    """Bits of all fields of place together, from their sum: who moved has another town with the other street, and
    that counts once. `stayed`, `moved`: the shares of people, in bits; 1 for `moved` where each field counts by itself.
    """
    if moved > 0.0:
        return bits
    return float(np.logaddexp2(bits + stayed, moved))


def shares_in_bits(moved: float) -> tuple[float, float]:
    """`stayed` and `moved` of `place_bits`, from the share of people whose place changed."""
    return (float(np.log2(1.0 - moved)), float(np.log2(moved))) if moved > 0 else (0.0, 1.0)


@lean
def _most_of_place(bits: float, moved: float) -> float:
    """No less than `place_bits`, and quick: chords of the convex log2(1 + 2**-apart). `moved` in bits, 1 for none."""
    if moved > 0.0 or bits >= 0.0:
        return bits
    apart = abs(bits - moved)
    return float(max(bits, moved) + max(1.0 - 0.339 * apart, max(0.508 - 0.093 * apart, 0.045)))


@inlined
def _bits_of(i: int, j: int, field: int, level: int, regime: int, t: Tables, w: Weights) -> float:
    """Bits that the field's level adds to the pair."""
    at = t.first_level[field] + level
    added = w.level[regime, at]
    if w.by_frequency[regime, at] > 0:
        added += w.by_frequency[regime, at] * frequency_bits(i, j, field, t, w)
    return float(added)


@inlined
def _by_digits(a: int, b: int, field: int, t: Tables) -> bool:
    """Whether the digits of two different values of the field tell their level."""
    return t.asked[field, 3] >= 0 and t.told_by[field] < 0 and of_one_length(t.digits[a], t.digits[b])


@inlined
def _most_of_unequal(a: int, b: int, field: int, regime: int, t: Tables, w: Weights) -> float:
    """The most that two different values of the field can add: what they do add where their digits tell."""
    if _by_digits(a, b, field, t):
        level = digits_level(field, t.digits[a], t.digits[b], t)
        return float(w.level[regime, t.first_level[field] + level])
    return float(w.unequal[regime, field])


@inlined
def _best_possible(i: int, j: int, regime: int, t: Tables, w: Weights) -> tuple[float, float]:
    """The most the pair can weigh without its place, and its place: fields with the same value weigh what they weigh,
    and so do digits; the others their best level.
    """
    weight, here = w.base[regime], 0.0
    for field in range(t.codes.shape[1]):
        a, b = t.codes[i, field], t.codes[j, field]
        added = 0.0
        if a >= 0 and a == b:
            added = _bits_of(i, j, field, 0, regime, t, w)
        elif a >= 0 and b >= 0:
            added = _most_of_unequal(a, b, field, regime, t, w)
        if w.place[field]:
            here += added
        else:
            weight += added
    return float(weight), here


@inlined
def _score(
    i: int,
    j: int,
    t: Tables,
    w: Weights,
    stayed: float,
    moved: float,
    keys: NDArray[np.int64],
    kept: NDArray[np.int8],
) -> tuple[float, np.int64]:
    """Match weight of the pair and its pattern; stops as soon as it cannot reach `least`. Fields of unlike values come
    first: only they can take from the most that the pair may weigh. `stayed`, `moved`: see `place_bits`.
    """
    regime = regime_of(i, j, t, w.household, w.identifier)
    weight, here, pattern = w.base[regime], 0.0, regime * PLACES[-1]
    most, most_here = _best_possible(i, j, regime, t, w)
    swapped = w.name >= 0 and crossed(i, j, w.name, t)
    if swapped:
        most = np.inf
    if most + _most_of_place(most_here, moved) < w.least:
        return -1e9, pattern
    for field in w.order:
        a, b = t.codes[i, field], t.codes[j, field]
        if a == b or a < 0 or b < 0:
            continue
        level, added = level_of(i, j, field, swapped, t, keys, kept), 0.0
        pattern += (level + 1) * PLACES[field]
        if level >= 0:
            added = _bits_of(i, j, field, level, regime, t, w)
        less = 0.0 if _by_digits(a, b, field, t) else added - w.unequal[regime, field]
        if w.place[field]:
            here += added
            most_here += less
        else:
            weight += added
            most += less
        if most + _most_of_place(most_here, moved) < w.least:
            return -1e9, pattern
    same, same_here, patterns = _same(i, j, regime, t, w)
    return weight + same + place_bits(here + same_here, stayed, moved), pattern + patterns


@inlined
def _same(i: int, j: int, regime: int, t: Tables, w: Weights) -> tuple[float, float, np.int64]:
    """Bits of the fields on which the pair has the same value, and of those of place, and their levels packed."""
    weight, here, pattern = 0.0, 0.0, np.int64(0)
    for field in w.order:
        if t.codes[i, field] >= 0 and t.codes[i, field] == t.codes[j, field] and not told(i, j, field, t):
            pattern += PLACES[field]
            added = _bits_of(i, j, field, 0, regime, t, w)
            if w.place[field]:
                here += added
            else:
                weight += added
    return weight, here, pattern


@lean
def _fill_scores(
    t: Tables,
    b: Blocks,
    w: Weights,
    keys: NDArray[np.int64],
    kept: NDArray[np.int8],
    sides: NDArray[np.int32],
    weights: NDArray[np.float64],
    patterns: NDArray[np.int64],
    stayed: float,
    moved: float,
) -> tuple[int, int]:
    count, new = 0, 0
    for block in range(len(b.start) - 1):
        for p in range(b.start[block], b.start[block + 1]):
            for q in range(p + 1, b.start[block + 1]):
                if not allowed(p, q, t) or made_before(p, q, b):
                    continue
                new += 1
                weight, pattern = _score(p, q, t, w, stayed, moved, keys, kept)
                if weight >= w.least:
                    sides[0, count], sides[1, count] = b.order[p], b.order[q]
                    weights[count], patterns[count] = weight, pattern
                    count += 1
    return count, new


Found = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.int64], int]


def score_blocks(
    t: Tables,
    w: Weights,
    b: Blocks,
    first: int,
    last: int,
    size: int,
    keys: NDArray[np.int64],
    kept: NDArray[np.int8],
) -> Found:
    """Pairs of blocks first to last (exclusive) that reach `least`: left and right record, weight, levels; and
    how many pairs were new. `size`: the most pairs there can be.
    """
    sides, weights, patterns = np.empty((2, size), np.int32), np.empty(size), np.empty(size, np.int64)
    shares = shares_in_bits(w.moved)
    count, new = _fill_scores(*run_of(t, b, first, last), w, keys, kept, sides, weights, patterns, *shares)
    kept_sides = sides[:, :count].copy()
    return kept_sides[0], kept_sides[1], weights[:count].copy(), patterns[:count].copy(), new
