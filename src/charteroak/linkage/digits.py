"""Texts of digits (dates, numbers, ZIP codes) packed into one number each, and compared without a branch, compiled."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charteroak.machine import compiled, inlined

LONGEST = 14
"""Digits that fit: four bits each, digit + 1, the last lowest; their number in the bits above."""
_EACH = 0x11111111111111  # the lowest bit of each digit
_ALL = 0xFFFFFFFFFFFFFF
_SLIPS = {"damerau_levenshtein", "levenshtein"}
_BIT = {"suffix": 2, "month_day": 2, "prefix": 4, "year": 4, "day_month": 8, "different": 0, "same": 16}
"""What a test asks of an outcome; of `same`, which no two different values pass, what none has."""
_OF_DATES = {"month_day", "year", "day_month"}
OUTCOMES = 16


@compiled
def packed(chars: NDArray[np.uint32], offset: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each value packed, 0 for one that is empty, longer, or not of digits alone."""
    found = np.zeros(len(offset) - 1, np.int64)
    for value in range(len(found)):
        length, number = int(offset[value + 1] - offset[value]), 0
        if not 0 < length <= LONGEST:
            continue
        for at in range(offset[value], offset[value + 1]):
            digit = int(chars[at]) - 48
            if digit < 0 or digit > 9:
                number = -1
                break
            number = (number << 4) | (digit + 1)
        if number > 0:
            found[value] = number | (length << (4 * LONGEST))
    return found


@inlined
def of_one_length(a: int, b: int) -> bool:
    """Whether both are packed, and have as many digits."""
    return bool(a > 0 and b > 0 and (a ^ b) >> (4 * LONGEST) == 0)


@inlined
def outcome(a: int, b: int, asked: NDArray[np.int64]) -> int:
    """What is alike in two different texts of one length, as bits: 1 one slip apart at most (`strings.one_slip`), 2 the
    last digits the same, 4 the first, 8 day and month of a date exchanged. `asked`: see `asked_of`.
    """
    apart, length = (a ^ b) & _ALL, a >> (4 * LONGEST)
    each = (apart | apart >> 1 | apart >> 2 | apart >> 3) & _EACH  # one bit for each digit that differs
    lower, more = each & -each, each & (each - 1)
    crosswise = ((a ^ (b >> 4)) | ((a >> 4) ^ b)) & (lower * 0xF)
    exchanged = int(more == lower << 4) & int(crosswise == 0) & int(asked[2])
    fits = int(asked[3] == 0) | int(length == asked[3])
    ends = int(apart & ((1 << (4 * asked[0])) - 1) == 0) & int(length >= asked[0]) & fits
    begins = int(apart >> (4 * max(length - asked[1], 0)) == 0) & int(length >= asked[1]) & fits
    days = int(apart >> 16 == 0) & int((a >> 8 & 0xFF | (a & 0xFF) << 8) == b & 0xFFFF) & fits
    return int(int(more == 0) | exchanged | ends << 1 | begins << 2 | days << 3)


Rule = tuple[str, float]


def asked_of(rules: Sequence[Rule]) -> NDArray[np.int64]:
    """What a field's tests (name and limit) ask of texts of digits: how many last, how many first ones are to be the
    same, whether neighbours may be exchanged, and the length of a text of which they ask it (0: any); nothing at all
    (length -1) where digits do not answer every test.
    """
    ends = {4 if test == "month_day" else int(limit) for test, limit in rules if _BIT.get(test) == 2}
    begins = {4 if test == "year" else int(limit) for test, limit in rules if _BIT.get(test) == 4}
    slips = {test for test, _ in rules if test in _SLIPS}
    dates = {test in _OF_DATES for test, _ in rules if _BIT.get(test, 0) in {2, 4, 8}}
    known = all(limit == 1 if test in _SLIPS else test in _BIT and limit <= LONGEST for test, limit in rules)
    if not known or max(len(ends), len(begins), len(slips), len(dates)) > 1:
        return np.array([0, 0, 0, -1])
    length = 8 if True in dates else 0
    return np.array([*(ends or {0}), *(begins or {0}), int("damerau_levenshtein" in slips), length])


def level_by_outcome(rules: Sequence[Rule]) -> NDArray[np.int8]:
    """By outcome (OUTCOMES), the number of the first of the field's tests that such values pass."""
    bits = [1 if test in _SLIPS else _BIT.get(test, 16) for test, _ in rules]
    first = [
        next((at for at, bit in enumerate(bits) if bit & found == bit), len(rules) - 1)
        for found in range(OUTCOMES)
    ]
    return np.array(first, np.int8)
