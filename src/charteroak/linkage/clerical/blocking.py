"""Chooses which pairs are worth comparing: records that share at least one blocking key."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.clerical.recipe import LinkageError

Rows = NDArray[np.int64]
MOST_PAIRS = 50_000_000
"""Above this a rule is a mistake rather than a rule: 50 million pairs take over 2 GB to weigh."""


def blocking_key(key: str) -> pl.Expr:
    """The part of a standard field that a blocking key names: `birth_date`, `family_name:start` and so on."""
    field, _, part = key.partition(":")
    value = pl.col(field).str.replace_all(" ", "")
    slices = {"": (0, None), "start": (0, 4), "initial": (0, 1), "year": (0, 4), "month_day": (4, 4)}
    return value.str.slice(*slices[part]).alias(key)


def candidates(
    left: pl.DataFrame, right: pl.DataFrame, rules: Sequence[tuple[str, ...]]
) -> tuple[Rows, Rows]:
    """Row numbers (left, right) of every pair that agrees on all keys of some rule, each once, in order.

    A missing key agrees with nothing. Raises LinkageError when a rule makes more than MOST_PAIRS pairs.
    """
    found = [np.empty(0, dtype=np.int64)]
    for rule in rules:
        keys = [blocking_key(key) for key in rule]
        blocks = [side.select(*keys, row=pl.int_range(pl.len(), dtype=pl.Int64)) for side in (left, right)]
        sizes = [block.drop_nulls().group_by(rule).len() for block in blocks]
        size = sizes[0].join(sizes[1], on=rule).select(pl.col("len").cast(pl.Int64).dot("len_right")).item()
        if (size or 0) > MOST_PAIRS:
            raise LinkageError(f"blocking rule {', '.join(rule)} makes {size:,} pairs; add a field to it")
        pairs = blocks[0].join(blocks[1], on=rule, nulls_equal=False)
        found.append(pairs["row"].to_numpy() * right.height + pairs["row_right"].to_numpy())
    codes = np.unique(np.concatenate(found))
    return codes // max(right.height, 1), codes % max(right.height, 1)


def unlinkable(records: pl.DataFrame, rules: Sequence[tuple[str, ...]]) -> int:
    """How many records hold no complete key of any rule, and so can never be linked."""
    complete = [
        pl.all_horizontal(pl.col(key.partition(":")[0]).is_not_null() for key in rule) for rule in rules
    ]
    return records.filter(~pl.any_horizontal(complete)).height
