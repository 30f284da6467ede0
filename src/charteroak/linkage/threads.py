"""Shares the blocks of the rules out over all cores: compiled code runs outside the interpreter's lock."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.blocks import RuleBlocks
from charteroak.linkage.kernel import PAIRS_AT_ONCE, Blocks
from charteroak.linkage.levels import REMEMBERED
from charteroak.machine import cores

Found = TypeVar("Found")
Work = Callable[[Blocks, int, int, int, NDArray[np.int64], NDArray[np.int8]], Found]


def over_blocks(
    keys: NDArray[np.uint64], rules: Sequence[RuleBlocks], work: Work[Found]
) -> list[list[Found]]:
    """By rule, `work(blocks, first, last, pairs, keys, kept)` for runs of its blocks of at most PAIRS_AT_ONCE pairs (or
    one larger block), in order; the runs of all rules side by side. `keys` and `kept` are the memory of levels that one
    thread at a time uses.
    """
    runs = [(rule, *run) for rule, each in enumerate(rules) for run in _runs(each.start)]
    blocks = [Blocks(keys, each.order, each.start, rule) for rule, each in enumerate(rules)]
    memory: SimpleQueue[tuple[NDArray[np.int64], NDArray[np.int8]]] = SimpleQueue()
    threads = min(cores(), max(len(runs), 1))
    for _ in range(threads):
        memory.put((np.full(REMEMBERED, -1, np.int64), np.zeros(REMEMBERED, np.int8)))

    def part(rule: int, first: int, last: int, pairs: int) -> Found:
        levels = memory.get()
        try:
            return work(blocks[rule], first, last, pairs, *levels)
        finally:
            memory.put(levels)

    with ThreadPoolExecutor(threads) as pool:
        done = pool.map(lambda run: (run[0], part(*run)), runs)
        found: list[list[Found]] = [[] for _ in rules]
        for rule, each in done:
            found[rule].append(each)
    return found


def _runs(start: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """First block, last (exclusive) and pairs of each run."""
    size = np.diff(start)
    pairs = np.concatenate([[0], np.cumsum(size * (size - 1) // 2)])
    cuts = [0]
    while cuts[-1] < len(size):
        end = int(np.searchsorted(pairs, pairs[cuts[-1]] + PAIRS_AT_ONCE, side="right")) - 1
        cuts.append(min(max(end, cuts[-1] + 1), len(size)))
    return [(first, last, int(pairs[last] - pairs[first])) for first, last in pairwise(cuts)]
