"""Links the agencies' matching files into people, as the plan says."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.blocks import keys_of
from charteroak.linkage.encode import Encoded, encode
from charteroak.linkage.link import link_encoded
from charteroak.linkage.linkage import Linkage
from charteroak.linkage.phases import Phases
from charteroak.linkage.read import record_ids
from charteroak.linkage.recipe import LinkageError
from charteroak.linkage.review.contest import contest
from charteroak.linkage.review.evidence import evidence
from charteroak.linkage.review.plan import Plan, Step
from charteroak.linkage.review.propose import NONE, propose
from charteroak.linkage.review.report import Facts, model_of
from charteroak.linkage.review.run import LinkRun, resolve

ID = "record_id"


def link(files: Mapping[str, pl.DataFrame], plan: Plan) -> LinkRun:
    """Decide which records of the files are the same person, and note what a clerk needs for the doubtful pairs.

    `files` maps each file of the plan to its frame as delivered, `record_id` unique in each. The order of rows does
    not matter, and the same files give the same run.
    Raises LinkageError when a file or column of the plan is missing, or a blocking rule is too wide.
    Method: two files at a time as `charteroak.linkage.link` does; then the best pairs win, people are joined under
    constraints, and what neither a pass nor the weight settles goes to a clerk.
    """
    if absent := [file for file in plan.files if file not in files]:
        raise LinkageError(f"plan {plan.name}: no file {', '.join(absent)}; deliver it or change the plan")
    ids = record_ids({file: files[file] for file in plan.files}, ID)
    encoded = [encode({file: files[file] for file in step.files}, ids, step.recipe) for step in plan.steps]
    linked = [_linked(step, each) for step, each in zip(plan.steps, encoded, strict=True)]
    pairs = [_pairs(plan, step, found) for step, found in zip(plan.steps, linked, strict=True)]
    facts = Facts(
        compared={step.name: found.counts.pairs_compared if found else 0
                  for step, found in zip(plan.steps, linked, strict=True)},
        unlinkable={file: int(_unreached(file, plan, encoded).sum()) for file in plan.files},
        unusable={file: _unusable(file, encoded) for file in plan.files},
        models={step.name: model_of(found.model) for step, found in zip(plan.steps, linked, strict=True) if found},
    )  # fmt: skip
    roll = pl.concat(
        files[file].select(file=pl.lit(file), record_id=pl.col(ID).cast(pl.String)).sort("record_id")
        for file in plan.files
    )
    run = resolve(plan, pl.concat(pairs), roll, facts, {}, ())
    shown = [(a, b, c) for a, b, c in zip(linked, encoded, pairs, strict=True) if a is not None]
    return evidence(run, files, shown)


def _linked(step: Step, encoded: Encoded) -> Linkage | None:
    """The linkage of two files; none when one of them is empty."""
    if len(np.unique(encoded.tables.source)) < 2:
        return None
    found = link_encoded(encoded, step.recipe, None, (), Phases())
    for each in found.blocks:
        if each.skipped_blocks:
            raise LinkageError(
                f"{step.name}: blocking rule {', '.join(each.rule)} makes blocks of more than "
                f"{step.recipe.largest_block:,} records; add a field to it"
            )
    return found


def _pairs(plan: Plan, step: Step, found: Linkage | None) -> pl.DataFrame:
    if found is None:
        return NONE
    proposed = propose(plan, step, found)
    sides = proposed.select("left_file", "left_id", "right_file", "right_id").iter_rows()
    named = proposed.with_columns(pair_id=pl.Series([pair_id(*side) for side in sides], dtype=pl.String))
    return contest(plan, named)


def pair_id(left_file: str, left_id: str, right_file: str, right_id: str) -> str:
    """A name for the pair that is the same in every run: 16 hexadecimal digits of its records' hash."""
    return hashlib.sha256("\x1f".join((left_file, left_id, right_file, right_id)).encode()).hexdigest()[:16]


def _unreached(file: str, plan: Plan, encoded: Sequence[Encoded]) -> NDArray[np.bool_]:
    """Which records of the file have no complete key of any blocking rule, and so can never be linked."""
    found = [
        (keys_of(each, step.recipe.blocks) == 0).all(axis=1)[each.tables.source == each.sources.index(file)]
        for step, each in zip(plan.steps, encoded, strict=True)
        if file in step.files
    ]
    unreached: NDArray[np.bool_] = np.logical_and.reduce(found)
    return unreached


def _unusable(file: str, encoded: Sequence[Encoded]) -> dict[str, int]:
    """By field, the file's records without a usable value."""
    return {
        field.name: int((each.column(field.name)[each.tables.source == each.sources.index(file)] < 0).sum())
        for each in encoded
        if file in each.sources
        for field in each.fields
    }
