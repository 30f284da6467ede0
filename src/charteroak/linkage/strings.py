"""How alike two texts are, compiled. A text is a stretch of an array of code points: `chars[a : a + n]`.

The functions take places rather than slices: making a slice counts references, and two cores that count the
references of one array wait for each other.
"""

import numpy as np
from numpy.typing import NDArray

from charteroak.machine import inlined, lean

Chars = NDArray[np.uint32]


@inlined
def one_slip(chars: Chars, a: int, n: int, b: int, m: int, transposed: bool) -> bool:
    """One character wrong, missing or too many: Levenshtein distance of 1 at most; or two neighbours exchanged, too:
    optimal string alignment distance of 1 at most (Damerau 1964), in one sweep.
    """
    if n > m:
        a, n, b, m = b, m, a, n
    if m - n > 1:
        return False
    at = 0
    while at < n and chars[a + at] == chars[b + at]:
        at += 1
    end = 0
    while end < n - at and chars[a + n - 1 - end] == chars[b + m - 1 - end]:
        end += 1
    left = n - at - end
    if m > n:
        return left <= 0
    if left == 2 and transposed:
        return bool(chars[a + at] == chars[b + at + 1] and chars[a + at + 1] == chars[b + at])
    return left <= 1


@inlined
def edits(chars: Chars, a: int, n: int, b: int, m: int, transposed: bool, most: int) -> int:
    """Levenshtein distance, or with exchanged neighbours counted once (optimal string alignment), of the first 64
    characters, bit-parallel (Myers 1999; Hyyrö 2003); some number above `most` as soon as it must be more.
    """
    n, m, one = min(n, 64), min(m, 64), np.uint64(1)
    if n == 0 or abs(n - m) > most:
        return max(n, m)
    up, down, same, before, found = ~np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0), n
    last = one << np.uint64(n - 1)
    for j in range(m):
        equal = np.uint64(0)
        for i in range(n):
            if chars[a + i] == chars[b + j]:
                equal |= one << np.uint64(i)
        exchanged = (((~same) & equal) << one) & before if transposed else np.uint64(0)
        same = (((equal & up) + up) ^ up) | equal | down | exchanged
        more, less = down | ~(same | up), up & same
        found += int((more & last) != 0) - int((less & last) != 0)
        if found - (m - 1 - j) > most:  # each of the columns that are left can take one away
            return most + 1
        more, less = (more << one) | one, less << one
        up, down, before = less | ~(same | more), more & same, equal
    return found


@inlined
def jaro(chars: Chars, a: int, n: int, b: int, m: int) -> float:
    """Jaro similarity (Jaro 1989), 0 to 1; of longer texts the first 64 characters."""
    n, m = min(n, 64), min(m, 64)
    if n == 0 or m == 0:
        return 1.0 if n == m else 0.0
    reach = max(max(n, m) // 2 - 1, 0)
    taken_a, taken_b, one = np.uint64(0), np.uint64(0), np.uint64(1)
    found = 0
    for i in range(n):
        for j in range(max(0, i - reach), min(m, i + reach + 1)):
            if chars[a + i] == chars[b + j] and not (taken_b >> np.uint64(j)) & one:
                taken_a |= one << np.uint64(i)
                taken_b |= one << np.uint64(j)
                found += 1
                break
    if found == 0:
        return 0.0
    moved, j = 0, 0
    for i in range(n):
        if (taken_a >> np.uint64(i)) & one:
            while not (taken_b >> np.uint64(j)) & one:
                j += 1
            moved += chars[a + i] != chars[b + j]
            j += 1
    return (found / n + found / m + (found - moved // 2) / found) / 3.0


@inlined
def letters(chars: Chars, a: int, n: int) -> np.uint64:
    """The characters that occur, as bits by their code modulo 64."""
    found = np.uint64(0)
    for at in range(a, a + n):
        found |= np.uint64(1) << np.uint64(chars[at] & np.uint32(63))
    return found


@inlined
def _bits(x: np.uint64) -> int:
    """How many bits are set (Warren, Hacker's Delight, 5-1)."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def at_least(letters_a: np.uint64, letters_b: np.uint64) -> int:
    """Edits that texts of at most 64 characters are apart at least: one for each character that the other lacks."""
    return max(_bits(letters_a & ~letters_b), _bits(letters_b & ~letters_a))


@inlined
def may_reach(n: int, m: int, letters_a: np.uint64, letters_b: np.uint64, limit: float, boost: bool) -> bool:
    """Whether the Jaro(-Winkler) similarity of texts of these lengths and characters can reach the limit at all: a
    character that the other lacks cannot be matched.
    """
    if n == 0 or m == 0 or n > 64 or m > 64:
        return True
    most = min(n - _bits(letters_a & ~letters_b), m - _bits(letters_b & ~letters_a))
    if most <= 0:
        return limit <= 0
    best = (most / n + most / m + 1.0) / 3.0
    if boost and best > 0.7:
        best += 0.4 * (1.0 - best)
    return best >= limit


@inlined
def jaro_winkler(chars: Chars, a: int, n: int, b: int, m: int) -> float:
    """Jaro similarity raised for an equal beginning of up to four characters, from 0.7 up (Winkler 1990)."""
    return boosted(jaro(chars, a, n, b, m), chars, a, n, b, m)


@inlined
def boosted(alike: float, chars: Chars, a: int, n: int, b: int, m: int) -> float:
    """The Jaro-Winkler similarity of texts, from their Jaro similarity."""
    if alike <= 0.7:
        return alike
    same = 0
    while same < min(4, n, m) and chars[a + same] == chars[b + same]:
        same += 1
    return alike + 0.1 * same * (1.0 - alike)


@inlined
def _occurs(chars: Chars, a: int, n: int, char: int) -> bool:
    for i in range(n):
        if chars[a + i] == char:
            return True
    return False


@lean
def jaccard(chars: Chars, a: int, n: int, b: int, m: int) -> float:
    """Characters that occur in both texts, of those that occur in one (Jaccard 1901)."""
    both, either = 0, 0
    for i in range(n):
        if not _occurs(chars, a, i, chars[a + i]):
            either += 1
            both += int(_occurs(chars, b, m, chars[a + i]))
    for j in range(m):
        if not _occurs(chars, b, j, chars[b + j]) and not _occurs(chars, a, n, chars[b + j]):
            either += 1
    return both / either if either > 0 else 0.0
