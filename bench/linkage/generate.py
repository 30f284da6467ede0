"""Writes the synthetic state: four agencies' files and one of newcomers, region after region.

It resembles no agency's data. Names are as frequent as in the 1990 Census; the gaps and errors are this file's
and `agencies.py`'s own, chosen once and not fitted to any engine.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from bench.linkage.agencies import AGENCIES, NEWCOMERS, members, records
from bench.linkage.people import REGION, region

PER_PERSON = 1_000_000 / 620_000
NEW, KNOWN = 0.05, 0.8
"""Newcomers for each record of the agencies, and the share of them whose person some agency already holds."""


def write(folder: Path, size: int, seed: int) -> None:
    """`size` records, give or take a few, in four files of `folder`, and a twentieth of that in newcomers.parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    people_wanted = int(size / PER_PERSON)
    counts = dict.fromkeys((*AGENCIES, "newcomers"), 0)
    writers: dict[str, Any] = {}
    regions = max(1, round(people_wanted / REGION))
    for number in range(regions):
        rng = np.random.default_rng((seed, number))
        quota = size * (number + 1) // regions - size * number // regions
        for name, frame in _region(number, people_wanted // regions, quota, int(quota * NEW), rng).items():
            prefix = name[0].upper()
            first = counts[name]
            counts[name] += frame.height
            ids = pl.Series(
                "record_id", [f"{prefix}{row:08d}" for row in range(first, counts[name])], dtype=pl.String
            )
            table = frame.insert_column(0, ids).to_arrow()
            if name not in writers:
                writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema)
            writers[name].write_table(table)
    for writer in writers.values():
        writer.close()
    (folder / "made.json").write_text(json.dumps({"seed": seed, "records": counts}), encoding="utf-8")


def _region(
    number: int, people_count: int, quota: int, new: int, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    people = region(number, people_count, rng)
    held = {name: members(agency, people, rng) for name, agency in AGENCIES.items()}
    total = sum(len(rows) for rows in held.values())
    keep = min(1.0, quota / total)
    made = {}
    for at, (name, agency) in enumerate(AGENCIES.items()):
        upto = sum(len(rows) for rows in list(held.values())[: at + 1])
        before = upto - len(held[name])
        rows = held[name][: round(upto * keep) - round(before * keep)]
        held[name] = rows
        made[name] = records(agency, people, rows, rng)
    known = np.unique(np.concatenate(list(held.values())))
    unknown = np.setdiff1d(np.arange(people_count), known)
    old = rng.choice(known, size=min(int(new * KNOWN), len(known)), replace=False)
    fresh = rng.choice(unknown, size=min(new - len(old), len(unknown)), replace=False)
    made["newcomers"] = records(NEWCOMERS, people, rng.permutation(np.concatenate([old, fresh])), rng)
    return made
