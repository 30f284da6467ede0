"""Reads the files to link, whatever holds them: paths, Polars, pandas, Arrow, DuckDB relations."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from charteroak.linkage.columns import id_column
from charteroak.linkage.recipe import LinkageError
from charteroak.machine import spread

Frames = Any
"""A path, a Polars or pandas frame, an Arrow table or a DuckDB relation; a list of them, or a mapping by name."""
_READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".parquet": pl.read_parquet, ".pq": pl.read_parquet, ".arrow": pl.read_ipc, ".feather": pl.read_ipc,
    ".ipc": pl.read_ipc,
    ".ndjson": pl.read_ndjson, ".jsonl": pl.read_ndjson,
}  # fmt: skip


def frames(given: Frames) -> dict[str, pl.DataFrame]:
    """Each file's frame by its name: the mapping's key, the path's stem, or file1, file2 … in a list.

    Raises LinkageError for a file that cannot be read or is empty, and for two files of one name.
    """
    named = _named(given)
    found: dict[str, pl.DataFrame] = {}
    for name, each in named:
        if name in found:
            raise LinkageError(f"{name}: two files have this name; give them different ones")
        frame = frame_of(each, name)
        if frame.height == 0:
            raise LinkageError(f"{name}: holds no records; leave it out or deliver it again")
        found[name] = frame
    if not found:
        raise LinkageError("no file was given; name at least one")
    return found


def _named(given: Frames) -> list[tuple[str, Any]]:
    if isinstance(given, Mapping):
        return [(str(name), each) for name, each in given.items()]
    if isinstance(given, str | Path):
        return [(Path(given).stem, given)]
    if (
        isinstance(given, Iterable)
        and not hasattr(given, "columns")
        and not hasattr(given, "__arrow_c_stream__")
    ):
        return [
            (Path(each).stem if isinstance(each, str | Path) else f"file{place}", each)
            for place, each in enumerate(given, start=1)
        ]
    return [("file1", given)]


def frame_of(given: Any, name: str) -> pl.DataFrame:
    """One file as a Polars frame. Raises LinkageError when it cannot be read."""
    if isinstance(given, pl.DataFrame):
        return given
    if isinstance(given, pl.LazyFrame):
        return given.collect()
    if isinstance(given, str | Path):
        return _file(Path(given), name)
    try:
        if hasattr(given, "__arrow_c_stream__") or hasattr(
            given, "arrow"
        ):  # Arrow, DuckDB, pandas with pyarrow
            return pl.DataFrame(given if hasattr(given, "__arrow_c_stream__") else given.arrow())
        if hasattr(given, "columns") and hasattr(given, "index"):
            return _pandas(given)
    except (PolarsError, ImportError, TypeError, ValueError):
        if hasattr(given, "columns") and hasattr(given, "index"):
            return _pandas(given)
        raise LinkageError(f"{name}: this table cannot be read; give it as Polars, pandas or Arrow") from None
    raise LinkageError(
        f"{name}: {type(given).__name__} is no table; give Polars, pandas, Arrow, DuckDB or a path"
    )


def _pandas(given: Any) -> pl.DataFrame:
    """Column by column through Python values, so that pandas needs no pyarrow."""
    columns = {}
    for label in given.columns:
        values = [None if value is None or value != value else value for value in given[label].tolist()]
        columns[str(label)] = pl.Series(values, strict=False)
    return pl.DataFrame(columns)


def _file(path: Path, name: str) -> pl.DataFrame:
    try:
        if path.suffix.lower() in _READERS:
            return _READERS[path.suffix.lower()](path)
        separator = "\t" if path.suffix.lower() in {".tsv", ".tab", ".txt", ".matching"} else ","
        return pl.read_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy")
    except FileNotFoundError:
        raise LinkageError(f"{path}: no such file; check the path") from None
    except (PolarsError, OSError) as problem:
        if type(problem).__name__ == "NoDataError":
            raise LinkageError(f"{name}: holds no records; leave it out or deliver it again") from None
        raise LinkageError(
            f"{path}: cannot be read as {path.suffix or 'CSV'}; {type(problem).__name__}"
        ) from None


def record_ids(files: Mapping[str, pl.DataFrame], given: str | Mapping[str, str] | None) -> dict[str, str]:
    """The column that identifies a record, by file. Raises LinkageError when it is missing, empty or repeated."""
    found = {}
    for name, frame in files.items():
        column = (
            given if isinstance(given, str) else (given or {}).get(name) or id_column(frame.columns, name)
        )
        if column not in frame.columns:
            raise LinkageError(
                f"{name}: no column {column!r} to identify a record; name another with --id (id=)"
            )
        if empty := frame[column].null_count():
            raise LinkageError(f"{name}: {empty:,} records have an empty {column}; give each its own")
        found[name] = column
    for name, different in zip(
        found, spread(lambda each: files[each][found[each]].n_unique(), found), strict=True
    ):
        if repeated := files[name].height - different:
            raise LinkageError(
                f"{name}: {repeated:,} records repeat another's {found[name]}; every record needs its own"
            )
    return found
