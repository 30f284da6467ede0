"""Pairs are sorted and patterns numbered by counting, which gives what NumPy's sort gives."""

import numpy as np
import pytest

from charteroak.linkage.hashing import by_records
from charteroak.linkage.sample import distinct


@pytest.mark.parametrize("seed", range(6))
def test_pairs_stand_in_the_order_of_their_records(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 4000))
    records = int(rng.integers(2, 3000))
    left, right = (rng.integers(0, records, count).astype(np.int32) for _ in "lr")
    assert np.array_equal(by_records(left, right), np.lexsort((right, left)))


def test_no_pairs_and_no_patterns_are_no_fault() -> None:
    nothing = np.empty(0, np.int32)
    assert len(by_records(nothing, nothing)) == 0
    values, number = distinct(np.empty(0, np.int64))
    assert len(values) == len(number) == 0


@pytest.mark.parametrize("seed", range(6))
def test_patterns_are_numbered_as_a_sort_would(seed: int) -> None:
    rng = np.random.default_rng(seed)
    patterns = rng.choice(rng.integers(0, 12**14, 500), 20_000)
    values, number = distinct(patterns)
    expected = np.unique(patterns, return_inverse=True)
    assert np.array_equal(values, expected[0])
    assert np.array_equal(number, expected[1])
