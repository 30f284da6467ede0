"""Hands an Arrow stream to Polars. Apart from the file that asks DuckDB: Polars keeps the class until the end."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class _Stream:
    capsule: object

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.capsule


def frame(capsule: object) -> pl.DataFrame:
    """The rows of an `arrow_array_stream` capsule."""
    return pl.DataFrame(_Stream(capsule))
