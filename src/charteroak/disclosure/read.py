"""Reads extracts, appetites and derivations from files."""

from importlib import resources
from pathlib import Path

import duckdb
import polars as pl

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.derivation import DerivationError
from charteroak.disclosure.unusable import Unusable

LARGEST = 1 << 26  # bytes of a file beside another that is read
EVIDENCE_VIEW = "evidence"  # facts about employers that the extract's own tables do not carry


def quoted(name: str) -> str:
    """A column or view name as a DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def open_extract(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open an extract: every `X.parquet` in `folder` is the view X, and nothing else can be read.

    One thread, no file or network access outside `folder`, settings locked. Raises DerivationError when the
    folder holds no Parquet file.
    """
    files = sorted(folder.resolve().glob("*.parquet"))
    if not files:
        raise DerivationError(f"no *.parquet in {folder.name!r}: give the folder that holds the extract")
    extract = duckdb.connect(config={"threads": 1})
    for file in files:
        place = str(file).replace("'", "''")
        extract.execute(f"CREATE VIEW {quoted(file.stem)} AS SELECT * FROM read_parquet('{place}')")  # noqa: S608  # a view takes no parameters; both names are quoted
    extract.execute("SET allowed_directories = [$folder]", {"folder": str(folder.resolve())})
    extract.execute("SET enable_external_access = false")
    extract.execute("SET lock_configuration = true")
    return extract


def columns(extract: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The columns of each view of an open extract."""
    found: dict[str, set[str]] = {}
    query = "SELECT table_name, column_name FROM information_schema.columns"
    for view, column in extract.execute(query).fetchall():
        found.setdefault(view, set()).add(column)
    return found


def appetite(file: Path) -> Appetite:
    return Appetite.from_toml(file.read_text(encoding="utf-8"))


def shipped(name: str) -> Appetite:
    """An appetite that comes with the package: `sde`, `board`, `dol`, `drb` or `bands`."""
    return Appetite.from_toml(
        (resources.files(__package__) / "appetites" / f"{name}.toml").read_text("utf-8")
    )


def outbox(folder: Path) -> dict[str, bytes]:
    """Every file of an outbox by name; raises ValueError for anything that is not a plain file."""
    found = {}
    for file in sorted(folder.iterdir()):
        if file.is_symlink() or not file.is_file():
            raise ValueError(f"{file.name!r} in the outbox is not a plain file: remove it and submit again")
        found[file.name] = file.read_bytes()
    return found


def records(file: Path) -> pl.LazyFrame:
    """Records behind a table, from Parquet or CSV; CSV as text, so that a code such as 007 stays itself.

    Raises Unusable for another kind of file or one that cannot be read.
    """
    suffix = file.suffix.lower()
    try:
        if suffix == ".parquet":
            found = pl.scan_parquet(file)
        elif suffix in (".csv", ".tsv"):
            separator = "\t" if suffix == ".tsv" else ","
            found = pl.scan_csv(file, infer_schema=False, separator=separator)
        else:
            raise Unusable("records are read from .parquet or .csv", file=file.name)
        found.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Unusable(f"not readable ({type(error).__name__}): write it again", file=file.name) from None
    return found


def beside(file: Path) -> dict[str, bytes]:
    """The plain files in the folder of `file`, by name, for records that list others; links are left out."""
    others = (
        other
        for other in file.parent.iterdir()
        if other.is_file() and not other.is_symlink() and other != file
    )
    return {other.name: other.read_bytes() for other in others if other.stat().st_size <= LARGEST}
