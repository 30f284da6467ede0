"""What the policy office sees of an extract before access: its shape, its gaps, how many stand out. No record."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

FEWEST = 10  # no count of fewer people is shown


def summarise(tables: Mapping[str, pl.DataFrame], cohort: str, quasi: Sequence[str]) -> dict[str, Any]:
    """Per table its rows, people and missing shares; how unusual people are by their quasi-identifiers; and
    what share of each group of the cohort was linked, for findings rest on those who were.
    """
    return {
        "tables": {name: _shape(frame) for name, frame in tables.items()},
        "standing_out": {
            name: _standing_out(frame, [column for column in quasi if column in frame.columns])
            for name, frame in tables.items()
            if frame["pid"].is_unique().all()
        },
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


def _standing_out(frame: pl.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """Share of people in groups of one, and of fewer than ten, by all quasi-identifiers together
    (k-anonymity: Samarati and Sweeney 1998)."""
    if not columns or frame.is_empty():
        return {}
    sizes = frame.select(pl.len().over(columns).alias("size"))["size"]
    return {
        "columns": list(columns),
        "alone": _share(sizes == 1),
        "fewer_than_ten": _share(sizes < FEWEST),
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


def _share(which: pl.Series) -> float:
    return round(int(which.sum()) / len(which), 3)
