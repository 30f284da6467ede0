"""Puts what was found into tables: links with their pass, people, counts, expected quality."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.blocks import RuleBlocks
from charteroak.linkage.collective import People, people
from charteroak.linkage.encode import Encoded
from charteroak.linkage.estimate import REGIMES
from charteroak.linkage.kernel import Weights
from charteroak.linkage.linkage import OTHERS, BlockCount, Counts, Linkage, PassCount, Quality
from charteroak.linkage.members import with_copies, with_members
from charteroak.linkage.model import Model
from charteroak.linkage.passes import Passed, pass_of
from charteroak.linkage.phases import Phases
from charteroak.linkage.recipe import LinkageError, Recipe
from charteroak.linkage.sample import unpacked
from charteroak.linkage.score import Scored, probability
from charteroak.machine import spread

SCORED, JOINED = "scored", "joined"
"""What is not linked by a pass: a pair that a rule made, and one that its person's other records join."""
Shares = NDArray[np.float64]
Apart = Sequence[tuple[tuple[str, str], tuple[str, str]]]
"""Pairs of records, as (source, id), that must not be joined."""


def outcome(
    encoded: Encoded,
    recipe: Recipe,
    model: Model,
    blocks: Sequence[RuleBlocks],
    found: Scored,
    apart: Apart,
    watch: Phases,
    weights: Weights,
    warnings: Sequence[str],
) -> Linkage:
    """The linkage that the scored pairs amount to."""
    with watch.phase("cluster"):
        if recipe.collective:
            found = with_copies(encoded, recipe, model, weights, found)
        joined = people(encoded, recipe, model, weights, found, _apart(encoded, apart))
        joined = with_members(encoded, recipe, model, weights, joined)
        found, chance = joined.found, probability(joined.found.weight)
        levels, regime = unpacked(found.pattern, len(recipe.fields))
        passes = joined.passed.by if joined.passed else pass_of(recipe, levels)
        recipe = replace(recipe, link=joined.link, aim=None)
        linked = chance >= recipe.link
        clusters, weakest = clustered(encoded, joined)
    with watch.phase("report"):
        names = [
            SCORED,
            *(step.name for step in recipe.passes),
            *([JOINED] if (passes > len(recipe.passes)).any() else []),
        ]
        links = _links(encoded, found, chance, passes, names)
        counts = _counts(encoded, blocks, found)
        reported = tuple(
            BlockCount(each.rule, each.records, each.pairs, new, each.skipped_blocks, each.skipped_pairs)
            for each, new in zip(blocks, found.new_pairs, strict=True)
        )
    return Linkage(
        links, _levels(recipe, levels, regime, joined.others), clusters, weakest,
        quality_of(chance, recipe.link), recipe, model, counts,
        pass_counts(names, passes, chance, linked, joined.passed), reported, watch.taken, tuple(warnings),
    )  # fmt: skip


def pass_counts(
    names: Sequence[str],
    passes: NDArray[np.int64],
    chance: Shares,
    linked: NDArray[np.bool_],
    steps: Passed | None,
) -> tuple[PassCount, ...]:
    """Pairs that each pass meets, deterministic ones first, those it linked, and its estimated precision; of the other
    pairs, the share of true ones expected among the linked.
    """
    found = []
    for number in [*range(1, len(names)), 0]:
        here = passes == number
        judged = here if number else here & linked
        pairs, mean = int(here.sum()), float(chance[judged].mean()) if judged.any() else 0.0
        if steps and 0 < number <= len(steps.met):
            pairs, mean = int(steps.met[number - 1]), float(np.nan_to_num(steps.precision[number - 1]))
        found.append(PassCount(names[number], pairs, int((here & linked).sum()), mean))
    return tuple(found)


def quality_of(chance: Shares, threshold: float) -> Quality:
    """What the match probabilities themselves expect of the links at a threshold."""
    linked = chance >= threshold
    true, found = float(chance.sum()), float(chance[linked].sum())
    return Quality(
        threshold, found / int(linked.sum()) if linked.any() else 0.0, found / true if true else 0.0, true
    )


