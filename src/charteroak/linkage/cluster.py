"""Joins linked pairs into people: the strongest first, on what all pairs say together, never against a constraint.

A person's records are compared as one: each field counts once, as the mean over the pairs that know it. So what one
record lacks another supplies, and what all of them repeat counts once (compare Bhattacharya and Getoor 2007, on
collective entity resolution, and average linkage in Hassanzadeh and others 2009).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charteroak.machine import compiled, inlined, lean

CLASH = 10.0
"""Bits against joining two people of whom two records or more each give one birth date or number, not the same: an
error seldom repeats itself.
"""
UNLISTED = -1.0
"""Bits of a pair between two groups that is not listed: no rule made it, which says nothing, or it weighs less than
what is listed, which speaks against it.
"""


class Pairs(NamedTuple):
    """Listed pairs: records `left` and `right`, `weight` in bits, and the bits of each field (pairs × fields, NaN where
    one side is missing), which with `base` make the weight. Without fields, pairs are judged one by one.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    weight: NDArray[np.float64]
    fields: NDArray[np.float32]
    base: float


class Constraints(NamedTuple):
    """What may be joined. By record its `source`, its `lasting` values (records × fields, -1 missing), and the records
    `apart` that must not join it (from `apart_at`); `single` by source: holds nobody twice. `largest` records of one
    person. Where pairs are judged one by one, `support` of those between two groups must weigh `least` bits.
    """

    source: NDArray[np.int16]
    single: NDArray[np.bool_]
    lasting: NDArray[np.int32]
    apart_at: NDArray[np.int64]
    apart: NDArray[np.int32]
    largest: int
    support: float
    least: float


class Near(NamedTuple):
    """For each record where its listed pairs begin (`at`), and of each the other record and the pair's number."""

    at: NDArray[np.int64]
    other: NDArray[np.int32]
    pair: NDArray[np.int32]


class Groups(NamedTuple):
    """By record its group, named by its smallest record, and the next record of the group or -1; by group its size and
    last record.
    """

    root: NDArray[np.int32]
    following: NDArray[np.int32]
    size: NDArray[np.int32]
    tail: NDArray[np.int32]


@compiled
def near(left: NDArray[np.int32], right: NDArray[np.int32], records: int) -> Near:
    """The pairs of each record, in order."""
    at = np.zeros(records + 1, np.int64)
    for pair in range(len(left)):
        at[left[pair] + 1] += 1
        at[right[pair] + 1] += 1
    for record in range(records):
        at[record + 1] += at[record]
    free = at[:-1].copy()
    other, number = np.empty(2 * len(left), np.int32), np.empty(2 * len(left), np.int32)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        other[free[a]], number[free[a]] = b, pair
        other[free[b]], number[free[b]] = a, pair
        free[a] += 1
        free[b] += 1
    return Near(at, other, number)


