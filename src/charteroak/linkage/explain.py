"""Shows a clerk the evidence for one pair: what each file says, how well it agrees, and what that weighs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from charteroak.linkage.compare import MISSING, compare
from charteroak.linkage.recipe import LEVELS, LinkageError
from charteroak.linkage.run import LinkRun
from charteroak.linkage.standardise import standardise


def explain(run: LinkRun, files: Mapping[str, pl.DataFrame], pair_id: str) -> dict[str, Any]:
    """The evidence for a pair as plain values for a page; it holds personal data, so show it to a clerk only.

    Keys: pair_id, left and right (file, record_id), pass_name, status, reason, probability, weight, prior
    (bits), and `fields`: for each its name, kind, the values as delivered (`left`, `right`), in standard form
    (`left_standard`, `right_standard`), `level` of agreement or "missing", and `weight` in bits. Prior and
    fields' weights add up to the pair's weight. Raises LinkageError when the pair is not in the run.
    """
    found = run.pairs.filter(pl.col("pair_id") == pair_id)
    if found.is_empty():
        raise LinkageError(f"no pair {pair_id} in this run; choose one that it lists")
    pair = found.row(0, named=True)
    sides = ((pair["left_file"], pair["left_id"]), (pair["right_file"], pair["right_id"]))
    raw = [files[file].filter(pl.col("record_id").cast(pl.String) == record) for file, record in sides]
    if absent := [file for (file, _), frame in zip(sides, raw, strict=True) if frame.is_empty()]:
        raise LinkageError(
            f"{', '.join(absent)}: the pair's record is not in the file; give the files of this run"
        )
    return {
        "pair_id": pair_id,
        "left": {"file": sides[0][0], "record_id": sides[0][1]},
        "right": {"file": sides[1][0], "record_id": sides[1][1]},
        **{key: pair[key] for key in ("pass_name", "status", "reason", "probability", "weight")},
        "prior": run.models[sides[0][0], sides[1][0]].prior_bits(),
        "fields": _fields(run, (sides[0][0], sides[1][0]), (raw[0], raw[1])),
    }


def _fields(
    run: LinkRun, pair: tuple[str, str], raw: tuple[pl.DataFrame, pl.DataFrame]
) -> list[dict[str, Any]]:
    fields = run.recipe.shared(*pair)
    left, right = (standardise(file, frame, fields) for file, frame in zip(pair, raw, strict=True))
    row = np.zeros(1, dtype=np.int64)
    levels = compare(left, right, (row, row), fields)[0]
    model = run.models[pair]
    return [
        {
            "field": field.name,
            "kind": field.kind.value,
            "left": raw[0][field.columns[pair[0]]][0],
            "right": raw[1][field.columns[pair[1]]][0],
            "left_standard": left[field.name][0],
            "right_standard": right[field.name][0],
            "level": "missing" if level == MISSING else list(LEVELS[field.kind])[level],
            "weight": 0.0 if level == MISSING else float(model.weights(field.name)[level]),
        }
        for field, level in zip(fields, levels, strict=True)
    ]
