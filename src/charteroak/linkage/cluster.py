"""Joins linked pairs into people: the strongest first, on enough evidence, never against a constraint."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.machine import compiled, inlined


@compiled
def neighbours(
    left: NDArray[np.int32], right: NDArray[np.int32], records: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """For each record where its linked records begin, and these one after another."""
    start = np.zeros(
        records + 2, np.int64
    )  # one place ahead: filling in moves each to its end, the next one's start
    for pair in range(len(left)):
        start[left[pair] + 2] += 1
        start[right[pair] + 2] += 1
    for record in range(records):
        start[record + 2] += start[record + 1]
    found = np.empty(2 * len(left), np.int32)
    for pair in range(len(left)):
        i, j = left[pair], right[pair]
        found[start[i + 1]], found[start[j + 1]] = j, i
        start[i + 1] += 1
        start[j + 1] += 1
    return start[: records + 1].copy(), found


class Constraints(NamedTuple):
    """What may be joined. By record its `source`, the records `apart` that must not join it (from `apart_at`) and those
    `linked` to it (from `linked_at`); `single` by source: holds nobody twice. `largest` records of one person; at
    least `support` of the pairs between two groups must be linked.
    """

    source: NDArray[np.int16]
    single: NDArray[np.bool_]
    apart_at: NDArray[np.int64]
    apart: NDArray[np.int32]
    linked_at: NDArray[np.int64]
    linked: NDArray[np.int32]
    largest: int
    support: float


@compiled
def join(
    left: NDArray[np.int32], right: NDArray[np.int32], weight: NDArray[np.float64], c: Constraints
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """People of records: each record's group, named by its smallest record; and by group the weakest weight that
    joined it. Pairs come strongest first; one joins two groups on enough support (average linkage; Hassanzadeh and
    others 2009 compare it with bare components) unless a constraint refuses.
    """
    count = len(c.source)
    root, size = np.arange(count).astype(np.int32), np.ones(count, np.int32)
    following, tail = np.full(count, -1, np.int32), np.arange(count).astype(np.int32)
    weakest = np.full(count, np.inf)
    for pair in range(len(left)):
        a, b = root[left[pair]], root[right[pair]]
        if a == b or size[a] + size[b] > c.largest:
            continue
        if size[a] > size[b]:
            a, b = b, a
        if _links(a, b, root, following, c) < c.support * size[a] * size[b] or _refused(
            a, b, root, following, c
        ):
            continue
        a, b = min(a, b), max(a, b)
        weakest[a] = min(weakest[a], weakest[b], weight[pair])
        following[tail[a]], tail[a] = b, tail[b]
        size[a] += size[b]
        record = b
        while record >= 0:
            root[record] = a
            record = following[record]
    return root, weakest


@inlined
def _links(a: int, b: int, root: NDArray[np.int32], following: NDArray[np.int32], c: Constraints) -> int:
    """How many pairs between two groups are linked."""
    found, record = 0, a
    while record >= 0:
        for other in range(c.linked_at[record], c.linked_at[record + 1]):
            found += root[c.linked[other]] == b
        record = following[record]
    return found


@inlined
def _refused(a: int, b: int, root: NDArray[np.int32], following: NDArray[np.int32], c: Constraints) -> bool:
    """Whether a file that holds nobody twice, or a pair kept apart, forbids that two groups are one person."""
    record = a
    while record >= 0:
        for at in range(c.apart_at[record], c.apart_at[record + 1]):
            if root[c.apart[at]] == b:
                return True
        if c.single[c.source[record]]:
            other = b
            while other >= 0:
                if c.source[other] == c.source[record]:
                    return True
                other = following[other]
        record = following[record]
    return False
