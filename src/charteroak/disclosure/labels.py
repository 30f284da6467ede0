"""Codes as text, one spelling each, whatever type the records or the table's file give them."""

import re
from collections.abc import Iterable

import polars as pl

MISSING = "Missing"
TOTAL = "Total"
NOTHING = frozenset({"", "missing", "nan", "nat", "none", "null", "na", "n/a", "<na>"})
TOTALS = frozenset({"total", "totals", "all", "grand total", "overall"})
WHOLE = re.compile(r"(-?\d+)\.0+")
MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?")


def code(text: str) -> str:
    """A code in its one spelling: 2020.0 is 2020, a date at midnight is the date, what is empty is "Missing"."""
    text = text.strip()
    if text.lower() in NOTHING:
        return MISSING
    for pattern in (WHOLE, MIDNIGHT):
        if match := pattern.fullmatch(text):
            return match[1]
    return {"true": "True", "false": "False"}.get(text, text)


def coded(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """The same rows with these columns as codes. Raises ValueError when two codes of a column read alike."""
    for column in columns:
        dtype, before = frame.schema[column], frame[column].n_unique()
        text = (
            pl.col(column).dt.to_string("iso")
            if isinstance(dtype, pl.Datetime)
            else pl.col(column).cast(pl.String)
        )
        frame = frame.with_columns(text.fill_null(MISSING))
        found = {label: code(label) for label in frame[column].unique()}
        if changed := {label: to for label, to in found.items() if to != label}:
            frame = frame.with_columns(pl.col(column).replace(changed))
        if len(set(found.values())) != before:
            raise ValueError(f"two codes of {column!r} read alike as text: recode them")
    return frame
