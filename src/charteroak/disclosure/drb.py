"""Rounding by the rules of the Census Bureau's Disclosure Review Board, for unweighted counts."""

import decimal
from decimal import Decimal

LEAST = 15  # anything smaller, zero among it, is "<15"
STEPS = ((100, 10), (1_000, 50), (10_000, 100), (100_000, 500), (1_000_000, 1_000))  # below, to the nearest
DIGITS = 4  # significant, from a million on


def drb(count: int | Decimal) -> str:
    """A count as it may be printed: "<15", or rounded half to even to a step that grows with it.

    Raises ValueError for a negative count. Source: Census Bureau Disclosure Review Board, rounding rules of
    2019, as restated in the README of `drb_rounder`.
    """
    if count < 0:
        raise ValueError(f"a count is never negative: {count}")
    if count < LEAST:
        return f"<{LEAST}"
    digits = len(str(int(count)))
    step = next((step for below, step in STEPS if count < below), 10 ** (digits - DIGITS))
    return str(int((Decimal(count) / step).quantize(Decimal(1), decimal.ROUND_HALF_EVEN)) * step)
