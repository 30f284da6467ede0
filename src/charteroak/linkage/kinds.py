"""How each kind of field is compared unless a recipe says otherwise: its levels of agreement, best first."""

from collections.abc import Mapping

from charteroak.linkage.recipe import Kind, Level

_SAME_OR_NOT = (("same", "same", 0.95), ("different", "different", 0.05))
# Name of the level, its test, and the share of true pairs expected there: a weak prior of the estimation.
# Jaro-Winkler from 0.92 is "close" and from 0.80 "alike" (Winkler 2006 cuts at 0.88 to 0.94); one slip of
# the keyboard is a distance of 1 (Damerau 1964).
_LEVELS: Mapping[Kind, tuple[tuple[str, str, float], ...]] = {
    Kind.GIVEN_NAME: (
        ("same", "same", 0.86), ("nickname", "nickname", 0.03), ("initial", "initial", 0.01),
        ("slip", "damerau_levenshtein<=1", 0.04), ("part", "part", 0.01), ("swapped", "swapped", 0.01),
        ("close", "jaro_winkler>=0.88", 0.015), ("different", "different", 0.025),
    ),
    Kind.MIDDLE_NAME: (
        ("same", "same", 0.85), ("initial", "initial", 0.07), ("close", "jaro_winkler>=0.9", 0.03),
        ("different", "different", 0.05),
    ),
    Kind.FAMILY_NAME: (
        ("same", "same", 0.86), ("slip", "damerau_levenshtein<=1", 0.04), ("part", "part", 0.02),
        ("close", "jaro_winkler>=0.88", 0.02), ("different", "different", 0.06),
    ),
    Kind.FULL_NAME: (
        ("same", "same", 0.7), ("slip", "damerau_levenshtein<=1", 0.1), ("close", "jaro_winkler>=0.92", 0.1),
        ("alike", "jaro_winkler>=0.8", 0.05), ("different", "different", 0.05),
    ),
    Kind.BIRTH_DATE: (
        ("same", "same", 0.92), ("day_month", "day_month", 0.01), ("slip", "damerau_levenshtein<=1", 0.03),
        ("month_day", "month_day", 0.01), ("year", "year", 0.02), ("different", "different", 0.01),
    ),
    Kind.SEX: (("same", "same", 0.98), ("different", "different", 0.02)),
    Kind.SSN: (
        ("same", "same", 0.93), ("slip", "damerau_levenshtein<=1", 0.03), ("last4", "suffix>=4", 0.01),
        ("different", "different", 0.03),
    ),
    Kind.ADDRESS: (
        ("same", "same", 0.7), ("slip", "damerau_levenshtein<=1", 0.07), ("close", "jaro_winkler>=0.94", 0.03),
        ("different", "different", 0.2),
    ),
    Kind.CITY: (("same", "same", 0.8), ("close", "jaro_winkler>=0.9", 0.05), ("different", "different", 0.15)),
    Kind.ZIP: (
        ("same", "same", 0.8), ("slip", "damerau_levenshtein<=1", 0.03), ("prefix", "prefix>=3", 0.07),
        ("different", "different", 0.1),
    ),
    Kind.PHONE: (("same", "same", 0.8), ("slip", "damerau_levenshtein<=1", 0.03), ("different", "different", 0.17)),
    Kind.EMAIL: (
        ("same", "same", 0.8), ("slip", "damerau_levenshtein<=1", 0.05), ("close", "jaro_winkler>=0.9", 0.05),
        ("different", "different", 0.1),
    ),
    Kind.AGENCY_ID: (
        ("same", "same", 0.95), ("slip", "damerau_levenshtein<=1", 0.02), ("different", "different", 0.03),
    ),
    Kind.FUZZY: (
        ("same", "same", 0.8), ("slip", "damerau_levenshtein<=1", 0.05), ("close", "jaro_winkler>=0.88", 0.05),
        ("different", "different", 0.1),
    ),
    Kind.NUMBER: (("same", "same", 0.8), ("near", "within<=1", 0.1), ("different", "different", 0.1)),
    Kind.DATE: (
        ("same", "same", 0.9), ("day_month", "day_month", 0.01), ("slip", "damerau_levenshtein<=1", 0.03),
        ("near", "within<=366", 0.03), ("different", "different", 0.03),
    ),
}  # fmt: skip
PLACE = {Kind.ADDRESS, Kind.CITY, Kind.STATE, Kind.ZIP}
"""What changes together when somebody moves."""
_BY_FREQUENCY = {
    Kind.GIVEN_NAME, Kind.MIDDLE_NAME, Kind.FAMILY_NAME, Kind.FULL_NAME, Kind.CITY, Kind.ZIP, Kind.ADDRESS, Kind.FUZZY,
    Kind.EXACT,
}  # fmt: skip


def levels_of(kind: Kind) -> tuple[Level, ...]:
    """The usual levels of this kind of field."""
    return tuple(Level(*level) for level in _LEVELS.get(kind, _SAME_OR_NOT))


def weighs_by_frequency(kind: Kind) -> bool:
    """Whether agreement on a rare value usually says more than agreement on a common one."""
    return kind in _BY_FREQUENCY
