"""A second look at the listed pairs, all together: other records of the two people speak for or against a pair."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.cluster import Constraints, Pairs, field_bits
from charteroak.linkage.encode import Encoded
from charteroak.linkage.home import at_home, lives_together
from charteroak.linkage.kernel import PLACES, Weights
from charteroak.linkage.model import Model
from charteroak.linkage.parts import Parts, arranged, joined, parted
from charteroak.linkage.recipe import Kind, Recipe
from charteroak.linkage.sample import unpacked
from charteroak.linkage.score import Scored, bits, probability

LASTING = {Kind.BIRTH_DATE, Kind.SSN, Kind.AGENCY_ID}
"""What a person keeps for life; names and addresses change."""
WORTH = 10.0
"""Pairs that the model's opinion of a pattern is worth, against those that other records decided."""
MOST = 8.0
"""Bits that their example may move a pattern by."""
REFUSED = 0.1
"""Bits below the threshold at which a pair stands whose two people were kept apart."""


@dataclass(frozen=True)
class People:
    """`found`: the pairs with their final weights, and `others`, the bits of these that come from other records. By
    record `root`, the smallest record of its person; by person `weakest`, the weakest weight that holds it together.
    """

    found: Scored
    others: NDArray[np.float64]
    root: NDArray[np.int32]
    weakest: NDArray[np.float64]


def people(
    encoded: Encoded,
    recipe: Recipe,
    model: Model,
    weights: Weights,
    found: Scored,
    apart: tuple[NDArray[np.int64], NDArray[np.int32]],
) -> People:
    """Join the pairs into people, twice: the first time shows how often pairs of each pattern are one person where
    other records decide it, which sets their weights right for the second.

    A pair's final weight is that of its two people: the better of its own and theirs together when they are one, the
    worse when they are not. `apart`: records to be kept apart from each record, and where each record's begin.
    """
    limits, count = _constraints(encoded, recipe, apart), len(encoded.content)
    if not recipe.collective:
        pairs = Pairs(found.left, found.right, found.weight, np.empty((0, 0), np.float32), 0.0)
        parts = parted(found.left, found.right, count)
        root, weakest, _ = joined(*arranged(pairs, limits, parts), parts)
        return People(found, np.zeros(len(found.weight)), *_of_all(root, weakest, parts, count))
    found, pairs, pattern = _weighed(encoded, recipe, model, weights, found)
    parts = parted(found.left, found.right, count)
    pairs, limits = arranged(pairs, limits, parts)
    root, *_ = joined(pairs, limits, parts)
    corrected = _corrected(pairs, pattern[parts.pairs], root)
    pairs, copy = _copies(encoded.content[parts.rows], corrected, limits.least)
    root, weakest, settled = joined(pairs, limits, parts, copy)
    one = root[pairs.left] == root[pairs.right]
    final = np.empty(len(found.weight))
    final[parts.pairs] = np.where(
        one, np.maximum(pairs.weight, settled),
        np.minimum(np.minimum(pairs.weight, settled), limits.least - REFUSED),
    )  # fmt: skip
    kept = final >= bits(recipe.keep)
    shown = Scored(found.left[kept], found.right[kept], final[kept], found.pattern[kept], found.new_pairs)
    return People(shown, (final - found.weight)[kept], *_of_all(root, weakest, parts, count))


