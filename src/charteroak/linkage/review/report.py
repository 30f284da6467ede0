"""The match report that stewards confirm: how much was linked, by which pass, and for whom linking fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from charteroak.linkage.model import Model
from charteroak.linkage.review.plan import Plan


@dataclass(frozen=True)
class Facts:
    """Counts taken while linking: pairs compared per pair of files; per file the records that no pass can
    reach, and per field the values missing or unusable; per pair of files the parameters learnt.
    """

    compared: dict[str, int]
    unlinkable: dict[str, int]
    unusable: dict[str, dict[str, int]]
    models: dict[str, dict[str, Any]]


def report(
    plan: Plan,
    pairs: pl.DataFrame,
    people: pl.DataFrame,
    facts: Facts,
    decisions: Mapping[str, bool],
) -> dict[str, Any]:
    """Everything a steward needs to confirm a run, as plain values for JSON; no personal data."""
    by_pass = pairs.group_by("pass_name", "status").len().sort("pass_name", "status").iter_rows()
    passes: dict[str, dict[str, int]] = {}
    for pass_name, status, count in by_pass:
        passes.setdefault(pass_name, {"accepted": 0, "review": 0, "rejected": 0})[status] = count
    return {
        "recipe": plan.name,
        "recipe_digest": plan.digest(),
        "files": {file: _file(people, file, facts) for file in plan.files},
        "pairs_compared": facts.compared,
        "passes": passes,
        "review": pairs.filter(pl.col("status") == "review").height,
        "decisions": {"same": sum(decisions.values()), "apart": len(decisions) - sum(decisions.values())},
        "models": facts.models,
    }


def linked_records(people: pl.DataFrame, file: str, to: str | None = None) -> pl.DataFrame:
    """record_id and `linked` for every record of `file`: whether its person is also in `to`, or elsewhere."""
    other = pl.col("file") != file if to is None else pl.col("file") == to
    found = people.filter(other).select("person").unique().with_columns(linked=pl.lit(value=True))
    own = people.filter(pl.col("file") == file).join(found, on="person", how="left", maintain_order="left")
    return own.select("record_id", pl.col("linked").fill_null(value=False))


def _file(people: pl.DataFrame, file: str, facts: Facts) -> dict[str, Any]:
    linked = linked_records(people, file)["linked"]
    return {
        "records": len(linked),
        "linked": int(linked.sum()),
        "rate": round(float(linked.sum()) / len(linked), 6) if len(linked) else None,
        "unlinkable": facts.unlinkable[file],
        "unusable": facts.unusable[file],
    }


def model_of(model: Model) -> dict[str, Any]:
    """The parameters that hold for everyone, as plain values."""
    fields = {
        field: {
            level: {"m": m, "u": u}
            for level, m, u in zip(levels, model.everyone.m[field], model.everyone.u[field], strict=True)
        }
        for field, levels in model.levels.items()
    }
    return {"prior": model.prior, "fields": fields}
