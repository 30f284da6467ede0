"""Reads DOL's wage store, and the word lists and data dictionaries that come with this package."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl


def workers(folder: Path) -> pl.LazyFrame:
    """DOL's people: record_id, ssn, last_name, first_initial."""
    return pl.scan_parquet(folder / "DOL" / "workers" / "*.parquet")


def wages(folder: Path) -> pl.LazyFrame:
    """DOL's wage rows: record_id, year_quarter, employer, naics4, cents."""
    return pl.scan_parquet(folder / "DOL" / "wages" / "*.parquet")


def dictionary(agency: str) -> str:
    """One agency's data dictionary, as TOML text."""
    source = resources.files("charteroak.synthetic") / "dictionaries" / f"{agency}.toml"
    return source.read_text(encoding="utf-8")


def name_lists() -> dict[str, Any]:
    """Surnames, given names and nicknames by origin, most frequent first."""
    return tomllib.loads((resources.files("charteroak.synthetic") / "names.toml").read_text(encoding="utf-8"))
