"""Shows a clerk the evidence for pairs: what each file says, how well it agrees, and what that weighs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from charteroak.linkage.clerical.compare import MISSING, compare
from charteroak.linkage.clerical.recipe import LEVELS, LinkageError
from charteroak.linkage.clerical.run import LinkRun
from charteroak.linkage.clerical.standardise import standardise


def explain(run: LinkRun, files: Mapping[str, pl.DataFrame], pair_id: str) -> dict[str, Any]:
    """The evidence for one pair; see `explain_pairs`."""
    return explain_pairs(run, files, [pair_id])[0]


def explain_pairs(
    run: LinkRun, files: Mapping[str, pl.DataFrame], pair_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """The evidence for pairs, in the order asked, as plain values for a page; it holds personal data, so show
    it to a clerk only.

    Keys: pair_id, left and right (file, record_id), pass_name, status, reason, probability, weight, prior
    (bits), and `fields`: for each its name, kind, the values as delivered (`left`, `right`), in standard form
    (`left_standard`, `right_standard`), `level` of agreement or "missing", and `weight` in bits. Prior and
    fields' weights add up to the pair's weight. Raises LinkageError when a pair is not in the run.
    """
    found = run.pairs.filter(pl.col("pair_id").is_in(list(pair_ids)))
    if unknown := sorted(set(pair_ids) - set(found["pair_id"])):
        raise LinkageError(f"no pair {unknown[0]} in this run; choose one that it lists")
    shown: dict[str, dict[str, Any]] = {}
    for (left, right), pairs in found.group_by("left_file", "right_file"):
        sides = (str(left), str(right))
        fields = _fields(run, sides, (files[sides[0]], files[sides[1]]), pairs)
        for pair, evidence in zip(pairs.iter_rows(named=True), fields, strict=True):
            shown[pair["pair_id"]] = {
                "pair_id": pair["pair_id"],
                "left": {"file": sides[0], "record_id": pair["left_id"]},
                "right": {"file": sides[1], "record_id": pair["right_id"]},
                **{key: pair[key] for key in ("pass_name", "status", "reason", "probability", "weight")},
                "prior": run.models[sides].prior_bits(),
                "fields": evidence,
            }
    return [shown[pair_id] for pair_id in pair_ids]


def _fields(
    run: LinkRun, sides: tuple[str, str], files: tuple[pl.DataFrame, pl.DataFrame], pairs: pl.DataFrame
) -> list[list[dict[str, Any]]]:
    """For each of the pairs, which all link the same two files, the evidence field by field."""
    fields, model = run.recipe.shared(*sides), run.models[sides]
    ids = (pairs["left_id"], pairs["right_id"])
    raw = [_records(file, frame, wanted) for file, frame, wanted in zip(sides, files, ids, strict=True)]
    left, right = (standardise(file, frame, fields) for file, frame in zip(sides, raw, strict=True))
    rows = tuple(np.searchsorted(side["record_id"], wanted) for side, wanted in zip(raw, ids, strict=True))
    compared = compare(left, right, (rows[0], rows[1]), fields)
    return [
        [
            {
                "field": field.name,
                "kind": field.kind.value,
                "left": raw[0][field.columns[sides[0]]][at],
                "right": raw[1][field.columns[sides[1]]][other],
                "left_standard": left[field.name][at],
                "right_standard": right[field.name][other],
                "level": "missing" if level == MISSING else list(LEVELS[field.kind])[level],
                "weight": 0.0 if level == MISSING else float(model.weights(field.name)[level]),
            }
            for field, level in zip(fields, levels, strict=True)
        ]
        for at, other, levels in zip(rows[0].tolist(), rows[1].tolist(), compared, strict=True)
    ]


def _records(file: str, frame: pl.DataFrame, wanted: pl.Series) -> pl.DataFrame:
    """The records wanted, each once, sorted by record_id as `standardise` sorts them."""
    text = frame.with_columns(pl.col("record_id").cast(pl.String))
    found = text.filter(pl.col("record_id").is_in(wanted.unique().implode())).sort("record_id")
    if found.height != wanted.n_unique():
        raise LinkageError(f"{file}: a pair's record is not in the file; give the files of this run")
    return found
