"""Hashes of texts and parts of texts, compiled: block keys and samples are chosen by content, never by place."""

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.strings import letters
from charteroak.machine import compiled, inlined, lean

SPACE = 32
(WHOLE, START, INITIAL, SOUND, YEAR, MONTH_DAY, LAST4, PREFIX3, FIRST_WORD, LAST_WORD) = range(10)
PARTS = {
    "": WHOLE, "start": START, "initial": INITIAL, "sound": SOUND, "year": YEAR, "month_day": MONTH_DAY, "last4": LAST4,
    "prefix3": PREFIX3, "first_word": FIRST_WORD, "last_word": LAST_WORD,
}  # fmt: skip
"""What a blocking key may take of a field: `family_name:start` is its first four letters, `sound` its Soundex code,
`month_day` both in either order, `first_word` and `last_word` of a double name."""
FIRST = 100
"""The first n characters are part FIRST + n, written `zip:2`."""
_SOUNDEX = np.array([0, 1, 2, 3, 0, 1, 2, 9, 0, 2, 2, 4, 5, 5, 0, 1, 2, 6, 2, 3, 0, 1, 9, 2, 0, 2], np.uint64)


def part_number(part: str) -> int | None:
    """The number of a part by its name; None when there is none."""
    return FIRST + int(part) if part.isdigit() else PARTS.get(part)


@inlined
def mixed(value: np.uint64) -> np.uint64:
    """Stafford's thirteenth variant of the SplitMix64 finaliser (Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@inlined
def text_hash(chars: NDArray[np.uint32]) -> np.uint64:
    """Hash of a text without its spaces; never 0."""
    found = np.uint64(0x9E3779B97F4A7C15)
    for at in range(len(chars)):
        if chars[at] != SPACE:
            found = (found ^ np.uint64(chars[at])) * np.uint64(0x100000001B3)
            found = (found << np.uint64(13)) | (found >> np.uint64(51))
    return mixed(found) | np.uint64(1)


@inlined
def _sound(chars: NDArray[np.uint32]) -> np.uint64:
    """Soundex (Russell 1918) of Latin letters: the first letter and three digits."""
    found, last, taken = np.uint64(chars[0]), np.uint64(0), 0
    if 65 <= chars[0] <= 90:
        last = _SOUNDEX[chars[0] - 65]
    for at in range(1, len(chars)):
        letter = chars[at]
        digit = _SOUNDEX[letter - 65] if 65 <= letter <= 90 else np.uint64(letter)
        if digit == np.uint64(9) or letter == SPACE:
            continue
        if digit != 0 and digit != last and taken < 3:
            found = found * np.uint64(0x10001) + digit
            taken += 1
        last = digit
    return mixed(found + np.uint64(77)) | np.uint64(1)


@inlined
def _part(chars: NDArray[np.uint32], part: int) -> np.uint64:
    n = len(chars)
    if part >= FIRST:
        return text_hash(chars[: part - FIRST])
    if part == SOUND:
        return _sound(chars)
    if part == INITIAL:
        return text_hash(chars[:1])
    if part == START or part == YEAR:
        return text_hash(chars[:4])
    if part == PREFIX3:
        return text_hash(chars[:3])
    if part == LAST4:
        return text_hash(chars[max(0, n - 4) :])
    if part == MONTH_DAY:
        month, day = text_hash(chars[4:6]), text_hash(chars[6:8])
        return mixed(month + day) | np.uint64(1)
    at = 0
    if part == FIRST_WORD:
        while at < n and chars[at] != SPACE:
            at += 1
        return text_hash(chars[:at])
    at = n
    while at > 0 and chars[at - 1] != SPACE:
        at -= 1
    return text_hash(chars[at:])


@compiled
def part_hashes(
    chars: NDArray[np.uint32], offset: NDArray[np.int64], first: int, last: int, part: int
) -> NDArray[np.uint64]:
    """Hash of the part of each value from first to last (exclusive)."""
    found = np.empty(last - first, np.uint64)
    for value in range(first, last):
        text = chars[offset[value] : offset[value + 1]]
        found[value - first] = text_hash(text) if part == WHOLE else _part(text, part)
    return found


@compiled
def written_hashes(
    chars: NDArray[np.uint32], offset: NDArray[np.int64], first: int, last: int, count: int
) -> NDArray[np.uint64]:
    """Hash of each value from first to last (exclusive) as it is written, spaces and all; of its first `count`
    characters where that is not 0.
    """
    found = np.empty(last - first, np.uint64)
    for value in range(first, last):
        end = offset[value + 1] if count == 0 else min(offset[value] + count, offset[value + 1])
        one = np.uint64(end - offset[value] + 1)
        for at in range(offset[value], end):
            one = mixed(one + np.uint64(chars[at]))
        found[value - first] = one | np.uint64(1)
    return found


@inlined
def _place(table: NDArray[np.int32], held: NDArray[np.uint64], one: np.uint64) -> int:
    """Where the hash stands in the table, or may be put."""
    slot = np.int64(one >> np.uint64(1)) & (len(table) - 1)
    while table[slot] >= 0 and held[slot] != one:
        slot = (slot + 1) & (len(table) - 1)
    return int(slot)


@compiled
def factorise(
    hashes: NDArray[np.uint64], known: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Number equal hashes in order of appearance: the numbers (-1 where not known), and where each first stands."""
    table, held = np.full(4096, -1, np.int32), np.empty(4096, np.uint64)
    codes, first = np.full(len(hashes), -1, np.int32), np.empty(len(hashes), np.int64)
    count = 0
    for row in range(len(hashes)):
        if not known[row]:
            continue
        slot = _place(table, held, hashes[row])
        if table[slot] < 0:
            table[slot], held[slot], first[count] = count, hashes[row], row
            codes[row] = count
            count += 1
            if 2 * count > len(table):  # grows with what it holds, so that little of it is out of reach
                table, held = np.full(4 * len(table), -1, np.int32), np.empty(4 * len(table), np.uint64)
                for number in range(count):
                    slot = _place(table, held, hashes[first[number]])
                    table[slot], held[slot] = number, hashes[first[number]]
        else:
            codes[row] = table[slot]
    return codes, first[:count].copy()


