"""Parts listed pairs into groups of records that no pair connects: each is joined into people apart, side by side."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.cluster import Constraints, Pairs, join, near
from charteroak.machine import lean, spread

PAIRS_IN_PART = 1 << 15
"""Of a part at least, but the last: what is looked at together then lies close at hand."""


class Parts(NamedTuple):
    """`rows`: the records that have a pair, and `pairs`, the numbers of the pairs, connected ones side by side;
    `row_at`, `pair_at`: where each part begins in them (parts + 1). No pair leads from one part to another."""

    rows: NDArray[np.int32]
    pairs: NDArray[np.int32]
    row_at: NDArray[np.int64]
    pair_at: NDArray[np.int64]


@lean
def _connect(left: NDArray[np.int32], right: NDArray[np.int32], root: NDArray[np.int32]) -> None:
    """The smallest record that each is connected with, in `root`, where each is its own at first."""
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        root[max(a, b)] = min(a, b)
    for record in range(len(root)):
        root[record] = root[root[record]]


@lean
def _arrange(
    left: NDArray[np.int32], right: NDArray[np.int32], root: NDArray[np.int32], near: NDArray[np.int32], least: int,
    listed: NDArray[np.bool_], rows: NDArray[np.int32], pairs: NDArray[np.int32], at: NDArray[np.int64],
    begin: NDArray[np.int64], cuts: NDArray[np.int64],
) -> tuple[int, int]:  # fmt: skip
    """Fill in `rows`, `pairs` and, one after another in `cuts`, where the parts of at least `least` pairs begin in
    them; how many parts and records there are. Of the connected ones (`root`), those of one `near` stand side by side.
    `at`, `begin` (2 × records): zeros.
    """
    for pair in range(len(left)):
        listed[left[pair]], listed[right[pair]] = True, True
        begin[1, near[left[pair]]] += 1
    for record in range(len(root)):
        begin[0, near[record]] += listed[record]
    for record in range(len(root)):
        at[0, root[record]] += begin[0, record]
        at[1, root[record]] += begin[1, record]
    row, number, count = 0, 0, 0
    for record in range(len(root)):
        if number - cuts[1, count] >= least:
            count += 1
            cuts[0, count], cuts[1, count] = row, number
        here, there = at[0, record], at[1, record]
        at[0, record], at[1, record] = row, number
        row, number = row + here, number + there
    cuts[0, count + 1], cuts[1, count + 1] = row, number
    for record in range(len(root)):
        here, there = begin[0, record], begin[1, record]
        begin[0, record], begin[1, record] = at[0, root[record]], at[1, root[record]]
        at[0, root[record]] += here
        at[1, root[record]] += there
    for record in range(len(root)):
        if listed[record]:
            rows[begin[0, near[record]]] = record
            begin[0, near[record]] += 1
    for pair in range(len(left)):
        pairs[begin[1, near[left[pair]]]] = pair
        begin[1, near[left[pair]]] += 1
    return count + 1, row


def parted(
    left: NDArray[np.int32], right: NDArray[np.int32], weight: NDArray[np.float64], least: float, records: int
) -> Parts:
    """The parts of pairs between so many records. In a part, records that pairs of at least `least` bits connect stand
    side by side.
    """
    root, near = np.arange(records, dtype=np.int32), np.arange(records, dtype=np.int32)
    _connect(left, right, root)
    strong = weight >= least
    _connect(left[strong], right[strong], near)
    rows, pairs = np.empty(records, np.int32), np.empty(len(left), np.int32)
    cuts = np.zeros((2, len(left) // PAIRS_IN_PART + 2), np.int64)
    count, listed = _arrange(
        left, right, root, near, PAIRS_IN_PART, np.zeros(records, np.bool_), rows, pairs,
        np.zeros((2, records), np.int64), np.zeros((2, records), np.int64), cuts,
    )  # fmt: skip
    return Parts(rows[:listed].copy(), pairs, cuts[0, : count + 1].copy(), cuts[1, : count + 1].copy())


def arranged(p: Pairs, c: Constraints, parts: Parts) -> tuple[Pairs, Constraints]:
    """Pairs and records in the order of the parts; the records are numbered by their place in it."""
    place = np.full(len(c.source), -1, np.int32)
    place[parts.rows] = np.arange(len(parts.rows), dtype=np.int32)
    part = np.repeat(np.arange(len(parts.row_at) - 1), np.diff(parts.row_at))
    owner, other = place[np.repeat(np.arange(len(c.source)), np.diff(c.apart_at))], place[c.apart]
    both = (owner >= 0) & (other >= 0)
    both[both] = part[owner[both]] == part[other[both]]
    order = np.flatnonzero(both)[np.argsort(owner[both], kind="stable")]
    apart_at = np.searchsorted(owner[order], np.arange(len(parts.rows) + 1))
    left, right = spread(lambda side: place[side[parts.pairs]], (p.left, p.right))
    weight, fields = spread(
        lambda each: each.take(parts.pairs, axis=0) if each.size else each, (p.weight, p.fields)
    )
    return Pairs(left, right, weight, fields, p.base), c._replace(
        source=c.source[parts.rows], lasting=c.lasting[parts.rows], apart_at=apart_at, apart=other[order]
    )


def strongest(pairs: Pairs, least: float, content: NDArray[np.uint64] | None = None) -> NDArray[np.int64]:
    """Numbers of the pairs of at least `least` bits, the strongest first. Which of equals comes first is settled by
    what their records say (`content`: by record), not by where they stand; where that is equal too, the first.
    """
    linked = np.flatnonzero(pairs.weight >= least)
    # one number to sort by: millionths of a bit, and below them 22 bits of what the two records say
    key = -np.rint(pairs.weight[linked] * 1e6).astype(np.int64) << np.int64(22)
    if content is not None:
        both = content[pairs.left[linked]] + content[pairs.right[linked]]
        key |= (both >> np.uint64(42)).astype(np.int64)
    order: NDArray[np.int64] = linked[np.argsort(key, kind="stable")]
    return order


def _by_people(p: Pairs, order: NDArray[np.int64], records: int) -> NDArray[np.int64]:
    """The same order, but what these pairs connect comes in one go: nothing else has a say in it, and it stands
    together.
    """
    left, right, root = p.left[order], p.right[order], np.arange(records, dtype=np.int32)
    _connect(left, right, root)
    return order[np.argsort(root[left], kind="stable")]


def joined(
    p: Pairs, c: Constraints, parts: Parts, content: NDArray[np.uint64], rank: NDArray[np.int8] | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """What `cluster.join` says of arranged pairs and records (`content`: by record, before they were arranged); those
    of a higher `rank` are joined before the others.
    """

    def part(at: int) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
        row, pair = slice(*parts.row_at[at : at + 2]), slice(*parts.pair_at[at : at + 2])
        apart = slice(c.apart_at[row.start], c.apart_at[row.stop])
        shift, fields = np.int32(row.start), p.fields[pair] if p.fields.size else p.fields
        own = Pairs(p.left[pair] - shift, p.right[pair] - shift, p.weight[pair], fields, p.base)
        limits = c._replace(
            source=c.source[row], lasting=c.lasting[row], apart=c.apart[apart] - shift,
            apart_at=c.apart_at[row.start : row.stop + 1] - apart.start,
        )  # fmt: skip
        order = strongest(own, c.least, content[parts.rows[row]])
        if rank is not None:
            order = order[np.argsort(-rank[pair][order], kind="stable")]
        if len(own.left) > 2 * PAIRS_IN_PART:
            order = _by_people(own, order, row.stop - row.start)
        root, weakest, settled = join(own, order, near(own.left, own.right, row.stop - row.start), limits)
        return root + shift, weakest, settled

    found = spread(part, range(len(parts.row_at) - 1))
    root, weakest, settled = (np.concatenate(column) for column in zip(*found, strict=True))
    return root, weakest, settled
