"""Invented records of the extract's own shape, to write scripts against: nothing in them is anybody's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from charteroak.adapters.spill import hand_over, in_memory
from charteroak.catalog.models import Variable
from charteroak.hub.models import Extract
from charteroak.workspaces import folders
from charteroak.workspaces.queries import variables_of

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
    with folders.mounted(extract, account, purpose=purpose) as folder:
        schemas = {path.stem: pl.read_parquet_schema(path) for path in folder.glob("*.parquet")}
    with in_memory(f"{purpose}-invented") as folder:
        for table, frame in tables(schemas).items():
            frame.write_parquet(folder / f"{table}.parquet")
        (folder / "README.txt").write_text(NOTE, encoding="utf-8")
        hand_over(folder, folders.account_of(account))
        yield folder


def tables(schemas: Mapping[str, Mapping[str, pl.DataType]]) -> dict[str, pl.DataFrame]:
    """A table of ROWS rows for each schema; the same people (`pid`) are in all. Values follow the catalog alone."""
    found = {}
    for number, (table, schema) in enumerate(sorted(schemas.items())):
        rng = np.random.default_rng([SEED, number])
        known = {
            variable.name: variable
            for variable in variables_of(table).filter(name__in=schema).select_related("dataset")
        }
        columns = [_column(name, kind, known.get(name), rng) for name, kind in schema.items()]
        found[table] = pl.DataFrame(columns).sort(list(schema)[:1])
    return found


def _column(name: str, kind: pl.DataType, known: Variable | None, rng: np.random.Generator) -> pl.Series:
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
