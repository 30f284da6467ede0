"""Small extracts and tables over them, for the tests of disclosure control."""

from pathlib import Path
from typing import Any

import polars as pl

from charteroak.disclosure import Appetite, Built, Derivation, Verdict, build_tables, open_extract

TEN = Appetite("ten", minimum_people=10, p_percent=10.0)


def extract(folder: Path, **columns: list[Any]) -> Path:
    size = len(next(iter(columns.values())))
    people = {"person": [f"P{n:05d}" for n in range(size)]}
    pl.DataFrame(people | columns, strict=False).write_parquet(folder / "people.parquet")
    return folder


def table(name: str, *dimensions: str, **others: Any) -> Derivation:
    return Derivation(name, "SELECT * FROM people", "person", dimensions, **others)


def built(folder: Path, *derivations: Derivation, appetite: Appetite = TEN) -> list[Built]:
    return build_tables(derivations, open_extract(folder), appetite)


def failed(verdicts: list[Verdict]) -> set[str]:
    return {verdict.rule for verdict in verdicts if verdict.verdict == "fail"}
