"""A second look at the listed pairs, all together: other records of the two people speak for or against a pair."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.chance import share_at_most
from charteroak.linkage.cluster import Constraints, Pairs, field_bits
from charteroak.linkage.encode import Encoded
from charteroak.linkage.home import at_home, lives_together
from charteroak.linkage.kernel import PLACES, Weights
from charteroak.linkage.model import Model
from charteroak.linkage.parts import Parts, arranged, joined, parted
from charteroak.linkage.passes import Passed, passed
from charteroak.linkage.recipe import Kind, Recipe
from charteroak.linkage.sample import distinct, unpacked
from charteroak.linkage.score import Scored, bits, probability
from charteroak.linkage.threshold import threshold

LASTING = {Kind.BIRTH_DATE, Kind.SSN, Kind.AGENCY_ID}
"""What a person keeps for life; names and addresses change."""
WORTH = 10.0
"""Pairs that the model's opinion of a pattern is worth, against those that other records decided."""
MOST = 8.0
"""Bits that their example may move a pattern by."""
ROUNDS = 50
REFUSED = 0.1
"""Bits below the threshold at which a pair stands whose two people were kept apart."""


@dataclass(frozen=True)
class People:
    """`found`: the pairs with their final weights, and `others`, the bits of these that come from other records. By
    record `root`, the smallest record of its person; by person `weakest`, the weakest weight that holds it together.
    `link`: the match probability from which pairs are linked. `passed`: what the passes made of the pairs, None where
    each pair is weighed alone.
    """

    found: Scored
    others: NDArray[np.float64]
    root: NDArray[np.int32]
    weakest: NDArray[np.float64]
    link: float
    passed: Passed | None = None


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
    limits, content = _constraints(encoded, recipe, apart), encoded.content
    if not recipe.collective:
        return _one_by_one(found, limits, content, recipe.link)
    found, pairs, pattern, levels = weighed(encoded, recipe, model, weights, found)
    most = share_at_most(encoded, model, levels, found.pattern, pattern)
    parts = parted(found.left, found.right, found.weight, limits.least, len(content))
    pairs, limits = arranged(pairs, limits, parts)
    root, *_ = joined(pairs, limits, parts, content)
    pairs = _corrected(pairs, pattern[parts.pairs], root, _between(limits.source, pairs), most)
    steps = passed(recipe, levels, pattern[parts.pairs], probability(pairs.weight))
    copies = _copies(content[parts.rows], pairs)
    sure = copies | (steps.by > 0)
    pairs = _raised(pairs, sure, limits.least)
    root, weakest, settled = joined(pairs, limits, parts, content, copies.astype(np.int8) + sure)
    one = root[pairs.left] == root[pairs.right]
    refused = np.minimum(np.minimum(pairs.weight, settled), limits.least - REFUSED)
    final = np.where(one, np.maximum(pairs.weight, settled), refused)
    link = _link(recipe, probability(final), sure & one)
    if link > recipe.joins_from:
        final = np.where(sure & one, np.maximum(final, bits(link)), final)
        root, weakest = _cut(pairs, limits, parts, content, np.where(one, final, -np.inf), bits(link))
    weight, steps = _of_pairs(final, steps, one, parts)
    kept = weight >= bits(recipe.keep)
    shown = Scored(found.left[kept], found.right[kept], weight[kept], found.pattern[kept], found.new_pairs)
    steps, others = steps._replace(by=steps.by[kept]), (weight - found.weight)[kept]
    return People(shown, others, *_of_all(root, weakest, parts, len(content)), link, steps)


def _link(recipe: Recipe, chance: NDArray[np.float64], sure: NDArray[np.bool_]) -> float:
    return recipe.link if recipe.aim is None else threshold(chance, sure, recipe.aim, recipe.joins_from)


