"""Invented records of the extract's own shape, to write scripts against: nothing in them is anybody's."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from charteroak.adapters.spill import hand_over, in_memory
from charteroak.catalog.models import Variable
from charteroak.hub.extracts import type_of
from charteroak.hub.models import Extract
from charteroak.workspaces import folders
from charteroak.workspaces.modes import EVIDENCE, variables_of

PEOPLE = 500
ROWS = 1_000
SEED = 42  # the same records each time, so that a script's result can be told again
NOTE = (
    "These records are invented: they have the extract's tables, columns and types, and nothing in them is true of "
    "anybody. Send a script as a job to have it run on the real ones.\n"
)


@contextmanager
def mounted(extract: Extract, account: int, *, purpose: str) -> Iterator[Path]:
    """A folder in memory with invented records of the extract's shape, for `account` to read."""
    columns = {name: told["columns"] for name, told in extract.tables.items() if name != EVIDENCE}
    with in_memory(f"{purpose}-invented") as folder:
        for table, frame in tables(columns).items():
            frame.write_parquet(folder / f"{table}.parquet")
        (folder / "README.txt").write_text(NOTE, encoding="utf-8")
        hand_over(folder, folders.account_of(account))
        yield folder


def tables(columns: Mapping[str, Sequence[str]]) -> dict[str, pl.DataFrame]:
    """A table of ROWS rows for each table's columns; the same people (`pid`) are in all. The catalog alone is asked
    for types and values, and no record is opened.
    """
    found = {}
    for number, (table, names) in enumerate(sorted(columns.items())):
        rng = np.random.default_rng([SEED, number])
        known = {
            one.name: one for one in variables_of(table).filter(name__in=names).select_related("dataset")
        }
        made = [_column(name, known.get(name), rng) for name in names]
        found[table] = pl.DataFrame(made).sort(names[0])
    return found


def _column(name: str, known: Variable | None, rng: np.random.Generator) -> pl.Series:
    kind = type_of(known.type if known is not None else "")
    if name == "pid":
        values: list[object] = [f"{person:032x}" for person in rng.integers(1, PEOPLE + 1, ROWS)]
    elif known is not None and known.codes:
        values = list(rng.choice(sorted(known.codes), ROWS))
    elif kind.is_integer():
        values = rng.integers(*_range(name, known), ROWS, endpoint=True).tolist()
    elif kind.is_float():
        values = rng.uniform(0, 100, ROWS).round(2).tolist()
    elif kind.is_temporal():
        values = [date(2020, 1, 1) + timedelta(days=int(days)) for days in rng.integers(0, 1500, ROWS)]
    else:
        width = (known.width if known is not None else None) or 3
        values = [str(number).zfill(width) for number in rng.integers(0, 10 ** min(width, 2), ROWS)]
    return pl.Series(name, [str(value) if kind == pl.String else value for value in values]).cast(kind)


def _range(name: str, known: Variable | None) -> tuple[int, int]:
    """The dataset's own years for a year; else 0 to 100."""
    if known is not None and "year" in name and known.dataset.first_year and known.dataset.last_year:
        return known.dataset.first_year, known.dataset.last_year
    return 0, 100
