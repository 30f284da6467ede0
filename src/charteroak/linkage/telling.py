"""Whether the columns can tell people apart at all, by how many strangers agree on them by chance."""

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.encode import Encoded
from charteroak.linkage.kinds import PLACE
from charteroak.linkage.recipe import Kind, LinkageError
from charteroak.linkage.sample import distinct

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
LEAST_TOLD, MOST_TOLD = 0.1, 0.9
"""Share of records below which linking is refused, and below which it is warned of."""


def strangers(encoded: Encoded) -> NDArray[np.float64]:
    """By record, how many others are expected to agree with it by chance on all that it holds, if its fields are
    independent of each other: records × the product of its values' shares. One record of a file that holds the same is
    no chance, for it may be the person's own. 0 for one that holds a number of its own, NaN for one that holds nothing.
    """
    records, files = len(encoded.content), len(encoded.sources)
    expected = np.full(records, float(max(records - 1, 0)))
    holds = np.zeros(records, np.bool_)
    for field in encoded.fields:
        codes = encoded.column(field.name)
        known = codes >= 0
        count = np.bincount(codes[known], minlength=1)
        held, _ = distinct(codes[known].astype(np.int64) * files + encoded.tables.source[known])
        others = (count - np.bincount(held // files, minlength=len(count)))[codes[known]]
        expected[known] *= 0.0 if field.kind in NUMBERS else others / max(int(known.sum()) - 1, 1)
        holds |= known
    return np.where(holds, expected, np.nan)


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
