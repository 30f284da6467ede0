"""How far people stand out in an extract by what an outsider may know of them: figures only, no record."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from charteroak.disclosure.microdata import Exposure, exposure

TOGETHER = "*"  # of all tables, for one person's rows share a pseudonym
SEVERAL = "\x1f"  # between a person's several codes
LEAST = 0.001  # a share that is not 0 is never written as 0


def risk(
    tables: Mapping[str, pl.DataFrame], quasi: Sequence[str], sensitive: Sequence[str], smallest: int
) -> dict[str, Any]:
    """Table → figures on its people's classes of equal quasi-identifiers, and under `*` of all tables joined.

    `smallest` is the class that every contributor calls large enough. Tables without such columns are left out.
    """
    frames = {
        name: frame for name, frame in tables.items() if frame.height and set(quasi) & set(frame.columns)
    }
    found = {}
    for name, frame in frames.items():
        known, told = ([column for column in frame.columns if column in of] for of in (quasi, sensitive))
        found[name] = _figures(
            exposure(frame.lazy(), person="pid", by=known, minimum=smallest, sensitive=told)
        )
    if len(frames) > 1:
        joined = _joined(frames, quasi)
        known = [column for column in joined.columns if column != "pid"]
        found[TOGETHER] = _figures(exposure(joined.lazy(), person="pid", by=known, minimum=smallest))
    return {"smallest_class": smallest, "tables": found}


def told(summary: Mapping[str, Any]) -> list[str]:
    """The same for the log: table, smallest class, shares alone and below the limit, column that drives it."""
    found = summary.get("risk", {"tables": {}})
    return [
        f"{name}:k={of['smallest_class']}:limit={found['smallest_class']}:alone={of['alone']}:below={of['below']}"
        f":by={of['driven_by'][0][0] if of['driven_by'] else ''}"
        for name, of in sorted(found["tables"].items())
    ]


def _joined(frames: Mapping[str, pl.DataFrame], quasi: Sequence[str]) -> pl.DataFrame:
    """A row per person: what is known of them in every table, as numbers of codes; nothing where they are not."""
    people = pl.concat([frame.select("pid") for frame in frames.values()]).unique()
    for name, frame in frames.items():
        own = [column for column in frame.columns if column in quasi]
        codes = [
            pl.col(column).cast(pl.String).fill_null("").unique().sort().str.join(SEVERAL)
            .alias(f"{name}.{column}")
            for column in own
        ]  # fmt: skip
        told = frame.group_by("pid").agg(codes)
        told = told.with_columns(pl.col(told.columns[1:]).rank("dense").cast(pl.UInt32))
        people = people.join(told, on="pid", how="left")
    return people


def _figures(found: Exposure) -> dict[str, Any]:
    def share(people: float) -> float:
        return max(round(people / found.people, 3), LEAST) if people else 0.0

    return {
        "columns": list(found.drivers),
        "smallest_class": found.k,
        "alone": share(found.uniques),
        "below": share(found.below),
        "expected": share(found.expected),
        "least_values": found.diversity,
        "driven_by": [[column, share(people)] for column, people in found.drivers.items() if people],
    }
