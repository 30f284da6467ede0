"""The pairs that the model is learnt from: random ones for chance, blocked ones for truth; chosen by content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.blocks import RuleBlocks
from charteroak.linkage.encode import Encoded
from charteroak.linkage.hashing import by_key, factorise, mixed
from charteroak.linkage.kernel import PLACES, Blocks, allowed, made_before, regime_of, unpack
from charteroak.linkage.levels import Tables, fill_levels, levels_of_pairs
from charteroak.linkage.threads import over_blocks
from charteroak.machine import lean

RANDOM_PAIRS = 500_000
TRAINING_PAIRS = 500_000


@dataclass(frozen=True)
class Patterns:
    """Distinct patterns of agreement: `levels` (patterns × fields, -1 missing), `regime`, and the number of pairs that
    each stands for (`count`, scaled up to all blocked pairs).
    """

    levels: NDArray[np.int8]
    regime: NDArray[np.int64]
    count: NDArray[np.float64]


def unpacked(patterns: NDArray[np.int64], fields: int) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Levels (patterns × fields) and regime of packed patterns."""
    levels = np.empty((len(patterns), fields), np.int8)
    unpack(patterns, levels)
    return levels, patterns // PLACES[-1]


def distinct(patterns: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct patterns in order, and the number of each pattern's among them: few, so that no sort is needed."""
    spread_out = patterns.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    spread_out ^= spread_out >> np.uint64(32)
    codes, first = factorise(spread_out, np.ones(len(patterns), np.bool_))
    order = np.argsort(patterns[first])
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return patterns[first][order], rank[codes]


def random_levels(encoded: Encoded) -> NDArray[np.int8]:
    """Levels of up to about RANDOM_PAIRS pairs that may be linked, drawn without regard to likeness: neighbours, and
    neighbours' neighbours, in the order of a hash of the content. Every pair once when there are so few.
    """
    t, content = encoded.tables, encoded.content
    order = np.concatenate([np.flatnonzero(content == 0).astype(np.int32), by_key(content)[1]])
    apart = max(
        1, len(order) // RANDOM_PAIRS
    )  # from one pair to the next, where there are more records than pairs
    first, second = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for step in range(1, min(len(order), -(-RANDOM_PAIRS // max(len(order), 1)) + 1)):
        first.append(np.arange(0, len(order) - step, apart, dtype=np.int32))
        second.append(first[-1] + np.int32(step))
    i, j = order[np.concatenate(first)], order[np.concatenate(second)]
    may = ((t.source[i] != t.source[j]) | ~t.apart[t.source[i]]) & (content[i] != content[j])
    rows = np.concatenate([i[may], j[may]])  # side by side, for each field goes through them all
    left, right = np.split(np.arange(len(rows), dtype=np.int32), 2)
    return levels_of_pairs(left, right, t._replace(codes=t.codes.take(rows, axis=0)))


@lean
def _fill_sample(
    t: Tables,
    b: Blocks,
    household: int,
    identifier: int,
    content: NDArray[np.uint64],
    below: np.uint64,
    sides: NDArray[np.int32],
    patterns: NDArray[np.int64],
) -> int:
    """`content`: in the order of the blocks, for every pair is asked by it; of the few that are chosen, the rest."""
    count = 0
    for block in range(len(b.start) - 1):
        for p in range(b.start[block], b.start[block + 1]):
            for q in range(p + 1, b.start[block + 1]):
                if mixed(content[p] + content[q]) >> np.uint64(32) >= below:
                    continue
                i, j = b.order[p], b.order[q]
                if not allowed(i, j, t) or made_before(i, j, b):
                    continue
                sides[0, count], sides[1, count] = i, j
                patterns[count] = regime_of(i, j, t, household, identifier) * PLACES[-1]
                count += 1
    return count


@lean
def pack(levels: NDArray[np.int8], patterns: NDArray[np.int64]) -> None:
    for row in range(len(patterns)):
        for field in range(levels.shape[1]):
            patterns[row] += (levels[row, field] + 1) * PLACES[field]


def sample_blocks(
    t: Tables,
    household: int,
    identifier: int,
    content: NDArray[np.uint64],
    share: float,
    b: Blocks,
    first: int,
    last: int,
    size: int,
    keys: NDArray[np.int64],
    kept: NDArray[np.int8],
) -> NDArray[np.int64]:
    """Patterns of about `share` of the new pairs of blocks first to last, chosen by content. `size`: the most."""
    sides, patterns = np.empty((2, size), np.int32), np.empty(size, np.int64)
    rows = b.order[b.start[first] : b.start[last]]
    b = Blocks(b.keys, rows, b.start[first : last + 1] - b.start[first], b.rule)
    below = np.uint64(share * 2.0**32)
    count = _fill_sample(t, b, household, identifier, content.take(rows), below, sides, patterns)
    levels = np.empty((count, t.codes.shape[1]), np.int8)
    fill_levels(sides[0, :count], sides[1, :count], t, levels, keys, kept)
    pack(levels, patterns[:count])
    return patterns[:count].copy()


def blocked_patterns(
    encoded: Encoded, keys: NDArray[np.uint64], blocks: Sequence[RuleBlocks], household: int, identifier: int
) -> Patterns:
    """Patterns of about TRAINING_PAIRS of the pairs that the rules make, each once."""
    share = min(1.0, TRAINING_PAIRS / max(1, sum(each.pairs for each in blocks)))
    sample = partial(sample_blocks, encoded.tables, household, identifier, encoded.content, share)
    found = [part for each in over_blocks(keys, blocks, sample) for part in each]
    patterns, number = distinct(np.concatenate([np.empty(0, np.int64), *found]))
    levels, regime = unpacked(patterns, len(encoded.fields))
    return Patterns(levels, regime, np.bincount(number, minlength=len(patterns)) / share)
