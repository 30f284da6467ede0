"""Texts of digits (dates, numbers, ZIP codes) packed into one number each, and compared as such, compiled."""

import numpy as np
from numpy.typing import NDArray

from charteroak.machine import compiled, inlined

LONGEST = 14
"""Digits that fit: four bits each, digit + 1, the last lowest; their number in the bits above."""
_EACH = 0x11111111111111  # the lowest bit of each digit
_ALL = 0xFFFFFFFFFFFFFF


@compiled
def packed(chars: NDArray[np.uint32], offset: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each value packed, 0 for one that is empty, longer, or not of digits alone."""
    found = np.zeros(len(offset) - 1, np.int64)
    for value in range(len(found)):
        length = offset[value + 1] - offset[value]
        if not 0 < length <= LONGEST:
            continue
        number = length
        for at in range(offset[value], offset[value + 1]):
            digit = np.int64(chars[at]) - 48
            if digit < 0 or digit > 9:
                number = 0
                break
            number = (number << 4) | (digit + 1)
        if number > 0:
            number = (number & ((np.int64(1) << (4 * length)) - 1)) | (length << (4 * LONGEST))
        found[value] = number
    return found


@inlined
def of_one_length(a: int, b: int) -> bool:
    """Whether both are packed, and have as many digits."""
    return bool(a > 0 and b > 0 and (a ^ b) >> (4 * LONGEST) == 0)


@inlined
def digits_of(a: int) -> int:
    """How many digits a packed text has."""
    return int(a >> (4 * LONGEST))


@inlined
def one_off(a: int, b: int, transposed: bool) -> bool:
    """What `strings.one_slip` says of two packed texts of one length."""
    apart = (a ^ b) & _ALL
    each = (apart | apart >> 1 | apart >> 2 | apart >> 3) & _EACH  # one bit for each digit that differs
    more = each & (each - 1)
    if more == 0:
        return True
    lower = each & -each
    if not transposed or more != lower << 4:
        return False
    a, b = (a & _ALL) // lower & 0xFF, (b & _ALL) // lower & 0xFF
    return bool(a >> 4 == b & 0xF and b >> 4 == a & 0xF)


@inlined
def ends_alike(a: int, b: int, count: int) -> bool:
    """Whether the last `count` digits are the same; of two texts of one length, which has as many."""
    return bool((a ^ b) & ((1 << (4 * count)) - 1) == 0)


@inlined
def begins_alike(a: int, b: int, count: int) -> bool:
    """Whether the first `count` digits are the same; of two texts of one length, which has as many."""
    return bool((a ^ b) >> (4 * (digits_of(a) - count)) == 0)


@inlined
def day_and_month_exchanged(a: int, b: int) -> bool:
    """Of two dates, YYYYMMDD."""
    exchanged = (b & 0xFF) << 8 | b >> 8 & 0xFF
    return bool((a ^ b) >> 16 == 0 and a & 0xFFFF == exchanged)