def clustered(encoded: Encoded, joined: People) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`clusters` and `weakest` of a Linkage."""
    label = encoded.records.select(pl.concat_str("source", pl.lit(":"), "id")).to_series()
    clusters = encoded.records.select("id", "source", cluster=label.gather(joined.root))
    size = np.bincount(joined.root, minlength=len(joined.root))
    several = np.flatnonzero(size > 1)
    weakest = pl.DataFrame(
        {"cluster": label.gather(several), "records": size[several], "weight": joined.weakest[several]}
    )
    return clusters, weakest


def _apart(encoded: Encoded, apart: Apart) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Records that must stay apart from each record, one after another, and where each record's begin."""
    count = len(encoded.content)
    if not apart:
        return np.zeros(count + 1, np.int64), np.empty(0, np.int32)
    place = {pair: row for row, pair in enumerate(encoded.records.select("source", "id").iter_rows())}
    if unknown := [side for pair in apart for side in pair if side not in place]:
        raise LinkageError(f"apart: {unknown[0][0]} has no such record; name records by (source, id)")
    both = np.array(
        [[place[a], place[b]] for a, b in apart] + [[place[b], place[a]] for a, b in apart], np.int32
    )
    both = both[np.argsort(both[:, 0], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=count))]).astype(np.int64)
    return starts, np.ascontiguousarray(both[:, 1])


def links_of(encoded: Encoded, recipe: Recipe, found: Scored) -> pl.DataFrame:
    """`links` of a Linkage."""
    chance, names = probability(found.weight), [SCORED, *(step.name for step in recipe.passes)]
    passes = np.zeros(len(chance), np.int64)
    if recipe.passes:
        passes = pass_of(recipe, unpacked(found.pattern, len(recipe.fields))[0])
    return _links(encoded, found, chance, passes, names)


def _links(
    encoded: Encoded, found: Scored, chance: Shares, passes: NDArray[np.int64], names: Sequence[str]
) -> pl.DataFrame:
    chosen = [
        (column, side, rows)
        for side, rows in (("l", found.left), ("r", found.right))
        for column in ("id", "source")
    ]
    texts = spread(lambda each: encoded.records[each[0]].gather(each[2]), chosen)
    sides = {f"{column}_{side}": text for (column, side, _), text in zip(chosen, texts, strict=True)}
    return pl.DataFrame(
        {
            "id_l": sides["id_l"], "id_r": sides["id_r"], "source_l": sides["source_l"], "source_r": sides["source_r"],
            "match_weight": found.weight, "match_probability": chance,
            "pass": pl.Series(list(names), dtype=pl.String).gather(passes),
        }
    )  # fmt: skip


def _levels(
    recipe: Recipe, levels: NDArray[np.int8], regime: NDArray[np.int64], others: Shares
) -> pl.DataFrame:
    columns = {each.name: levels[:, place] for place, each in enumerate(recipe.fields)}
    return pl.DataFrame(
        {"regime": pl.Series(list(REGIMES), dtype=pl.String).gather(regime), OTHERS: others, **columns}
    )


def _counts(encoded: Encoded, blocks: Sequence[RuleBlocks], found: Scored) -> Counts:
    records = dict(encoded.records["source"].value_counts().sort("source").iter_rows())
    codes, fields = encoded.tables.codes, encoded.fields
    held = spread(lambda place: int(np.count_nonzero(codes[:, place] >= 0)), range(len(fields)))
    missing = {each.name: len(codes) - count for each, count in zip(fields, held, strict=True)}
    unreached = np.ones(len(encoded.content), np.bool_)
    for each in blocks:
        unreached[each.keyed] = False
    return Counts(records, sum(found.new_pairs), encoded.changes, missing, int(unreached.sum()))
