"""Linking on Apache Spark: the compiled comparison runs in the workers, partition by partition, through Arrow.

Links are equal to a single machine's, whatever the cluster: workers score the same blocks with the same arrays, and
everything that decides (what is learnt, which blocks there are, who is joined) happens once, on the driver.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.blocks import RuleBlocks
from charteroak.linkage.encode import Encoded
from charteroak.linkage.kernel import PAIRS_AT_ONCE, Blocks, Weights, score_blocks
from charteroak.linkage.levels import REMEMBERED
from charteroak.linkage.score import Scored, Scorer, sorted_pairs

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SCHEMA = "left int, right int, weight double, pattern bigint, rule int, new bigint"


def scorer(session: "SparkSession", partitions: int | None = None) -> Scorer:
    """For `link(…, scorer=…)`: compares and weighs the pairs on this Spark session.

    `partitions`: pieces of work, by default four for each core that Spark has. Each worker holds the encoded records
    once (about 50 bytes for each record and field, and the distinct values), so these must fit into one machine's
    memory; pairs, of which there are far more, need not. Workers need this package and the driver's Python version.
    """

    def score(
        encoded: Encoded, keys: NDArray[np.uint64], blocks: Sequence[RuleBlocks], weights: Weights
    ) -> Scored:
        context = session.sparkContext
        work = pieces(blocks)
        count = min(partitions or 4 * context.defaultParallelism, max(len(work), 1))
        shared = context.broadcast(
            (tuple(encoded.tables), keys, [(each.order, each.start) for each in blocks], tuple(weights))
        )
        rows = [(at % count, *piece) for at, piece in enumerate(work)]
        frame = session.createDataFrame(rows, "part int, rule int, first int, last int").repartition(
            count, "part"
        )
        found = frame.mapInArrow(lambda batches: scored(batches, shared.value), SCHEMA).toArrow()
        shared.unpersist()
        return gathered(found, len(blocks))

    return score


def pieces(blocks: Sequence[RuleBlocks]) -> list[tuple[int, int, int]]:
    """(rule, first block, last block): runs of blocks with about PAIRS_AT_ONCE pairs each."""
    found = []
    for rule, each in enumerate(blocks):
        size = np.diff(each.start)
        pairs = np.concatenate([[0], np.cumsum(size * (size - 1) // 2)])
        first = 0
        while first < len(size):
            last = int(np.searchsorted(pairs, pairs[first] + PAIRS_AT_ONCE, side="right")) - 1
            last = min(max(last, first + 1), len(size))
            found.append((rule, first, last))
            first = last
    return found


def scored(batches: Iterable[Any], shared: tuple[Any, ...]) -> Iterator[Any]:
    """In a worker: the pairs of each piece of work, as Arrow, with a row that counts the piece's new pairs."""
    import pyarrow as pa

    from charteroak.linkage.levels import Tables

    tables, keys, orders, weights = Tables(*shared[0]), shared[1], shared[2], Weights(*shared[3])
    memory = np.full(REMEMBERED, -1, np.int64), np.zeros(REMEMBERED, np.int8)
    for batch in batches:
        for rule, first, last in zip(
            *(batch.column(name).to_pylist() for name in ("rule", "first", "last")), strict=True
        ):
            order, start = orders[rule]
            size = np.diff(start[first : last + 1])
            most = int((size * (size - 1) // 2).sum())
            b = Blocks(keys, order, start, rule)
            left, right, weight, pattern, new = score_blocks(tables, weights, b, first, last, most, *memory)
            told = np.zeros(len(left) + 1, np.int64)
            told[-1] = new
            yield pa.RecordBatch.from_pydict(
                {
                    "left": np.append(left, np.int32(-1)).astype(np.int32),
                    "right": np.append(right, np.int32(-1)).astype(np.int32),
                    "weight": np.append(weight, 0.0), "pattern": np.append(pattern, 0).astype(np.int64),
                    "rule": np.full(len(told), rule, np.int32), "new": told,
                }
            )  # fmt: skip


def gathered(found: Any, rules: int) -> Scored:
    """What the workers sent, in the order of a single machine's."""
    left, right, weight, pattern, rule, new = (found.column(name).to_numpy() for name in found.column_names)
    counts = np.zeros(rules, np.int64)
    np.add.at(counts, rule, new)
    kept = left >= 0
    return sorted_pairs(left[kept], right[kept], weight[kept], pattern[kept], tuple(counts.tolist()))
