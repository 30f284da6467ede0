"""Whether the columns can tell people apart at all, by how many strangers agree on them by chance."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.encode import Encoded
from charteroak.linkage.kinds import PLACE
from charteroak.linkage.recipe import Kind, LinkageError
from charteroak.machine import spread

SHARED = PLACE | {Kind.SEX, Kind.SUFFIX, Kind.NUMBER, Kind.EXACT}
"""What whole households or half of all people share."""
NUMBERS = {Kind.SSN, Kind.AGENCY_ID, Kind.EMAIL, Kind.PHONE}
"""Given to one person; nobody else has it by chance."""
OF_MANY = SHARED | {
    Kind.GIVEN_NAME,
    Kind.MIDDLE_NAME,
    Kind.FAMILY_NAME,
    Kind.INITIAL,
    Kind.SSN_LAST4,
    Kind.BIRTH_DATE,
}
OF_A_HOUSEHOLD = SHARED | {Kind.FAMILY_NAME, Kind.PHONE}
RECORDS_AT_ONCE = 1 << 18
LEAST_TOLD, MOST_TOLD = 0.1, 0.9
"""Share of records below which linking is refused, and below which it is warned of."""


def strangers(encoded: Encoded) -> NDArray[np.float64]:
    """By record, how many others are expected to agree with it by chance on all that it holds, if its fields are
    independent of each other: records × the product of its values' shares. One record of a file that holds the same is
    no chance, for it may be the person's own. 0 for one that holds a number of its own, NaN for one that holds nothing.
    """
    records = len(encoded.content)
    shares = spread(lambda place: _share_of_others(encoded, place), range(len(encoded.fields)))
    expected, codes = np.full(records, float(max(records - 1, 0))), encoded.tables.codes

    def multiply(at: int) -> None:
        here = slice(at, at + RECORDS_AT_ONCE)
        for place, share in enumerate(shares):
            first = encoded.start[encoded.fields[place].name] - 1
            expected[here] *= share.take(codes[here, place] - first, mode="clip")
        expected[here][(codes[here] < 0).all(axis=1)] = np.nan

    spread(multiply, range(0, records, RECORDS_AT_ONCE))
    return expected


def _share_of_others(encoded: Encoded, place: int) -> NDArray[np.float64]:
    """By value of a field, the share of all records that hold it, one of each file set aside; before them 1, for a
    record without a value.
    """
    field, codes = encoded.fields[place], encoded.column(encoded.fields[place].name)
    values = len(encoded.values[field.name])
    if field.kind in NUMBERS:
        return np.append(1.0, np.zeros(values))
    others = np.bincount(codes[codes >= 0], minlength=values)
    known = int(others.sum())
    begin = np.searchsorted(encoded.tables.source, np.arange(len(encoded.sources) + 1))
    for first, end in pairwise(begin):
        held = np.zeros(values + 1, np.bool_)
        held[codes[first:end]] = True  # the last takes what is missing
        others -= held[:-1]
    return np.append(1.0, others / max(known - 1, 1))


def told_apart(encoded: Encoded) -> list[str]:
    """Warnings, counted, where strangers agree as often as people with themselves. Raises LinkageError where the
    columns cannot tell people apart: they say nothing of a person alone, or one thing that many share, or nine records
    of ten are expected to agree with a stranger on all that they hold.
    """
    held = [each for at, each in enumerate(encoded.fields) if (encoded.tables.codes[:, at] >= 0).any()]
    kinds, names = {each.kind for each in held}, ", ".join(each.name for each in held)
    more = "add a name, a birth date or a number that a person keeps"
    if not held:
        return []
    if kinds <= SHARED:
        raise LinkageError(f"these columns cannot tell people apart: many share one {names}; {more}")
    if len(held) == 1 and kinds <= OF_MANY:
        raise LinkageError(
            f"one column ({names}) cannot tell people apart, and nothing shows how far it can be trusted; {more}"
        )
    expected = strangers(encoded)
    known = ~np.isnan(expected)
    told, usual = float((expected[known] < 1).mean()), float(np.median(expected[known]))
    if told < LEAST_TOLD:
        raise LinkageError(
            f"these columns cannot tell people apart: on {names} together a record agrees with {usual:,.0f} others by "
            f"chance; {more}"
        )
    found = []
    if told < MOST_TOLD:
        found.append(
            f"{int((expected[known] >= 1).sum()):,} of {int(known.sum()):,} records agree with a stranger by chance "
            f"on all that they hold ({names}); {more}"
        )
    if kinds <= OF_A_HOUSEHOLD:
        found.append(f"nothing tells people of one household apart ({names}); {more}")
    return found
