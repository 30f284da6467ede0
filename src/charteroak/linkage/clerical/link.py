"""Links the agencies' matching files into people, as the recipe says."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from charteroak.linkage.clerical.blocking import candidates, unlinkable
from charteroak.linkage.clerical.compare import compare
from charteroak.linkage.clerical.contest import contest
from charteroak.linkage.clerical.estimate import Model, estimate, weigh
from charteroak.linkage.clerical.passes import Proposals, blocking_rules, steps
from charteroak.linkage.clerical.recipe import LinkageError, Recipe
from charteroak.linkage.clerical.report import Facts
from charteroak.linkage.clerical.run import LinkRun, resolve
from charteroak.linkage.clerical.standardise import standardise


def link(files: Mapping[str, pl.DataFrame], recipe: Recipe, *, rng: np.random.Generator) -> LinkRun:
    """Decide which records of the files are the same person.

    `files` maps each file of the recipe to its frame as delivered: text columns, `record_id` unique. The
    order of rows does not matter, and the same generator state gives the same run.
    Raises LinkageError when a file or column of the recipe is missing, or a blocking rule is too wide.
    Method: deterministic passes, then Fellegi-Sunter on the residue, as the ONS links the Census.
    """
    if absent := [file for file in recipe.files() if file not in files]:
        raise LinkageError(
            f"recipe {recipe.name}: no file {', '.join(absent)}; deliver it or change the recipe"
        )
    records = {file: standardise(file, files[file], recipe.fields) for file in recipe.files()}
    linked = [_link_two(recipe, pair, records, rng) for pair in recipe.file_pairs()]
    roll = pl.concat(
        [frame.select(pl.lit(file).alias("file"), "record_id") for file, frame in records.items()]
    )
    facts = Facts(
        compared={"-".join(part.pair): part.compared for part in linked},
        unlinkable={file: _unlinkable(recipe, file, frame) for file, frame in records.items()},
        unusable={file: _unusable(frame) for file, frame in records.items()},
    )
    models = {part.pair: part.model for part in linked}
    return resolve(recipe, models, pl.concat([part.pairs for part in linked]), roll, facts, {})


@dataclass(frozen=True)
class _Linked:
    pair: tuple[str, str]
    model: Model
    pairs: pl.DataFrame
    compared: int


def _link_two(
    recipe: Recipe, pair: tuple[str, str], records: Mapping[str, pl.DataFrame], rng: np.random.Generator
) -> _Linked:
    left, right = (records[file] for file in pair)
    passes, fields = steps(recipe, *pair), recipe.shared(*pair)
    rows = candidates(left, right, blocking_rules(passes))
    levels = compare(left, right, rows, fields)
    model = estimate(left, right, levels, fields, rng)
    proposals = Proposals(recipe, fields, rows, levels, weigh(model, levels, fields))
    for step in passes:
        proposals.run(step)
    listed = proposals.listed((left, right)).with_columns(
        left_file=pl.lit(pair[0], dtype=pl.String), right_file=pl.lit(pair[1], dtype=pl.String)
    )
    sides = listed.select("left_file", "left_id", "right_file", "right_id").iter_rows()
    named = listed.with_columns(pair_id=pl.Series([pair_id(*side) for side in sides], dtype=pl.String))
    return _Linked(pair, model, contest(recipe, named), len(rows[0]))


def pair_id(left_file: str, left_id: str, right_file: str, right_id: str) -> str:
    """A name for the pair that is the same in every run: 16 hexadecimal digits of its records' hash."""
    return hashlib.sha256("\x1f".join((left_file, left_id, right_file, right_id)).encode()).hexdigest()[:16]


def _unlinkable(recipe: Recipe, file: str, records: pl.DataFrame) -> int:
    passes = [step for step in recipe.passes if file in (step.left, step.right)]
    return unlinkable(records, blocking_rules(passes))


def _unusable(records: pl.DataFrame) -> dict[str, int]:
    return {name: records[name].null_count() for name in records.columns if name != "record_id"}
