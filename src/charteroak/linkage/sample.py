"""The pairs that the model is learnt from: random ones for chance, blocked ones for truth; chosen by content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.blocks import RuleBlocks
from charteroak.linkage.encode import Encoded
from charteroak.linkage.kernel import PLACES, sample_blocks, unpack
from charteroak.linkage.levels import levels_of_pairs
from charteroak.linkage.threads import over_blocks

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


def random_levels(encoded: Encoded) -> NDArray[np.int8]:
    """Levels of up to about RANDOM_PAIRS pairs that may be linked, drawn without regard to likeness: neighbours, and
    neighbours' neighbours, in the order of a hash of the content. Every pair once when there are so few.
    """
    order, t = np.argsort(encoded.content, kind="stable"), encoded.tables
    apart = max(
        1, len(order) // RANDOM_PAIRS
    )  # from one pair to the next, where there are more records than pairs
    left, right = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for step in range(1, min(len(order), -(-RANDOM_PAIRS // max(len(order), 1)) + 1)):
        left.append(np.arange(0, len(order) - step, apart, dtype=np.int32))
        right.append(left[-1] + np.int32(step))
    i, j = np.concatenate(left), np.concatenate(right)
    source, content = t.source[order], encoded.content[order]
    may = ((source[i] != source[j]) | ~t.apart[source[i]]) & (content[i] != content[j])
    return levels_of_pairs(i[may], j[may], t._replace(codes=t.codes.take(order, axis=0)))


def blocked_patterns(
    encoded: Encoded, keys: NDArray[np.uint64], blocks: Sequence[RuleBlocks], household: int, identifier: int
) -> Patterns:
    """Patterns of about TRAINING_PAIRS of the pairs that the rules make, each once."""
    share = min(1.0, TRAINING_PAIRS / max(1, sum(each.pairs for each in blocks)))
    sample = partial(sample_blocks, encoded.tables, household, identifier, encoded.content, share)
    found = [part for each in over_blocks(keys, blocks, sample) for part in each]
    distinct, count = np.unique(np.concatenate([np.empty(0, np.int64), *found]), return_counts=True)
    levels, regime = unpacked(distinct, len(encoded.fields))
    return Patterns(levels, regime, count / share)