def _of_all(
    root: NDArray[np.int32], weakest: NDArray[np.float64], parts: Parts, records: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """`root` and `weakest` of all records; one that has no pair is a person alone."""
    found, least = np.arange(records, dtype=np.int32), np.full(records, np.inf)
    found[parts.rows], least[parts.rows] = parts.rows[root], weakest
    return found, least


def _constraints(
    encoded: Encoded, recipe: Recipe, apart: tuple[NDArray[np.int64], NDArray[np.int32]]
) -> Constraints:
    lasting = [place for place, field in enumerate(encoded.fields) if field.kind in LASTING]
    return Constraints(
        encoded.tables.source, np.array([name in recipe.one_per_person for name in encoded.sources]),
        np.ascontiguousarray(encoded.tables.codes[:, lasting]), *apart, recipe.largest_cluster, recipe.support,
        bits(recipe.link),
    )  # fmt: skip


def _weighed(
    encoded: Encoded, recipe: Recipe, model: Model, weights: Weights, found: Scored
) -> tuple[Scored, Pairs, NDArray[np.int64]]:
    """The pairs, those of a household weighed as such; the same with the bits of each field; and the number of each
    pair's pattern.
    """
    distinct, pattern = np.unique(found.pattern, return_inverse=True)
    levels, before = unpacked(distinct, len(recipe.fields))
    regime = at_home(recipe, levels, before) if lives_together(model) else before
    first = encoded.tables.first_level[:-1]
    at = first + np.maximum(levels, 0)
    known = levels >= 0
    each = np.where(known, weights.level[regime[:, None], at], np.nan).astype(np.float32)
    rarity = np.where(known, weights.by_frequency[regime[:, None], at], 0).astype(np.float32)
    fields = field_bits(
        found.left, found.right, pattern, each, rarity, weights.frequency, encoded.tables.codes
    )
    base = float(weights.base[0])
    here = np.nansum(fields[:, :-1][:, weights.place], axis=1, dtype=np.float64)
    if weights.moved > 0:
        fields[:, -1] = np.logaddexp2(here + np.log2(1 - weights.moved), np.log2(weights.moved)) - here
    moved = (regime != before)[pattern]
    weight = found.weight.copy()
    weight[moved] = base + np.nansum(fields[moved], axis=1, dtype=np.float64)
    distinct = distinct + (regime - before) * PLACES[-1]
    found = replace(found, weight=weight, pattern=distinct[pattern])
    return found, Pairs(found.left, found.right, weight, fields, base), pattern


def _copies(content: NDArray[np.uint64], pairs: Pairs, least: float) -> tuple[Pairs, NDArray[np.bool_]]:
    """The pairs, and which of them are copies: two records that say the same to the letter, and that no third record
    equals, are linked however little they say, and before all others.
    """
    equal = content[pairs.left] == content[pairs.right]
    both = np.concatenate([pairs.left[equal], pairs.right[equal]])
    times = np.bincount(both, minlength=len(content))
    alone = equal & (times[pairs.left] == 1) & (times[pairs.right] == 1)
    weight = np.where(alone, np.maximum(pairs.weight, least), pairs.weight)
    fields = pairs.fields.copy()
    fields[:, -1] += (weight - pairs.weight).astype(np.float32)
    return pairs._replace(weight=weight, fields=fields), alone


def _corrected(pairs: Pairs, pattern: NDArray[np.int64], root: NDArray[np.int32]) -> Pairs:
    """The pairs with each pattern's weight set right by those whose people have other records too: how many of them
    became one person, against how many the model expected. The correction is the last field.
    """
    size = np.bincount(root, minlength=len(root))
    left, right = root[pairs.left], root[pairs.right]
    one = left == right
    told = np.where(one, size[left], size[left] + size[right]) > 2
    believed = probability(pairs.weight)
    cases = np.maximum(np.bincount(pattern), 1)
    expected = np.clip(np.bincount(pattern, believed) / cases, 1e-6, 1 - 1e-6)
    became = np.bincount(pattern, np.where(told, one, believed))
    share = np.clip((became + WORTH * expected) / (cases + WORTH), 1e-6, 1 - 1e-6)
    moved = np.log2(share / (1 - share)) - np.log2(expected / (1 - expected))
    by_pair = np.clip(moved, -MOST, MOST)[pattern]
    fields = pairs.fields.copy()
    fields[:, -1] += by_pair
    return pairs._replace(weight=pairs.weight + by_pair, fields=fields)
