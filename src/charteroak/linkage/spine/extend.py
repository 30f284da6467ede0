"""Adds a linked file to its spine."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.levels import Tables
from charteroak.linkage.spine.people import People
from charteroak.linkage.spine.spine import Spine, sorted_rules

Links = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def extended(
    spine: Spine,
    new: pl.DataFrame,
    codes: NDArray[np.int32],
    keys: NDArray[np.uint64],
    tables: Tables,
    frequency: NDArray[np.float32],
    fresh: NDArray[np.uint64],
    people: People,
    links: Links,
) -> Spine:
    """The spine with the new records behind its own; no record of it is encoded again."""
    hashes = np.concatenate([spine.hashes, fresh])
    numbers = np.concatenate([spine.numbers, len(spine.numbers) + np.arange(len(fresh), dtype=np.int32)])
    by_hash = np.argsort(hashes, kind="stable")
    together = np.concatenate([spine.keys, keys])
    order, sorted_keys = sorted_rules(together)
    left, right, weight = links
    every = np.concatenate([spine.tables.codes, codes])
    return replace(
        spine, records=pl.concat([spine.records, new]), person=people.person, names=people.names, keys=together,
        tables=tables._replace(codes=every, source=np.zeros(len(every), np.int16), apart=np.ones(1, np.bool_)),
        order=order, sorted_keys=sorted_keys, hashes=hashes[by_hash], numbers=numbers[by_hash],
        frequency=frequency, left=np.concatenate([spine.left, left.astype(np.int32)]),
        right=np.concatenate([spine.right, right.astype(np.int32)]), weight=np.concatenate([spine.weight, weight]),
        generation=spine.generation + 1,
    )  # fmt: skip
