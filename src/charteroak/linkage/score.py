"""Weighs the pairs that the blocking rules make, with a model's parameters, on all cores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.blocks import RuleBlocks
from charteroak.linkage.encode import Encoded
from charteroak.linkage.estimate import REGIMES, household_field, identifier_field
from charteroak.linkage.hashing import by_records
from charteroak.linkage.kernel import Weights, score_blocks
from charteroak.linkage.kinds import PLACE
from charteroak.linkage.model import Model
from charteroak.linkage.recipe import Kind, Recipe
from charteroak.linkage.threads import over_blocks
from charteroak.machine import spread

_OWN_AT_HOME = {Kind.GIVEN_NAME, Kind.MIDDLE_NAME}
"""Fields whose rare values say as much at one address as elsewhere; relatives share the rest."""


@dataclass(frozen=True)
class Scored:
    """Pairs that reached the threshold, sorted by record: numbers of the records, weight in bits, packed levels
    (`sample.unpacked`). `new_pairs`: by rule, the pairs that no earlier rule made.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    weight: NDArray[np.float64]
    pattern: NDArray[np.int64]
    new_pairs: tuple[int, ...]


Scorer = Callable[[Encoded, NDArray[np.uint64], Sequence[RuleBlocks], Weights], Scored]
"""Whatever weighs the pairs of the blocks: this machine (`score`) or a cluster of them."""


def bits(probability: float) -> float:
    """Match weight of a match probability."""
    return float(np.log2(probability / (1 - probability)))


def probability(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Match probability of a match weight."""
    found: NDArray[np.float64] = 1 / (1 + np.exp2(-np.clip(weight, -1000, 1000)))
    return found


def weights_of(encoded: Encoded, recipe: Recipe, model: Model, least: float) -> Weights:
    """The model as the compiled code reads it. `least`: match weight below which a pair is dropped."""
    names = {regime.name: regime for regime in model.regimes}
    level = np.zeros((len(REGIMES), int(encoded.tables.first_level[-1])))
    by_frequency = np.zeros_like(level)
    frequency = np.zeros(sum(len(values) for values in encoded.values.values()), np.float32)
    unequal = np.zeros((len(REGIMES), len(encoded.fields)))

    def fill_frequency(name: str) -> None:
        known, start = _frequencies(encoded, name, model.term_frequencies[name]), encoded.start[name]
        frequency[start : start + len(known)] = np.log2(model.everyone.u[name][0] / known)

    counted = [each.name for each in encoded.fields if each.name in model.term_frequencies]
    spread(fill_frequency, [name for name in counted if len(encoded.values[name])])
    for place, field in enumerate(encoded.fields):
        first, end = encoded.tables.first_level[place], encoded.tables.first_level[place + 1]
        tests = [each.test for each in field.levels]
        for number, name in enumerate(REGIMES):
            regime = names.get(name, model.everyone)
            level[number, first:end] = regime.weights(field.name)
            counts = field.name in model.term_frequencies and (number == 0 or field.kind in _OWN_AT_HOME)
            by_frequency[number, first] = float(counts)
            most = level[number, first:end][[test != "swapped" for test in tests]]
            silent = (
                max(encoded.tables.told_by[place], encoded.tables.partner[place]) >= 0
            )  # it may be, and add 0
            unequal[number, place] = max(0.0, *most[1:]) if silent else float(most[1:].max())
    last = encoded.tables.first_level[1:] - 1
    order = np.argsort(
        level[0, last] - unequal[0], kind="stable"
    )  # what takes most from a pair that disagrees
    base = np.full(len(REGIMES), bits(model.prior))
    return Weights(
        level, unequal, base, frequency, by_frequency, household_field(recipe), identifier_field(recipe),
        int(encoded.tables.partner.argmax()) if (encoded.tables.partner >= 0).any() else -1,
        np.array([field.kind in PLACE for field in encoded.fields]), model.moved, order, least,
    )  # fmt: skip


def _frequencies(encoded: Encoded, field: str, known: pl.DataFrame) -> NDArray[np.float64]:
    """Frequency of each of the field's values: the model's, for a new value that of its rarest; counted in the files
    when the model has none.
    """
    values = encoded.values[field]
    if known.is_empty():
        codes = encoded.column(field)
        count = np.bincount(codes[codes >= 0], minlength=len(values)).astype(np.float64)
        return count / max(float(count.sum()), 1.0)
    found = pl.DataFrame({"value": values}).join(known, on="value", how="left", maintain_order="left")[
        "frequency"
    ]
    return found.fill_null(known["frequency"].min()).to_numpy()


def score(
    encoded: Encoded, keys: NDArray[np.uint64], blocks: Sequence[RuleBlocks], weights: Weights
) -> Scored:
    """Compare and weigh every pair that the rules make, each once; keep those from `weights.least` up."""
    found = over_blocks(keys, blocks, partial(score_blocks, encoded.tables, weights))
    new = [sum(part[4] for part in each) for each in found]
    parts = [part[:4] for each in found for part in each]
    if not parts:
        empty = np.empty(0, np.int32)
        return Scored(empty, empty, np.empty(0), np.empty(0, np.int64), tuple(new))
    left, right, weight, pattern = (np.concatenate(column) for column in zip(*parts, strict=True))
    return sorted_pairs(left, right, weight, pattern, tuple(new))


def sorted_pairs(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    weight: NDArray[np.float64],
    pattern: NDArray[np.int64],
    new_pairs: tuple[int, ...],
) -> Scored:
    """Pairs in the order of their records, in whatever order they were found."""
    order = by_records(left, right)
    columns: list[NDArray[Any]] = spread(lambda each: each[order], (left, right, weight, pattern))
    return Scored(columns[0], columns[1], columns[2], columns[3], new_pairs)
