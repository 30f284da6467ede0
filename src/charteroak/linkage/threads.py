"""Shares the blocks of a rule out over all cores: compiled code runs outside the interpreter's lock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.kernel import PAIRS_AT_ONCE
from charteroak.linkage.levels import REMEMBERED
from charteroak.linkage.machine import cores

Found = TypeVar("Found")
Work = Callable[[int, int, int, NDArray[np.int64], NDArray[np.int8]], Found]


def over_blocks(start: NDArray[np.int64], work: Work[Found]) -> list[Found]:
    """`work(first, last, pairs, keys, kept)` for runs of blocks of at most PAIRS_AT_ONCE pairs (or one larger block),
    in order. `keys` and `kept` are the memory of levels that one thread at a time uses.
    """
    size = np.diff(start)
    pairs = np.concatenate([[0], np.cumsum(size * (size - 1) // 2)])
    cuts = [0]
    while cuts[-1] < len(size):
        end = int(np.searchsorted(pairs, pairs[cuts[-1]] + PAIRS_AT_ONCE, side="right")) - 1
        cuts.append(min(max(end, cuts[-1] + 1), len(size)))
    memory: SimpleQueue[tuple[NDArray[np.int64], NDArray[np.int8]]] = SimpleQueue()
    threads = min(cores(), max(len(cuts) - 1, 1))
    for _ in range(threads):
        memory.put((np.full(REMEMBERED, -1, np.int64), np.zeros(REMEMBERED, np.int8)))

    def part(cut: int) -> Found:
        keys, kept = memory.get()
        try:
            first, last = cuts[cut], cuts[cut + 1]
            return work(first, last, int(pairs[last] - pairs[first]), keys, kept)
        finally:
            memory.put((keys, kept))

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(part, range(len(cuts) - 1)))
