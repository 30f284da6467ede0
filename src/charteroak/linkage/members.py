"""Pairs of one person's records that no blocking rule made: compared too, and linked by what joined the person."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.collective import People, weighed
from charteroak.linkage.encode import Encoded
from charteroak.linkage.estimate import household_field, identifier_field
from charteroak.linkage.hashing import by_records
from charteroak.linkage.kernel import PLACES, Weights
from charteroak.linkage.levels import levels_of_pairs
from charteroak.linkage.model import Model
from charteroak.linkage.passes import Passed
from charteroak.linkage.recipe import Recipe
from charteroak.linkage.sample import pack
from charteroak.linkage.score import Scored, bits, sorted_pairs

Rows = NDArray[np.int32]


def with_members(encoded: Encoded, recipe: Recipe, model: Model, weights: Weights, joined: People) -> People:
    """The people, with those pairs of a person's records that no rule made and that reach `recipe.keep` by themselves.
    Each weighs that or, if it is more, the weakest joint that holds its person together. Its pass is the number after
    the last. Pairs within a file that is not compared with itself stay out.
    """
    if joined.passed is None:
        return joined
    left, right = _unlisted(joined.root, joined.found.left, joined.found.right)
    t = encoded.tables
    may = (t.source[left] != t.source[right]) | ~t.apart[t.source[left]]
    alone = _alone(encoded, recipe, model, weights, left[may], right[may])
    kept = alone.weight >= bits(recipe.keep)
    left, right, own = alone.left[kept], alone.right[kept], alone.weight[kept]
    weight = np.maximum(own, joined.weakest[joined.root[left]])
    more = Scored(left, right, weight, alone.pattern[kept], ())
    return _added(joined, more, weight - own, joined.passed, len(recipe.passes) + 1)


def with_copies(encoded: Encoded, recipe: Recipe, model: Model, weights: Weights, found: Scored) -> Scored:
    """The pairs, and those of two records that say the same to the letter, which no third one says and which are in no
    listed pair: what they say is too little for a rule or for `recipe.keep`, but a copy of a file has it once more.
    """
    t, paired = encoded.tables, np.zeros(len(encoded.content), np.bool_)
    paired[found.left], paired[found.right] = True, True
    rows = np.flatnonzero(~paired & (t.codes >= 0).any(axis=1)).astype(np.int32)
    rows = rows[np.argsort(encoded.content[rows], kind="stable")]
    same = encoded.content[rows[1:]] == encoded.content[rows[:-1]]
    two = same & ~np.append(False, same[:-1]) & ~np.append(same[1:], False)
    left, right = rows[:-1][two], rows[1:][two]
    may = (t.source[left] != t.source[right]) | ~t.apart[t.source[left]]
    if not may.any():
        return found
    more = _alone(encoded, recipe, model, weights, left[may], right[may])
    return sorted_pairs(
        np.concatenate([found.left, more.left]), np.concatenate([found.right, more.right]),
        np.concatenate([found.weight, more.weight]), np.concatenate([found.pattern, more.pattern]), found.new_pairs,
    )  # fmt: skip


def _alone(
    encoded: Encoded, recipe: Recipe, model: Model, weights: Weights, left: Rows, right: Rows
) -> Scored:
    """Pairs that no rule made, each with its own weight."""
    alone = Scored(left, right, np.zeros(len(left)), _patterns(encoded, recipe, left, right), ())
    alone, pairs, *_ = weighed(encoded, recipe, model, weights, alone)
    own = np.asarray(pairs.base + np.nansum(pairs.fields, axis=1, dtype=np.float64))
    return replace(alone, weight=own)


def _added(joined: People, more: Scored, others: NDArray[np.float64], passed: Passed, number: int) -> People:
    """The people with `more` pairs, all in the order of their records."""
    found = joined.found
    left, right = np.concatenate([found.left, more.left]), np.concatenate([found.right, more.right])
    order = by_records(left, right)
    weight = np.concatenate([found.weight, more.weight])[order]
    pattern = np.concatenate([found.pattern, more.pattern])[order]
    by = np.concatenate([passed.by, np.full(len(more.left), number)])[order]
    return replace(
        joined, found=Scored(left[order], right[order], weight, pattern, found.new_pairs),
        others=np.concatenate([joined.others, others])[order], passed=passed._replace(by=by),
    )  # fmt: skip


def _unlisted(root: Rows, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """Pairs of records of one person that are not among those given; the smaller record first."""
    size = np.bincount(root, minlength=len(root))
    one = root[left] == root[right]
    short = size * (size - 1) // 2 > np.bincount(root[left[one]], minlength=len(root))
    rows = np.flatnonzero(short[root]).astype(np.int32)
    rows = rows[np.argsort(root[rows], kind="stable")]
    sizes = size[root[rows]]
    first, second = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for each in np.unique(sizes):
        people, (a, b) = rows[sizes == each].reshape(-1, each), np.triu_indices(each, 1)
        first.append(people[:, a].ravel())
        second.append(people[:, b].ravel())
    i, j = np.concatenate(first), np.concatenate(second)
    listed = one & short[root[left]]
    count = np.int64(len(root))
    new = ~np.isin(i * count + j, left[listed] * count + right[listed], assume_unique=True)
    return i[new], j[new]


def _patterns(encoded: Encoded, recipe: Recipe, left: Rows, right: Rows) -> NDArray[np.int64]:
    """Packed levels of each pair, its regime last (see `kernel.PLACES`)."""
    codes, regime = encoded.tables.codes, np.zeros(len(left), np.int64)
    for bit, place in enumerate((household_field(recipe), identifier_field(recipe))):
        if place >= 0:
            same = (codes[left, place] >= 0) & (codes[left, place] == codes[right, place])
            regime += same.astype(np.int64) << bit
    patterns = np.asarray(regime * PLACES[-1], np.int64)
    pack(levels_of_pairs(left, right, encoded.tables), patterns)
    return patterns
