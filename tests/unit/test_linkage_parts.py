"""Pairs are joined in parts, and a large part person by person: neither changes who is one person."""

from itertools import pairwise

import numpy as np
import pytest

from charteroak.linkage import parts
from charteroak.linkage.cluster import Constraints, Pairs
from charteroak.linkage.collective import _of_all


def listed(seed: int, records: int, count: int) -> tuple[Pairs, Constraints]:
    """Pairs of two records, sorted, of any weights; two of five sources hold nobody twice."""
    rng = np.random.default_rng(seed)
    both = np.unique(np.sort(rng.integers(0, records, (count, 2)), axis=1), axis=0).astype(np.int32)
    both = both[both[:, 0] != both[:, 1]]
    fields = rng.normal(0, 4, (len(both), 3)).astype(np.float32)
    fields[rng.random(fields.shape) < 0.2] = np.nan
    left, right = np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])
    limits = Constraints(
        np.sort(rng.integers(0, 5, records)).astype(np.int16), np.array([True, True, False, False, False]),
        rng.integers(-1, 4, (records, 2)).astype(np.int32), np.zeros(records + 1, np.int64), np.empty(0, np.int32),
        9, 0.3, 0.0,
    )  # fmt: skip
    return Pairs(left, right, np.nansum(fields, axis=1, dtype=np.float64), fields, 0.0), limits


def people_of(
    pairs: Pairs, limits: Constraints, rank: np.ndarray
) -> tuple[list[int], dict[tuple[int, int], float]]:
    """By record the smallest record of its person, and by pair what its two people weigh together."""
    made = parts.parted(pairs.left, pairs.right, pairs.weight, limits.least, len(limits.source))
    content = np.arange(len(limits.source), dtype=np.uint64) ** 2
    root, weakest, settled = parts.joined(
        *parts.arranged(pairs, limits, made), made, content, rank[made.pairs]
    )
    own, _ = _of_all(root, weakest, made, len(limits.source))
    assert all(own[row] <= row and own[own[row]] == own[row] for row in range(len(own))), (
        "named by the smallest"
    )
    sides = zip(pairs.left[made.pairs].tolist(), pairs.right[made.pairs].tolist(), strict=True)
    return own.tolist(), dict(zip(sides, np.round(settled, 6).tolist(), strict=True))


@pytest.mark.parametrize(("seed", "count"), [(1, 60), (2, 150), (3, 400), (4, 900)])
def test_the_size_of_the_parts_changes_nothing(
    seed: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs, limits = listed(seed, 200, count)
    rank = np.random.default_rng(seed).choice([0, 1, 2], len(pairs.left), p=[0.8, 0.1, 0.1]).astype(np.int8)
    whole = people_of(pairs, limits, rank)
    assert len(set(whole[0])) < 200
    monkeypatch.setattr(parts, "PAIRS_IN_PART", 2)
    assert people_of(pairs, limits, rank) == whole


def test_records_of_one_person_stand_side_by_side() -> None:
    pairs, limits = listed(5, 200, 300)
    made = parts.parted(pairs.left, pairs.right, pairs.weight, limits.least, len(limits.source))
    strong = {int(row): int(row) for row in made.rows}
    for a, b in zip(
        pairs.left[pairs.weight >= 0].tolist(), pairs.right[pairs.weight >= 0].tolist(), strict=True
    ):
        old, new = max(strong[a], strong[b]), min(strong[a], strong[b])
        strong = {row: new if root == old else root for row, root in strong.items()}
    seen = [strong[int(row)] for row in made.rows]
    assert len(set(seen)) == 1 + sum(one != other for one, other in pairwise(seen))