@compiled
def content_hashes(codes: NDArray[np.int32], values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One hash of each record's values in all fields; 0 where every value is missing."""
    found = np.zeros(len(codes), np.uint64)
    for row in range(len(codes)):
        for field in range(codes.shape[1]):
            if codes[row, field] >= 0:
                found[row] += mixed(values[codes[row, field]] + np.uint64(field + 1))
    return found


@compiled
def rule_keys(
    codes: NDArray[np.int32],
    fields: NDArray[np.int64],
    salts: NDArray[np.uint64],
    parts: NDArray[np.uint64],
    shift: NDArray[np.int64],
) -> NDArray[np.uint64]:
    """Block key of each record under one rule, 0 where a part is missing. `parts` holds the part hashes of the rule's
    fields one after another, a field's from `shift` on, by the number of the value.
    """
    found = np.zeros(len(codes), np.uint64)
    for row in range(len(codes)):
        key = np.uint64(0)
        for place in range(len(fields)):
            code = codes[row, fields[place]]
            if code < 0:
                key = np.uint64(0)
                break
            key += mixed(parts[shift[place] + code] + salts[place])
        found[row] = key
    return found


@lean
def _by_digit(
    keys: NDArray[np.uint64], rows: NDArray[np.int32], shift: np.uint64, sorted_keys: NDArray[np.uint64],
    sorted_rows: NDArray[np.int32], place: NDArray[np.int64],
) -> None:  # fmt: skip
    """One pass of a radix sort, by the eleven bits from `shift` on; the order of equal ones is kept."""
    place[:] = 0
    for at in range(len(keys)):
        place[((keys[at] >> shift) & np.uint64(2047)) + np.uint64(1)] += 1
    for digit in range(2048):
        place[digit + 1] += place[digit]
    for at in range(len(keys)):
        digit = (keys[at] >> shift) & np.uint64(2047)
        sorted_keys[place[digit]], sorted_rows[place[digit]] = keys[at], rows[at]
        place[digit] += 1


@lean
def _by_the_rest(keys: NDArray[np.uint64], rows: NDArray[np.int32]) -> None:
    """Insertion sort of what is nearly sorted: keys that have their first bits in common."""
    for at in range(1, len(keys)):
        key, row, to = keys[at], rows[at], at
        while to > 0 and keys[to - 1] > key:
            keys[to], rows[to] = keys[to - 1], rows[to - 1]
            to -= 1
        keys[to], rows[to] = key, row


def by_key(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """The keys other than 0 in order, and their rows, those of one key ascending. The keys are hashes: two passes over
    their first 22 bits leave little to sort.
    """
    rows = np.flatnonzero(keys).astype(np.int32)
    own, place = keys[rows], np.empty(2049, np.int64)
    other, moved = np.empty_like(own), np.empty_like(rows)
    _by_digit(own, rows, np.uint64(42), other, moved, place)
    _by_digit(other, moved, np.uint64(53), own, rows, place)
    _by_the_rest(own, rows)
    return own, rows


@lean
def _by_record(
    left: NDArray[np.int32], right: NDArray[np.int32], at: NDArray[np.int64], order: NDArray[np.int32]
) -> None:
    """Fill in the `order` of pairs: counted by their left record, and then sorted by the right one, of which there are
    few. `at` (records + 1): zeros.
    """
    for pair in range(len(left)):
        at[left[pair] + 1] += 1
    for record in range(len(at) - 1):
        at[record + 1] += at[record]
    for pair in range(len(left)):
        order[at[left[pair]]] = pair
        at[left[pair]] += 1
    for place in range(1, len(order)):
        pair, to = order[place], place
        while to > 0 and left[order[to - 1]] == left[pair] and right[order[to - 1]] > right[pair]:
            order[to] = order[to - 1]
            to -= 1
        order[to] = pair


def by_records(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int32]:
    """Numbers of pairs of records in the order of the left record, then of the right one, then as they come."""
    order = np.empty(len(left), np.int32)
    _by_record(left, right, np.zeros(int(left.max(initial=-1)) + 2, np.int64), order)
    return order


@compiled
def letters_of(chars: NDArray[np.uint32], offset: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The characters that occur in each value, as bits."""
    found = np.empty(len(offset) - 1, np.uint64)
    for value in range(len(found)):
        found[value] = letters(chars, offset[value], offset[value + 1] - offset[value])
    return found