@compiled
def join(
    p: Pairs, order: NDArray[np.int64], n: Near, c: Constraints
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """People of records: each record's group; by group the weakest weight that joined it; and by pair the weight with
    which the people of its two records were joined, or would be, if they were not.

    `order`: pairs of at least `least`, the strongest first; each joins two groups if these weigh enough together and
    no constraint refuses.
    """
    count = len(c.source)
    g = Groups(
        np.arange(count).astype(np.int32), np.full(count, -1, np.int32), np.ones(count, np.int32),
        np.arange(count).astype(np.int32),
    )  # fmt: skip
    weakest, settled = np.full(count, np.inf), p.weight.copy()
    sums = np.zeros((2, p.fields.shape[1]))
    for pair in order:
        a, b = g.root[p.left[pair]], g.root[p.right[pair]]
        if a == b or g.size[a] + g.size[b] > c.largest:
            continue
        if g.size[a] > g.size[b]:
            a, b = b, a
        weight, strong = _together(a, b, pair, g, p, n, c, sums)
        if weight < c.least or strong < c.support * g.size[a] * g.size[b] or _refused(a, b, g, c):
            continue
        _settle(a, b, g, n, settled, weight)
        a, b = min(a, b), max(a, b)
        weakest[a] = min(weakest[a], weakest[b], weight)
        _merge(a, b, g)
    for pair in range(len(p.left) if p.fields.shape[1] else 0):
        a, b = g.root[p.left[pair]], g.root[p.right[pair]]
        if a != b and g.size[a] + g.size[b] > 2:
            if g.size[a] > g.size[b]:
                a, b = b, a
            settled[pair] = _together(a, b, pair, g, p, n, c, sums)[0]
    return g.root, weakest, settled


@inlined
def _merge(a: int, b: int, g: Groups) -> None:
    g.following[g.tail[a]], g.tail[a] = b, g.tail[b]
    g.size[a] += g.size[b]
    record = b
    while record >= 0:
        g.root[record] = a
        record = g.following[record]


@lean
def _together(
    a: int, b: int, pair: int, g: Groups, p: Pairs, n: Near, c: Constraints, sums: NDArray[np.float64]
) -> tuple[float, int]:
    """Weight of two groups for being one person, and how many of the pairs between them bear it: those that reach
    `least` where pairs are judged one by one; else all of them, the ones that are not listed with UNLISTED each.
    """
    if g.size[a] * g.size[b] == 1:
        return p.weight[pair], int(p.weight[pair] >= c.least)
    sums[:] = 0.0
    listed, strong, record = 0, 0, a
    while record >= 0:
        for at in range(n.at[record], n.at[record + 1]):
            if g.root[n.other[at]] == b:
                listed += 1
                strong += p.weight[n.pair[at]] >= c.least
                for field in range(sums.shape[1]):
                    bits = p.fields[n.pair[at], field]
                    if not np.isnan(bits):
                        sums[0, field] += bits
                        sums[1, field] += 1
        record = g.following[record]
    if not sums.shape[1]:
        return p.weight[pair], strong
    weight = p.base
    for field in range(sums.shape[1]):
        if sums[1, field] > 0:
            weight += sums[0, field] / sums[1, field]
    between = g.size[a] * g.size[b]
    weight = (weight * listed + UNLISTED * (between - listed)) / between
    return weight - CLASH * _clashes(a, b, g, c), between


@lean
def _settle(a: int, b: int, g: Groups, n: Near, settled: NDArray[np.float64], weight: float) -> None:
    record = a
    while record >= 0:
        for at in range(n.at[record], n.at[record + 1]):
            if g.root[n.other[at]] == b:
                settled[n.pair[at]] = weight
        record = g.following[record]


@inlined
def _clashes(a: int, b: int, g: Groups, c: Constraints) -> int:
    """In how many lasting fields each group is of one mind, and not of the same."""
    found = 0
    if g.size[a] > 1 and g.size[b] > 1:
        for field in range(c.lasting.shape[1]):
            one, other = _agreed(a, field, g, c), _agreed(b, field, g, c)
            found += one >= 0 and other >= 0 and one != other
    return found


@inlined
def _agreed(a: int, field: int, g: Groups, c: Constraints) -> int:
    """The value that most of the group's records give, two at least; -1 when none is, or two are equally often."""
    best, most, record = -1, 1, a
    while record >= 0:
        value, times, other = c.lasting[record, field], 0, a
        while value >= 0 and other >= 0:
            times += c.lasting[other, field] == value
            other = g.following[other]
        if times > most:
            best, most = value, times
        elif times == most and value != best:
            best = -1
        record = g.following[record]
    return best


@lean
def _refused(a: int, b: int, g: Groups, c: Constraints) -> bool:
    """Whether a file that holds nobody twice, or a pair kept apart, forbids that two groups are one person."""
    record = a
    while record >= 0:
        for at in range(c.apart_at[record], c.apart_at[record + 1]):
            if g.root[c.apart[at]] == b:
                return True
        if c.single[c.source[record]]:
            other = b
            while other >= 0:
                if c.source[other] == c.source[record]:
                    return True
                other = g.following[other]
        record = g.following[record]
    return False


@compiled
def field_bits(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    pattern: NDArray[np.int64],
    bits: NDArray[np.float32],
    rarity: NDArray[np.float32],
    frequency: NDArray[np.float32],
    codes: NDArray[np.int32],
) -> NDArray[np.float32]:
    """Bits of each field of each pair, and a last column of zeros. By pattern (a pair's is its number): `bits` of each
    field, NaN if missing, and how much the `rarity` of the value (by value: `frequency`) adds.
    """
    fields = bits.shape[1]
    found = np.zeros((len(left), fields + 1), np.float32)
    for pair in range(len(left)):
        for field in range(fields):
            found[pair, field] = bits[pattern[pair], field]
            if rarity[pattern[pair], field] > 0:
                values = codes[left[pair], field], codes[right[pair], field]
                found[pair, field] += rarity[pattern[pair], field] * min(
                    frequency[values[0]], frequency[values[1]]
                )
    return found
