"""What a linkage will cost, said before it begins."""

from dataclasses import dataclass

_BYTES_A_RECORD, _BYTES_A_CELL, _BYTES_A_PAIR = 300, 60, 60
_SECONDS_A_RECORD, _SECONDS_A_PAIR = 3e-6, 5e-7
_FLOOR_MB, _FLOOR_SECONDS = 350, 2.0
"""Rough, from runs of a million records on two busy cores; compilation not counted. An estimate, not a promise."""


@dataclass(frozen=True)
class Forecast:
    """Estimated seconds on `cores` processors, and megabytes at the most."""

    seconds: float
    megabytes: float


def forecast(records: int, fields: int, cores: int, pairs: int | None = None) -> Forecast:
    """For this many records of this many fields; `pairs` that the rules will make, a dozen a record unless known."""
    tried = 12 * records if pairs is None else pairs
    seconds = (
        _FLOOR_SECONDS + records * fields * _SECONDS_A_RECORD / 10 * 4 + tried * _SECONDS_A_PAIR / cores * 2
    )
    megabytes = (
        _FLOOR_MB + (records * (_BYTES_A_RECORD + fields * _BYTES_A_CELL) + 2 * records * _BYTES_A_PAIR) / 1e6
    )
    return Forecast(seconds, megabytes)
