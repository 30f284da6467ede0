"""The pieces of work that a cluster shares out: every block once, none too large unless it is one block."""

import numpy as np
import pytest

from charteroak.adapters.spark import pieces
from charteroak.linkage.blocks import RuleBlocks
from charteroak.linkage.kernel import PAIRS_AT_ONCE


@pytest.mark.parametrize("seed", range(5))
def test_every_block_is_in_exactly_one_piece(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rules = []
    for sizes in (
        rng.integers(2, 900, 300),
        rng.integers(2, 5, 5000),
        np.array([2000]),
        np.array([], np.int64),
    ):
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        order = np.arange(start[-1], dtype=np.int32)
        rules.append(RuleBlocks(("x",), order, order, start, 0, 0, 0))
    found = pieces(rules)
    for rule, each in enumerate(rules):
        own = [(first, last) for at, first, last in found if at == rule]
        assert [block for first, last in own for block in range(first, last)] == list(
            range(len(each.start) - 1)
        )
        for first, last in own:
            size = np.diff(each.start[first : last + 1])
            assert last - first == 1 or (size * (size - 1) // 2).sum() <= PAIRS_AT_ONCE
