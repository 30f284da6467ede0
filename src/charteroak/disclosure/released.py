"""A released table as sets of people: what a reader of it knows the number of."""

import base64
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.disclosure.build import Built
from charteroak.disclosure.drb import LEAST, STEPS
from charteroak.disclosure.evidence import Codes
from charteroak.disclosure.records import levels
from charteroak.disclosure.rules import label

Keys = NDArray[np.uint64]
Classes = NDArray[np.int32]
NUMERATOR = " (numerator)"  # after the label of a share's cell
MEASURED, HOLDER = 1, 2  # has the measure; and it is 1


@dataclass(frozen=True)
class Cell:
    """A released number of people: those of these classes, stated to within `slack` people."""

    label: str
    classes: tuple[int, ...]
    slack: float = 0.0


@dataclass(frozen=True)
class Released:
    """A table: each person's hashed key, sorted, and class; classes are numbered from 0, cells are unions of them.

    Keep it as closely as the extract. Without the key it was made with, nobody can tell whose hashes these are.
    """

    table: str
    keys: Keys
    classes: Classes
    cells: tuple[Cell, ...]

    def to_json(self) -> dict[str, Any]:
        cells = [[cell.label, list(cell.classes), cell.slack] for cell in self.cells]
        return {
            "table": self.table,
            "keys": _packed(self.keys),
            "classes": _packed(self.classes),
            "cells": cells,
        }

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> "Released":
        cells = tuple(Cell(name, tuple(classes), float(slack)) for name, classes, slack in entry["cells"])
        keys, classes = _unpacked(entry["keys"], np.uint64), _unpacked(entry["classes"], np.int32)
        if len(keys) != len(classes):
            raise ValueError(
                f"released table {entry['table']!r}: {len(keys)} keys for {len(classes)} classes"
            )
        return cls(entry["table"], keys.astype(np.uint64), classes.astype(np.int32), cells)


def _packed(array: NDArray[Any]) -> str:
    little = array.astype(array.dtype.newbyteorder("<"))
    return base64.b64encode(zlib.compress(little.tobytes(), 1)).decode()


def _unpacked(text: str, dtype: type) -> NDArray[Any]:
    content = zlib.decompress(base64.b64decode(text, validate=True))
    return np.frombuffer(content, dtype=np.dtype(dtype).newbyteorder("<"))


def hashed(people: Iterable[str], key: bytes) -> Keys:
    """Each person key as 64 bits of BLAKE2b under `key` (up to 64 bytes), in the order given.

    Two of a million people share a hash with a chance of about 3 in 100 million.
    """
    digests = b"".join(hashlib.blake2b(person.encode(), digest_size=8, key=key).digest() for person in people)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def released(table: Built, key: bytes, *, rounding_base: int = 0, drb_rounding: bool = False) -> Released:
    """The sets of people whose numbers a table states; suppressed cells state none.

    A count states its people; a mean or sum those with the measure, for it is a count and a sum; a share both
    its denominator and its numerator. Rounded counts, and percentages of large groups, are stated to within
    half a step.
    """
    records, by = table.evidence.records, levels(table.derivation)
    finest = records.select(by).unique(maintain_order=True).with_row_index("_cell")
    codes = finest.drop("_cell").rows(named=True)
    marked = records.select(
        "_person",
        *by,
        _mark=pl.when(pl.col("_measure").is_null())
        .then(0)
        .when(pl.col("_measure") == 1)
        .then(HOLDER)
        .otherwise(MEASURED),
    )
    placed = marked.join(finest, on=by, nulls_equal=True) if by else marked.with_columns(_cell=pl.lit(0))
    people = (
        placed.group_by("_person")
        .agg(_cells=pl.col("_cell").unique().sort(), _mark=pl.col("_mark").max())
        .with_columns(_class=pl.struct("_cells", "_mark").rank("dense").cast(pl.Int32) - 1)
    )
    kinds = people.select("_class", "_cells", "_mark").unique("_class").sort("_class").rows()
    keys = hashed(people["_person"], key)
    order = np.argsort(keys)
    counts = np.bincount(people["_class"].to_numpy(), minlength=len(kinds))
    cells = []
    for name, kept in _sets(table, codes, kinds):
        number = int(counts[list(kept)].sum())
        if number:
            cells.append(Cell(name, kept, _slack(table, name, number, rounding_base, drb_rounding)))
    classes = people["_class"].to_numpy().astype(np.int32)
    return Released(table.derivation.name, keys[order], classes[order], tuple(dict.fromkeys(cells)))


def _sets(
    table: Built, codes: list[dict[str, str]], kinds: list[tuple[int, list[int], int]]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    statistic = table.derivation.statistic
    for shown, state in table.states.items():
        if state:
            continue
        inside = {at for at, one in enumerate(codes) if _within(one, shown)}
        among = [(number, mark) for number, cells, mark in kinds if not inside.isdisjoint(cells)]
        least = 0 if statistic == "count" else MEASURED
        yield label(shown), tuple(number for number, mark in among if mark >= least)
        if statistic == "share":
            yield label(shown) + NUMERATOR, tuple(number for number, mark in among if mark == HOLDER)


def _within(codes: dict[str, str], shown: Codes) -> bool:
    return all(codes[column] == code for column, code in shown)


def _slack(table: Built, name: str, number: int, rounding_base: int, drb_rounding: bool) -> float:
    if name.endswith(NUMERATOR):  # a percentage with one decimal gives small numerators away exactly
        cell = next(cell for codes, cell in table.evidence.cells.items() if label(codes) + NUMERATOR == name)
        within = cell.n * 0.0005
        return within if within >= 0.5 else 0.0
    step = rounding_base
    if drb_rounding:
        step = max(
            step, LEAST if number < LEAST else next((s for below, s in STEPS if number < below), STEPS[-1][1])
        )
    return step / 2
