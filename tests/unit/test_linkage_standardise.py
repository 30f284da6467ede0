"""Spelling habits do not keep a person apart, and fillers never bring two together: worked tables."""

import numpy as np
import polars as pl
import pytest

from charteroak.linkage import Field, Kind, Recipe
from charteroak.linkage.encode import STANDARDISERS, encode
from charteroak.linkage.kinds import levels_of
from charteroak.linkage.levels import levels_of_pairs


def standard(kind: Kind, values: list[str | None]) -> list[str | None]:
    return STANDARDISERS[kind](pl.Series(values, dtype=pl.String))[0].to_list()


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        (Kind.FAMILY_NAME, "Rivera-Lopez", "RIVERA LOPEZ"),
        (Kind.FAMILY_NAME, "  rivera   lópez ", "RIVERA LOPEZ"),
        (Kind.FAMILY_NAME, "O'Connor", "OCONNOR"),
        (Kind.FAMILY_NAME, "O’Connor, Jr.", "OCONNOR"),
        (Kind.FAMILY_NAME, "Muñoz III", "MUNOZ"),
        (Kind.FAMILY_NAME, "Iverson", "IVERSON"),
        (Kind.GIVEN_NAME, "Mary-Ann", "MARY ANN"),
        (Kind.GIVEN_NAME, "unknown", None),
        (Kind.GIVEN_NAME, "-", None),
        (Kind.GIVEN_NAME, None, None),
        (Kind.INITIAL, "élise", "E"),
        (Kind.INITIAL, "X", "X"),
        (Kind.INITIAL, "Xiomara", "X"),
        (Kind.INITIAL, "unknown", None),
        (Kind.BIRTH_DATE, "20030214", "20030214"),
        (Kind.BIRTH_DATE, "2003-02-14", "20030214"),
        (Kind.BIRTH_DATE, "20030230", None),
        (Kind.BIRTH_DATE, "19000101", None),
        (Kind.BIRTH_DATE, "2003", None),
        (Kind.SEX, "f", "F"),
        (Kind.SEX, "Male", "M"),
        (Kind.SEX, "U", None),
        (Kind.SSN, "000-12-3456", "000123456"),
        (Kind.SSN, "123456", None),
        (Kind.SSN, "000000000", None),
        (Kind.SSN, "111111111", None),
        (Kind.SSN, "999999999", None),
        (Kind.SSN, "123456789", None),
        (Kind.AGENCY_ID, "8209183346", "8209183346"),
        (Kind.AGENCY_ID, "0000000000", None),
        (Kind.AGENCY_ID, "@00331877", "00331877"),
        (Kind.EXACT, " 070215 ", "070215"),
        (Kind.EXACT, "", None),
        (Kind.NUMBER_AS_WRITTEN, " 12.50 ", "12.5"),
        (Kind.NUMBER_AS_WRITTEN, "12345678901234", None),  # too large to compare in millionths
        (Kind.NUMBER_AS_WRITTEN, "inf", None),
    ],
)
def test_what_was_written_is_read_as(kind: Kind, written: str | None, read: str | None) -> None:
    assert standard(kind, [written]) == [read]


def levels(kinds: dict[str, Kind], left: tuple[str, ...], right: tuple[str, ...]) -> list[str]:
    """The levels of two records, field by field."""
    fields = tuple(Field(name, kind, {"*": (name,)}, levels_of(kind)) for name, kind in kinds.items())
    frame = pl.DataFrame([left, right], schema=list(kinds), orient="row").with_columns(
        id=pl.Series(["1", "2"])
    )
    encoded = encode({"SDE": frame}, {"SDE": "id"}, Recipe(fields, ()))
    one, other = np.zeros(1, np.int32), np.ones(1, np.int32)
    found = levels_of_pairs(one, other, encoded.tables)[0]
    return [
        "missing" if level < 0 else field.levels[level].name
        for field, level in zip(fields, found, strict=True)
    ]


def level(kind: Kind, left: str, right: str) -> str:
    return levels({"column": kind}, (left,), (right,))[0]


@pytest.mark.parametrize(
    ("kind", "left", "right", "expected"),
    [
        (Kind.FAMILY_NAME, "Rivera-Lopez", "Riveralopez", "slip"),
        (Kind.FAMILY_NAME, "Rivera-Lopez", "Rivera", "part"),
        (Kind.FAMILY_NAME, "Rivera-Lopez", "Lopez", "part"),
        (Kind.FAMILY_NAME, "Rivera", "Riveralopez", "part"),
        (Kind.FAMILY_NAME, "Rivera", "Rivrea", "slip"),
        (Kind.FAMILY_NAME, "Li", "Lindqvist", "different"),
        (Kind.FAMILY_NAME, "Rivera", "Okafor", "different"),
        (Kind.FAMILY_NAME, "De la Cruz", "De la Rosa", "close"),
        (Kind.FAMILY_NAME, "Van der Berg", "Van der Meer", "close"),
        (Kind.FAMILY_NAME, "Rivera", "", "missing"),
        (Kind.GIVEN_NAME, "Ana", "ANA", "same"),
        (Kind.GIVEN_NAME, "William", "Bill", "nickname"),
        (Kind.GIVEN_NAME, "Beth", "Liz", "nickname"),
        (Kind.GIVEN_NAME, "Alexander", "A.", "initial"),
        (Kind.GIVEN_NAME, "Alondra", "Alonrda", "slip"),
        (Kind.GIVEN_NAME, "Ana", "Thomas", "different"),
        (Kind.MIDDLE_NAME, "Marie", "M", "initial"),
        (Kind.MIDDLE_NAME, "Marie", "Jo", "different"),
        (Kind.BIRTH_DATE, "20030214", "20030214", "same"),
        (Kind.BIRTH_DATE, "20030402", "20030204", "day_month"),
        (Kind.BIRTH_DATE, "20030214", "20020214", "slip"),
        (Kind.BIRTH_DATE, "20030214", "20030215", "slip"),
        (Kind.BIRTH_DATE, "20030221", "20030212", "slip"),
        (Kind.BIRTH_DATE, "20030214", "20010214", "slip"),
        (Kind.BIRTH_DATE, "20030214", "19980214", "month_day"),
        (Kind.BIRTH_DATE, "20030214", "20031130", "year"),
        (Kind.BIRTH_DATE, "20030214", "20011130", "different"),
        (Kind.BIRTH_DATE, "20030214", "00000000", "missing"),
        (Kind.SSN, "000123456", "000123456", "same"),
        (Kind.SSN, "000123456", "000123465", "slip"),
        (Kind.SSN, "000123456", "000999456", "different"),
        (Kind.SSN, "111111111", "111111111", "missing"),
    ],
)
def test_two_values_agree_as_a_clerk_would_say(kind: Kind, left: str, right: str, expected: str) -> None:
    assert level(kind, left, right) == expected
    assert level(kind, right, left) == expected
