"""What a linkage will cost, said before it begins."""

from dataclasses import dataclass
from math import log10

from charteroak.linkage.choose import COUNTED, budget
from charteroak.linkage.sample import RANDOM_PAIRS, TRAINING_PAIRS

# Processor seconds by phase, from the state of `bench/linkage` at ten thousand to ten million records, with rules given
# and with rules chosen, on an AMD EPYC of 2 cores; compilation not counted. An estimate, not a promise.
_ENCODE_A_CELL, _PUT_TOGETHER_A_RECORD, _SCORE_A_PAIR = 1.2e-7, 1.2e-6, 3.5e-7
_CHOOSE_A_RECORD, _LEARN_A_PAIR = 1.8e-5, 5e-7
_FARTHER = 0.4
"""What each tenfold of records beyond 100,000 adds to these: what is needed lies farther from the processor."""
_SIDE_BY_SIDE = 0.6
"""Of a further processor's time, what saves waiting."""
_PAIRS_A_RECORD = 30
_FLOOR_MB, _BYTES_A_RECORD, _BYTES_A_CELL, _BYTES_A_PAIR, _BYTES_TO_CHOOSE = 270, 300, 45, 12, 4000
"""Megabytes of the libraries, and bytes at the highest point of all phases."""


@dataclass(frozen=True)
class Forecast:
    """Estimated seconds on `cores` processors, and megabytes at the most."""

    seconds: float
    megabytes: float


def forecast(records: int, fields: int, cores: int, pairs: int | None = None) -> Forecast:
    """For this many records of this many fields. `pairs` that given rules will make; None where the rules are chosen
    too.
    """
    tried = min(_PAIRS_A_RECORD * records, budget(records)) if pairs is None else pairs
    choosing = _CHOOSE_A_RECORD * min(records, COUNTED) if pairs is None else 0.0
    learning = _LEARN_A_PAIR * (min(RANDOM_PAIRS, records**2 / 2) + min(TRAINING_PAIRS, tried))
    each = records * (fields * _ENCODE_A_CELL + _PUT_TOGETHER_A_RECORD) + tried * _SCORE_A_PAIR
    busy = choosing + learning + each * (1 + _FARTHER * max(log10(max(records, 1) / 1e5), 0.0))
    held = records * (_BYTES_A_RECORD + fields * _BYTES_A_CELL)
    chosen = 0.0 if pairs is not None else held / 2 + _BYTES_TO_CHOOSE * min(records, COUNTED)
    megabytes = _FLOOR_MB + max(chosen, held + tried * _BYTES_A_PAIR) / 1e6
    return Forecast(busy / (1 + _SIDE_BY_SIDE * (cores - 1)), megabytes)
