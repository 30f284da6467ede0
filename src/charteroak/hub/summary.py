"""What the policy office sees of an extract before access: its shape, its gaps, who was linked. No record."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

FEWEST = 10  # no count of fewer people is shown


def summarise(tables: Mapping[str, pl.DataFrame], cohort: str, quasi: Sequence[str]) -> dict[str, Any]:
    """Per table its rows, people and missing shares; and what share of each group of the cohort was linked, for
    findings rest on those who were.
    """
    return {
        "tables": {name: _shape(frame) for name, frame in tables.items()},
        "linked": _linked(tables, cohort, quasi),
    }


def shown(count: int) -> int | None:
    """A count of people, or nothing where it is small."""
    return count if count == 0 or count >= FEWEST else None


def _shape(frame: pl.DataFrame) -> dict[str, Any]:
    missing = {
        name: frame[name].null_count() / max(frame.height, 1) for name in frame.columns if name != "pid"
    }
    return {
        "rows": shown(frame.height),
        "people": shown(frame["pid"].n_unique()),
        "missing": {name: round(share, 3) for name, share in missing.items()},
    }


def _linked(tables: Mapping[str, pl.DataFrame], cohort: str, quasi: Sequence[str]) -> dict[str, Any]:
    """Table → column → group → share of the cohort's people who are also in that table."""
    base = tables[cohort]
    columns = [name for name in quasi if name in base.columns and base[name].n_unique() <= 15]
    others = {name: frame for name, frame in tables.items() if name not in (cohort, "evidence")}
    return {
        name: {column: _by_group(base, frame["pid"], column) for column in columns}
        for name, frame in others.items()
    }


def _by_group(base: pl.DataFrame, pids: pl.Series, column: str) -> dict[str, float | None]:
    linked = pl.col("pid").is_in(pids.unique().implode())
    groups = base.group_by(column).agg(pl.len(), linked.sum().alias("linked")).sort(column)
    return {
        str(group): round(found / people, 3) if shown(people) and shown(found) is not None else None
        for group, people, found in groups.iter_rows()
    }
