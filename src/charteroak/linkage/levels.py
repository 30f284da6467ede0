"""The level at which two records agree on a field, compiled: the recipe's tests, one after another."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.digits import of_one_length, outcome
from charteroak.linkage.recipe import TESTS
from charteroak.linkage.strings import (
    Chars,
    at_least,
    boosted,
    edits,
    jaccard,
    jaro,
    jaro_winkler,
    may_reach,
    one_slip,
)
from charteroak.machine import cores, inlined, lean, spread

MISSING = -1
(SAME, SWAPPED, NICKNAME, INITIAL, PART, JARO_WINKLER, JARO, LEVENSHTEIN, DAMERAU, DAY_MONTH, MONTH_DAY, YEAR,
 WITHIN, PREFIX, SUFFIX, USERNAME, SECTOR, DISTRICT, AREA, USERNAME_ALIKE,
 JACCARD, RELATIVE, DIFFERENT) = range(len(TESTS))  # fmt: skip
REMEMBERED = 1 << 14
"""Pairs of values whose level each thread keeps, as many as lie close at hand; a name pair comes back often."""


class Tables(NamedTuple):
    """Records and their values, as the compiled code reads them.

    A value's number is its place in all fields' dictionaries together. `codes` (records × fields): the number
    of the value, -1 if missing. By value: `number` (hash of a text; days since 1970 of a date; the number
    itself), `offset` into `chars` (code points), `groups_at` into `groups` (nickname groups), `tokens_at` into
    `tokens` (hashes of the name's parts), `letters` (the characters that occur), `digits` (packed, see there). By
    level: `test` and `limit`; `first_level` (fields + 1) says which are whose. By field: what is `asked` of digits, and
    the level `by_outcome` (see `digits`); `partner`, the field it may be swapped with, or -1; `remembered`, whether its
    levels are worth keeping; `told_by`, a finer field (the ZIP of a city) whose agreement says it all, or -1.
    """

    codes: NDArray[np.int32]
    source: NDArray[np.int16]
    apart: NDArray[np.bool_]
    number: NDArray[np.int64]
    offset: NDArray[np.int64]
    chars: NDArray[np.uint32]
    groups_at: NDArray[np.int64]
    groups: NDArray[np.int64]
    tokens_at: NDArray[np.int64]
    tokens: NDArray[np.int64]
    letters: NDArray[np.uint64]
    digits: NDArray[np.int64]
    first_level: NDArray[np.int32]
    test: NDArray[np.int32]
    limit: NDArray[np.float64]
    asked: NDArray[np.int64]
    by_outcome: NDArray[np.int8]
    partner: NDArray[np.int32]
    remembered: NDArray[np.bool_]
    told_by: NDArray[np.int32]


@inlined
def _share(at: NDArray[np.int64], items: NDArray[np.int64], a: int, b: int) -> bool:
    for i in range(at[a], at[a + 1]):
        for j in range(at[b], at[b + 1]):
            if items[i] == items[j]:
                return True
    return False


@inlined
def _equal(chars: Chars, a: int, b: int, count: int) -> bool:
    for at in range(count):
        if chars[a + at] != chars[b + at]:
            return False
    return True


@inlined
def _date_test(test: int, chars: Chars, a: int, b: int) -> bool:
    """A test of two dates, texts of eight digits (YYYYMMDD)."""
    if test == YEAR:
        return _equal(chars, a, b, 4)
    if test == MONTH_DAY:
        return _equal(chars, a + 4, b + 4, 4)
    return _equal(chars, a, b, 4) and _equal(chars, a + 4, b + 6, 2) and _equal(chars, a + 6, b + 4, 2)


@inlined
def _letter(char: int) -> bool:
    return bool(65 <= char <= 90 or 97 <= char <= 122)


@inlined
def _digit(char: int) -> bool:
    return bool(48 <= char <= 57)


@inlined
def beginning(test: int, chars: Chars, a: int, n: int) -> int:
    """How many characters of the text are what the test asks about: the user's name of an e-mail address, a postcode's
    area, district or sector; 0 where it has none.
    """
    at = 0
    if test == USERNAME or test == USERNAME_ALIKE:
        while at < n and chars[a + at] != 64:
            at += 1
        return at
    while at < min(n, 2) and _letter(chars[a + at]):
        at += 1
    if test == AREA or at == 0:
        return at
    if at == n or not _digit(chars[a + at]):
        return 0
    at += 1
    if at < n and (_letter(chars[a + at]) or _digit(chars[a + at])):
        at += 1
    if test == DISTRICT:
        return at
    return at + 2 if at + 1 < n and chars[a + at] == 32 and _digit(chars[a + at + 1]) else 0


@lean
def _begin_alike(test: int, limit: float, chars: Chars, a: int, n: int, b: int, m: int) -> bool:
    n, m = beginning(test, chars, a, n), beginning(test, chars, b, m)
    if n == 0 or m == 0:
        return False
    if test == USERNAME_ALIKE:
        return jaro_winkler(chars, a, n, b, m) >= limit
    return n == m and _equal(chars, a, b, n)


@inlined
def _text_test(test: int, limit: float, chars: Chars, a: int, n: int, b: int, m: int) -> bool:
    if test == DAMERAU or test == LEVENSHTEIN:
        if limit == 1.0 and (test == DAMERAU or max(n, m) <= 64):
            return one_slip(chars, a, n, b, m, test == DAMERAU)
        return edits(chars, a, n, b, m, test == DAMERAU, int(limit)) <= limit
    if test == JACCARD:
        return jaccard(chars, a, n, b, m) >= limit
    if test == INITIAL:
        return bool(min(n, m) == 1 and chars[a] == chars[b])
    if USERNAME <= test <= USERNAME_ALIKE:
        return _begin_alike(test, limit, chars, a, n, b, m)
    count = int(limit)
    if test == PREFIX:
        return n >= count and m >= count and _equal(chars, a, b, count)
    if test == SUFFIX:
        return n >= count and m >= count and _equal(chars, a + n - count, b + m - count, count)
    return n == 8 and m == 8 and _date_test(test, chars, a, b)


@inlined
def _holds(test: int, limit: float, a: int, b: int, t: Tables) -> bool:
    """Whether two different values pass one test."""
    if test == DIFFERENT:
        return True
    if test == SAME or test == SWAPPED:
        return False
    if test == NICKNAME:
        return _share(t.groups_at, t.groups, a, b)
    if test == WITHIN:
        return bool(abs(t.number[a] - t.number[b]) <= limit)
    if test == RELATIVE:
        larger = max(t.number[a], t.number[b])
        return bool(larger != 0 and abs(t.number[a] - t.number[b]) / larger < limit)
    x, y = t.offset[a], t.offset[b]
    n, m = t.offset[a + 1] - x, t.offset[b + 1] - y
    if (test == DAMERAU or test == LEVENSHTEIN) and (
        abs(n - m) > limit or (max(n, m) <= 64 and at_least(t.letters[a], t.letters[b]) > limit)
    ):
        return False
    if test == PART:
        shorter = min(n, m)
        return _share(t.tokens_at, t.tokens, a, b) or (shorter >= 4 and _equal(t.chars, x, y, shorter))
    return _text_test(test, limit, t.chars, x, n, y, m)


@inlined
def _alike(alike: float, test: int, limit: float, a: int, b: int, t: Tables) -> tuple[bool, float]:
    """Whether two different values are as alike as the test asks, and their Jaro similarity, once it is known; -1
    before.
    """
    x, y = t.offset[a], t.offset[b]
    n, m = t.offset[a + 1] - x, t.offset[b + 1] - y
    if alike < 0.0:
        if not may_reach(n, m, t.letters[a], t.letters[b], limit, test == JARO_WINKLER):
            return False, alike
        alike = jaro(t.chars, x, n, y, m)
    if test == JARO:
        return alike >= limit, alike
    return boosted(alike, t.chars, x, n, y, m) >= limit, alike


@inlined
def value_level(field: int, a: int, b: int, t: Tables) -> int:
    """Number of the first level whose test two different values of the field pass."""
    first, alike = t.first_level[field], -1.0
    for level in range(first, t.first_level[field + 1]):
        if t.test[level] == JARO_WINKLER or t.test[level] == JARO:
            holds, alike = _alike(alike, t.test[level], t.limit[level], a, b, t)
            if holds:
                return int(level - first)
        elif _holds(t.test[level], t.limit[level], a, b, t):
            return int(level - first)
    return int(t.first_level[field + 1] - first - 1)


@inlined
def digits_level(field: int, a: int, b: int, t: Tables) -> int:
    """`value_level` of two different texts of digits, packed and of one length, of a field that is told by them."""
    return int(t.by_outcome[field, outcome(a, b, t.asked[field])])


@inlined
def crossed(i: int, j: int, field: int, t: Tables) -> bool:
    """Whether given and family name, of which this is one, stand in each other's place; never for a field alone."""
    partner = t.partner[field]
    if partner < 0:
        return False
    a, b, c, d = t.codes[i, field], t.codes[j, field], t.codes[i, partner], t.codes[j, partner]
    if a < 0 or b < 0 or c < 0 or d < 0 or a == b:
        return False
    return bool(t.number[a] == t.number[d] and t.number[b] == t.number[c])


@inlined
def told(i: int, j: int, field: int, t: Tables) -> bool:
    """Whether a finer field agrees, and so says all that this one could."""
    finer = t.told_by[field]
    return bool(finer >= 0 and t.codes[i, finer] >= 0 and t.codes[i, finer] == t.codes[j, finer])


@inlined
def level_of(
    i: int, j: int, field: int, swapped: bool, t: Tables, keys: NDArray[np.int64], kept: NDArray[np.int8]
) -> int:
    """Level at which records i and j agree on the field, or -1 where one of them has no value.

    `keys` and `kept` remember levels of pairs of values. Names in each other's place (`swapped`) are the level of that
    name of the field that has one; its partner then counts as missing, so that one fault weighs once.
    """
    a, b = t.codes[i, field], t.codes[j, field]
    if a < 0 or b < 0 or told(i, j, field, t):
        return -1
    if a == b:
        return 0
    if swapped and t.partner[field] >= 0:
        first = t.first_level[field]
        for level in range(first, t.first_level[field + 1]):
            if t.test[level] == SWAPPED:
                return int(level - first)
        return -1
    if t.asked[field, 3] >= 0 and of_one_length(t.digits[a], t.digits[b]):
        return digits_level(field, t.digits[a], t.digits[b], t)
    if a > b:
        a, b = b, a
    if not t.remembered[field]:
        return value_level(field, a, b, t)
    pair = (np.int64(a) << 32) | np.int64(b)
    slot = ((pair * np.int64(-7046029254386353131)) >> 40) & (len(keys) - 1)
    if keys[slot] == pair:
        return int(kept[slot])
    level = value_level(field, a, b, t)
    keys[slot], kept[slot] = pair, level
    return level


@lean
def fill_levels(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    t: Tables,
    found: NDArray[np.int8],
    keys: NDArray[np.int64],
    kept: NDArray[np.int8],
) -> None:
    """Fill in the levels of each pair of records on each field (`found`, pairs × fields)."""
    for field in range(t.codes.shape[1]):  # outside, so that one field's values stay at hand
        for pair in range(len(left)):
            i, j = left[pair], right[pair]
            found[pair, field] = level_of(i, j, field, crossed(i, j, field, t), t, keys, kept)


def levels_of_pairs(left: NDArray[np.int32], right: NDArray[np.int32], t: Tables) -> NDArray[np.int8]:
    """Levels of each pair of records on each field: pairs × fields. Cheapest for pairs of rows that stand together."""
    found, each = np.empty((len(left), t.codes.shape[1]), np.int8), max(1, -(-len(left) // cores()))

    def part(at: int) -> None:
        here = slice(at, at + each)
        memory = np.full(REMEMBERED, -1, np.int64), np.zeros(REMEMBERED, np.int8)
        fill_levels(left[here], right[here], t, found[here], *memory)

    spread(part, range(0, len(left), each))
    return found