def _one_by_one(found: Scored, limits: Constraints, content: NDArray[np.uint64], link: float) -> People:
    """People of pairs that are weighed each by itself."""
    pairs = Pairs(found.left, found.right, found.weight, np.empty((0, 0), np.float32), 0.0)
    parts = parted(found.left, found.right, found.weight, limits.least, len(limits.source))
    root, weakest, _ = joined(*arranged(pairs, limits, parts), parts, content)
    return People(
        found, np.zeros(len(found.weight)), *_of_all(root, weakest, parts, len(limits.source)), link
    )


def _of_pairs(
    final: NDArray[np.float64], steps: Passed, one: NDArray[np.bool_], parts: Parts
) -> tuple[NDArray[np.float64], Passed]:
    """Weights and passes in the order in which the pairs were found; no pass links what is not `one` person."""
    weight, by = np.empty(len(final)), np.empty(len(final), np.int64)
    weight[parts.pairs], by[parts.pairs] = final, np.where(one, steps.by, 0)
    return weight, steps._replace(by=by)


def _cut(
    pairs: Pairs,
    limits: Constraints,
    parts: Parts,
    content: NDArray[np.uint64],
    weight: NDArray[np.float64],
    least: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The people once more, without the joints of less than `least` bits, and the weakest joint that is left of each.
    `weight`: by pair, that of its people's joint.
    """
    alone = Pairs(pairs.left, pairs.right, weight, np.empty((0, 0), np.float32), 0.0)
    root, weakest, _ = joined(alone, limits._replace(support=0.0, least=least), parts, content)
    return root, weakest


def _of_all(
    root: NDArray[np.int32], weakest: NDArray[np.float64], parts: Parts, records: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """`root`, the smallest record of each one's person, and `weakest` of all records; one that has no pair is a person
    alone.
    """
    smallest = np.full(len(root), records, np.int32)
    np.minimum.at(smallest, root, parts.rows)
    found, least = np.arange(records, dtype=np.int32), np.full(records, np.inf)
    people = np.flatnonzero(smallest < records)
    found[parts.rows], least[smallest[people]] = smallest[root], weakest[people]
    return found, least


def _constraints(
    encoded: Encoded, recipe: Recipe, apart: tuple[NDArray[np.int64], NDArray[np.int32]]
) -> Constraints:
    lasting = [place for place, field in enumerate(encoded.fields) if field.kind in LASTING]
    return Constraints(
        encoded.tables.source, np.array([name in recipe.one_per_person for name in encoded.sources]),
        np.ascontiguousarray(encoded.tables.codes[:, lasting]), *apart, recipe.largest_cluster, recipe.support,
        bits(recipe.joins_from),
    )  # fmt: skip


def weighed(
    encoded: Encoded, recipe: Recipe, model: Model, weights: Weights, found: Scored
) -> tuple[Scored, Pairs, NDArray[np.int64], NDArray[np.int8]]:
    """The pairs, those of a household weighed as such; the same with the bits of each field; the number of each pair's
    pattern; and the levels of these (patterns × fields).
    """
    patterns, pattern = distinct(found.pattern)
    levels, before = unpacked(patterns, len(recipe.fields))
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
    patterns = patterns + (regime - before) * PLACES[-1]
    found = replace(found, weight=weight, pattern=patterns[pattern])
    return found, Pairs(found.left, found.right, weight, fields, base), pattern, levels


def _copies(content: NDArray[np.uint64], pairs: Pairs) -> NDArray[np.bool_]:
    """Which of the pairs are copies: two records that say the same to the letter, and that no third record equals, are
    linked however little they say, and before all others.
    """
    equal = content[pairs.left] == content[pairs.right]
    both = np.concatenate([pairs.left[equal], pairs.right[equal]])
    times = np.bincount(both, minlength=len(content))
    return np.asarray(equal & (times[pairs.left] == 1) & (times[pairs.right] == 1))


def _raised(pairs: Pairs, sure: NDArray[np.bool_], least: float) -> Pairs:
    """The pairs, those that are `sure` with `least` bits at least; the last field holds what they were given."""
    weight = np.where(sure, np.maximum(pairs.weight, least), pairs.weight)
    fields = pairs.fields.copy()
    fields[:, -1] += (weight - pairs.weight).astype(np.float32)
    return pairs._replace(weight=weight, fields=fields)


def _between(source: NDArray[np.int16], pairs: Pairs) -> NDArray[np.int64]:
    """A number for the two files that each pair is of. `source`: by record."""
    one, other = source[pairs.left].astype(np.int64), source[pairs.right].astype(np.int64)
    return np.minimum(one, other) * (int(source.max(initial=0)) + 1) + np.maximum(one, other)


def _corrected(
    pairs: Pairs,
    pattern: NDArray[np.int64],
    root: NDArray[np.int32],
    between: NDArray[np.int64],
    most: NDArray[np.float64],
) -> Pairs:
    """The pairs with each pattern's weight set right by those that other records decided, and with what it says that
    none decided the rest. The correction is the last field.

    A pair is decided when one of its people has another record: joined, or refused because that person already has
    the records that are its own. Between two files that hold everybody once, only false pairs can be decided so, and
    a pair that nobody else lays claim to is the likelier for it: the chance to be decided is learnt for true and for
    other pairs, for each two files apart, and the share of true pairs in a pattern by expectation-maximisation.
    `most`: by pattern, the share of true pairs beyond which it is not raised.
    """
    told, one = _told(pairs, root)
    believed = probability(pairs.weight)
    open_if_true = 1 - _decided(told, one.astype(np.float64), between)
    open_if_false = 1 - _decided(told, np.where(one, 0.0, 1 - believed), between)
    alone = np.where(told, 0.0, np.log(open_if_true / open_if_false))
    cases = np.maximum(np.bincount(pattern), 1)
    expected = np.clip(np.bincount(pattern, believed) / cases, 1e-6, 1 - 1e-6)
    share, rest, begun = expected, np.flatnonzero(~told), np.log(expected / (1 - expected))
    most = np.clip(np.maximum(most, expected), 1e-6, 1 - 1e-6)
    decided = np.bincount(pattern, told & one) + WORTH * expected
    of, times, open_as = _alike(pattern[rest], between[rest], alone[rest])
    for _ in range(ROUNDS):
        odds = np.log(share / (1 - share))[of] + open_as
        became = decided + np.bincount(of, times / (1 + np.exp(-odds)), minlength=len(cases))
        share = np.clip(became / (cases + WORTH), 1e-6, most)
    moved = (np.log(share / (1 - share)) - begun) / np.log(2)
    by_pair = np.clip(moved, -MOST, MOST)[pattern] + alone / np.log(2)
    fields = pairs.fields.copy()
    fields[:, -1] += by_pair
    return pairs._replace(weight=pairs.weight + by_pair, fields=fields)


def _alike(
    pattern: NDArray[np.int64], between: NDArray[np.int64], alone: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of one pattern and the same two files, for which `alone` is the same: the pattern, how many they are, and
    `alone`.
    """
    files = int(between.max(initial=0)) + 1
    groups, number = distinct(pattern * files + between)
    same = np.empty(len(groups))
    same[number] = alone
    return groups // files, np.bincount(number, minlength=len(groups)), same


def _told(pairs: Pairs, root: NDArray[np.int32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """By pair, whether one of its people has another record, and whether the pair is one person."""
    size = np.bincount(root, minlength=len(root))
    left, right = root[pairs.left], root[pairs.right]
    one = left == right
    return np.where(one, size[left], size[left] + size[right]) > 2, one


def _decided(
    told: NDArray[np.bool_], worth: NDArray[np.float64], between: NDArray[np.int64]
) -> NDArray[np.float64]:
    """By pair, how many of its two files' pairs are decided, each counted for what it is `worth`; never quite none or
    all, and near the share of all pairs where there are few.
    """
    whole = (float(worth[told].sum()) + 1) / (float(worth.sum()) + 2)
    share = (np.bincount(between, told * worth) + WORTH * whole) / (np.bincount(between, worth) + WORTH)
    return share[between]
