"""The pairs that the model is learnt from: random ones for chance, blocked ones for truth; chosen by content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.blocks import RuleBlocks
from charteroak.linkage.encode import Encoded
from charteroak.linkage.kernel import PLACES, Blocks, sample_blocks
from charteroak.linkage.levels import levels_of_pairs
from charteroak.linkage.threads import over_blocks

RANDOM_PAIRS = 500_000
TRAINING_PAIRS = 1_000_000


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
    levels = (patterns[:, None] // PLACES[:fields][None, :] % 12 - 1).astype(np.int8)
    return levels, patterns // PLACES[-1]


def random_levels(encoded: Encoded) -> NDArray[np.int8]:
    """Levels of up to about RANDOM_PAIRS pairs that may be linked, drawn without regard to likeness: neighbours, and
    neighbours' neighbours, in the order of a hash of the content. Every pair once when there are so few.
    """
    count = len(encoded.content)
    order = np.argsort(encoded.content, kind="stable")
    left, right = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for step in range(1, min(count, -(-RANDOM_PAIRS // max(count, 1)) + 1)):
        left.append(order[:-step])
        right.append(order[step:])
    i, j = np.concatenate(left), np.concatenate(right)
    t = encoded.tables
    same_file = t.source[i] == t.source[j]
    may = (~same_file | ~t.apart[t.source[i]]) & (encoded.content[i] != encoded.content[j])
    return levels_of_pairs(i[may], j[may], t)


def blocked_patterns(
    encoded: Encoded, keys: NDArray[np.uint64], blocks: Sequence[RuleBlocks], household: int, identifier: int
) -> Patterns:
    """Patterns of about TRAINING_PAIRS of the pairs that the rules make, each once."""
    share = min(1.0, TRAINING_PAIRS / max(1, sum(each.pairs for each in blocks)))
    found = [np.empty(0, np.int64)]
    for rule, each in enumerate(blocks):
        parts = over_blocks(
            each.start,
            partial(
                sample_blocks,
                encoded.tables,
                Blocks(keys, each.order, each.start, rule),
                household,
                identifier,
                encoded.content,
                share,
            ),
        )
        found += parts
    distinct, count = np.unique(np.concatenate(found), return_counts=True)
    levels, regime = unpacked(distinct, len(encoded.fields))
    return Patterns(levels, regime, count / share)
