"""The inner loop of matching: bits that two filters share, counted by the processor's own instruction."""

from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic


def _count(_context: Any, word: Any) -> Any:  # noqa: ARG001 - numba reads the arguments off this signature
    """LLVM's ctpop, which becomes one instruction where the processor has it."""

    def build(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), build


_ones: Any = intrinsic(_count)  # called without the first argument, which no type says


@numba.njit(nogil=True)
def count_bits(words: Any) -> Any:
    """Set bits of each row."""
    out = np.empty(words.shape[0], np.int64)
    for row in range(words.shape[0]):
        total = np.uint64(0)
        for at in range(words.shape[1]):
            total += _ones(words[row, at])
        out[row] = np.int64(total)
    return out


@numba.njit(nogil=True, boundscheck=False)
def scan(
    runs: Any, order_l: Any, order_r: Any, left: Any, right: Any, ones_l: Any, ones_r: Any, keys_l: Any, keys_r: Any,
    rule: int, threshold: float, pairs: Any, scores: Any,
) -> tuple[int, int]:  # fmt: skip
    """Compare the pairs of each run and write those from `threshold` up while there is room.

    Returns how many there were (also beyond the room) and how many pairs were compared. A pair that an earlier
    rule has made is passed over.
    """
    hits, tried = 0, 0
    width, room = left.shape[1], pairs.shape[0]
    for number in range(runs.shape[0]):
        for i in range(runs[number, 0], runs[number, 1]):
            row = order_l[i]
            for j in range(runs[number, 2], runs[number, 3]):
                other = order_r[j]
                done = False
                for earlier in range(rule):
                    if keys_l[row, earlier] >= 0 and keys_l[row, earlier] == keys_r[other, earlier]:
                        done = True
                        break
                if done:
                    continue
                tried += 1
                both = ones_l[row] + ones_r[other]
                shared = np.uint64(0)
                for at in range(width):
                    shared += _ones(left[row, at] & right[other, at])
                if both > 0 and 2.0 * shared >= threshold * both:
                    if hits < room:
                        pairs[hits, 0], pairs[hits, 1] = row, other
                        scores[hits] = 2.0 * shared / both
                    hits += 1
    return hits, tried
