"""What is kept of linked records: their numbers, their block keys, the values that occur, who is who."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.encode import Encoded
from charteroak.linkage.hashing import written_hashes
from charteroak.linkage.levels import Tables
from charteroak.linkage.model import Model
from charteroak.linkage.recipe import Recipe

FORMAT = 1
"""Of the files; a spine of another format is refused."""


@dataclass(frozen=True)
class Spine:
    """`records`: id, source (a text), by row; rows are only ever added. `person`: number of each record's person,
    `names` of the persons by number: neither is used again for somebody else. `tables`: the records' values, as
    the compiled code reads them (`levels.Tables`); `keys`: block keys (records × rules, 0 = none); by rule `order`,
    the records sorted by key, and `sorted_keys`. `hashes`: of all values with their field, sorted, and `numbers`,
    which value each is. `frequency`: by value, bits that agreement on it adds. `left`, `right`, `weight`: the pairs
    that were linked. `recipe` has its blocking rules.
    `generation`: how many files came after the first linkage.
    """

    recipe: Recipe
    model: Model
    records: pl.DataFrame
    person: NDArray[np.int32]
    names: pl.Series
    tables: Tables
    keys: NDArray[np.uint64]
    order: tuple[NDArray[np.int32], ...]
    sorted_keys: tuple[NDArray[np.uint64], ...]
    hashes: NDArray[np.uint64]
    numbers: NDArray[np.int32]
    frequency: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    weight: NDArray[np.float64]
    generation: int = 0

    @property
    def clusters(self) -> pl.DataFrame:
        """id, source, cluster: every record with the name of its person."""
        return self.records.with_columns(cluster=self.names.gather(self.person))


def value_hashes(encoded: Encoded) -> NDArray[np.uint64]:
    """A hash of each value together with its field's place, in the order of the values' numbers."""
    counts = [len(encoded.values[field.name]) for field in encoded.fields]
    place = np.repeat(np.arange(1, len(counts) + 1, dtype=np.uint64), counts)
    written = written_hashes(encoded.tables.chars, encoded.tables.offset, 0, len(place), 0)
    return written + place * np.uint64(0x9E3779B97F4A7C15)


def sorted_rules(
    keys: NDArray[np.uint64],
) -> tuple[tuple[NDArray[np.int32], ...], tuple[NDArray[np.uint64], ...]]:
    """By rule, the records that have a key, sorted by it, and these keys."""
    orders, sorted_keys = [], []
    for rule in range(keys.shape[1]):
        own = np.ascontiguousarray(keys[:, rule])
        rows = np.flatnonzero(own).astype(np.int32)
        order = rows[np.argsort(own[rows], kind="stable")]
        orders.append(order)
        sorted_keys.append(own[order])
    return tuple(orders), tuple(sorted_keys)
