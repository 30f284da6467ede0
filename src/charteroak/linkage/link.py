"""Links files into people: standardise, block, learn, score, cluster."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import polars as pl

from charteroak.linkage import addresses, read
from charteroak.linkage.blocks import RuleBlocks, blocked
from charteroak.linkage.choose import choose
from charteroak.linkage.encode import Encoded, encode
from charteroak.linkage.estimate import estimate, household_field, identifier_field
from charteroak.linkage.home import households
from charteroak.linkage.infer import infer
from charteroak.linkage.linkage import Linkage
from charteroak.linkage.model import Model
from charteroak.linkage.outcome import Apart, links_of, outcome
from charteroak.linkage.phases import Phases
from charteroak.linkage.recipe import LinkageError, Recipe
from charteroak.linkage.sample import blocked_patterns, random_levels
from charteroak.linkage.score import Scorer, bits, score, weights_of
from charteroak.linkage.telling import told_apart


def link(
    frames: read.Frames,
    recipe: Recipe | None = None,
    *,
    id: str | Mapping[str, str] | None = None,
    truth: str | None = None,
    model: Model | None = None,
    one_per_person: Sequence[str] = (),
    apart: Apart = (),
    phases: Phases | None = None,
    scorer: Scorer = score,
) -> Linkage:
    """Decide which records of the files are the same person.

    `frames`: a path, Polars or pandas frame, Arrow table or DuckDB relation; or several, as a list or by name.
    `recipe`: inferred from the columns' names when None; one without blocking rules gets them chosen.
    `id`: the column that identifies a record, for all files or
    by file; common names are recognised. `truth`: a column that says who is who; it is never a field. `model`: use
    these parameters instead of learning them. `one_per_person`: files that hold nobody twice, for an inferred
    recipe. `apart`: pairs of (source, id) that must not be joined. `phases`: a stopwatch and a listener.
    `scorer`: weighs the pairs; another may do so on many machines.

    The order of rows, files and columns changes nothing, and the same input gives the same result.
    Raises LinkageError, in one line, for input that cannot be linked.
    Method: deterministic passes and Fellegi-Sunter with chances by regime (see `estimate`), term frequencies, then
    clustering under constraints.
    """
    watch = phases or Phases()
    with watch.phase("read"):
        files = read.frames(frames)
        ids = read.record_ids(files, id)
        columns = columns_of(files, ids, truth)
        recipe = recipe or infer(columns, tuple(sorted(one_per_person)), addresses.whole(files, columns))
    return link_encoded(_encoded(files, ids, recipe, watch), recipe, model, apart, watch, scorer)


def predict(
    frames: read.Frames,
    recipe: Recipe,
    model: Model,
    *,
    id: str | Mapping[str, str] | None = None,
    phases: Phases | None = None,
    scorer: Scorer = score,
) -> pl.DataFrame:
    """The pairs that the rules of `recipe` make and `model` gives a probability of `recipe.keep` at least, each weighed
    by itself: `links` of a Linkage, without the second look and without people. What Splink's `predict` answers.

    Arguments as of `link`. Raises LinkageError for input that cannot be linked, or a recipe without rules.
    """
    watch = phases or Phases()
    with watch.phase("read"):
        files = read.frames(frames)
        ids = read.record_ids(files, id)
    if not recipe.blocks:
        raise LinkageError(f"recipe {recipe.name}: no blocking rules; give some, or let `link` choose them")
    encoded = _encoded(files, ids, recipe, watch)
    with watch.phase("block"):
        keys, blocks = blocked(encoded, recipe)
    with watch.phase("score"):
        found = scorer(encoded, keys, blocks, weights_of(encoded, recipe, model, bits(recipe.keep)))
    with watch.phase("report"):
        return links_of(encoded, recipe, found)


def _encoded(
    files: Mapping[str, pl.DataFrame], ids: Mapping[str, str], recipe: Recipe, watch: Phases
) -> Encoded:
    check(recipe, files)
    with watch.phase("encode"):
        return encode(files, ids, recipe)


def columns_of(
    files: Mapping[str, pl.DataFrame], ids: Mapping[str, str], truth: str | None
) -> dict[str, list[str]]:
    """The columns that may be fields, by file."""
    return {name: [each for each in files[name].columns if each not in {ids[name], truth}] for name in files}


def check(recipe: Recipe, files: Collection[str]) -> None:
    """Raises LinkageError when the recipe names a file that is not there."""
    if unknown := sorted(set(recipe.one_per_person) - set(files)):
        raise LinkageError(
            f"recipe {recipe.name}: no file {unknown[0]!r} to hold nobody twice; name one that is there"
        )


def link_encoded(
    encoded: Encoded,
    recipe: Recipe,
    model: Model | None,
    apart: Apart,
    watch: Phases,
    scorer: Scorer = score,
) -> Linkage:
    """Link records that are already encoded; see `link`."""
    doubts = told_apart(encoded) if model is None else []
    if not recipe.blocks:
        with watch.phase("choose rules"):
            recipe = replace(recipe, blocks=choose(encoded, recipe.largest_block, recipe.household))
    with watch.phase("block"):
        keys, blocks = blocked(encoded, recipe)
    if model is None:
        with watch.phase("learn"):
            places = household_field(recipe), identifier_field(recipe)
            with ThreadPoolExecutor(1) as beside:
                drawn = beside.submit(random_levels, encoded)
                patterns = households(recipe, blocked_patterns(encoded, keys, blocks, *places))
            model = estimate(encoded, recipe, drawn.result(), patterns)
    with watch.phase("score"):
        weights = weights_of(encoded, recipe, model, bits(recipe.keep))
        found = scorer(encoded, keys, blocks, weights)
    told = [*doubts, *_warnings(encoded, recipe, blocks)]
    return outcome(encoded, recipe, model, blocks, found, apart, watch, weights, told)


def _warnings(encoded: Encoded, recipe: Recipe, blocks: Sequence[RuleBlocks]) -> list[str]:
    found = [
        f"blocking rule {', '.join(each.rule)}: {each.skipped_blocks:,} blocks of more than "
        f"{recipe.largest_block:,} records were skipped ({each.skipped_pairs:,} pairs)"
        for each in blocks if each.skipped_blocks
    ]  # fmt: skip
    begin = np.searchsorted(encoded.tables.source, np.arange(len(encoded.sources) + 1))
    for place, each in enumerate(encoded.fields):
        for number, source in enumerate(encoded.sources):
            here = encoded.tables.codes[begin[number] : begin[number + 1], place]
            if each.of(source) and not (here >= 0).any():
                found.append(f"{source}: {', '.join(each.of(source))} holds no usable {each.name}")
        for change, count in encoded.changes[each.name].items():
            if change.startswith("unreadable") and count:
                found.append(f"{each.name}: {count:,} values could not be read and count as missing")
    return found
