"""Spelling habits do not keep a person apart, and fillers never bring two together: worked tables."""

import numpy as np
import polars as pl
import pytest

from charteroak.linkage.clerical import LinkageError
from charteroak.linkage.clerical.compare import MISSING, compare
from charteroak.linkage.clerical.recipe import LEVELS, Field, Kind
from charteroak.linkage.clerical.standardise import standardise


def standard(kind: Kind, values: list[str | None]) -> list[str | None]:
    frame = pl.DataFrame({"record_id": [f"{n:03}" for n in range(len(values))], "column": values})
    frame = frame.cast({"column": pl.String})
    return standardise("SDE", frame, (Field("field", kind, {"SDE": "column"}),))["field"].to_list()


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
    ],
)
def test_what_was_written_is_read_as(kind: Kind, written: str | None, read: str | None) -> None:
    assert standard(kind, [written]) == [read]


def level(kind: Kind, left: str, right: str) -> str:
    field = Field("field", kind, {"SDE": "column"})
    sides = [
        standardise("SDE", pl.DataFrame({"record_id": ["1"], "column": [value]}), (field,))
        for value in (left, right)
    ]
    row = np.zeros(1, dtype=np.int64)
    found = compare(sides[0], sides[1], (row, row), [field])[0, 0]
    return "missing" if found == MISSING else list(LEVELS[kind])[found]


@pytest.mark.parametrize(
    ("kind", "left", "right", "expected"),
    [
        (Kind.FAMILY_NAME, "Rivera-Lopez", "Riveralopez", "same"),
        (Kind.FAMILY_NAME, "Rivera-Lopez", "Rivera", "part"),
        (Kind.FAMILY_NAME, "Rivera-Lopez", "Lopez", "part"),
        (Kind.FAMILY_NAME, "Rivera", "Riveralopez", "part"),
        (Kind.FAMILY_NAME, "Rivera", "Rivrea", "close"),
        (Kind.FAMILY_NAME, "Li", "Lindqvist", "different"),
        (Kind.FAMILY_NAME, "Rivera", "Okafor", "different"),
        (Kind.FAMILY_NAME, "De la Cruz", "De la Rosa", "different"),
        (Kind.FAMILY_NAME, "Van der Berg", "Van der Meer", "close"),
        (Kind.FAMILY_NAME, "Rivera", "", "missing"),
        (Kind.GIVEN_NAME, "Ana", "ANA", "same"),
        (Kind.GIVEN_NAME, "William", "Bill", "nickname"),
        (Kind.GIVEN_NAME, "Beth", "Liz", "nickname"),
        (Kind.GIVEN_NAME, "Alexander", "A.", "initial"),
        (Kind.GIVEN_NAME, "Alondra", "Alonrda", "close"),
        (Kind.GIVEN_NAME, "Ana", "Thomas", "different"),
        (Kind.MIDDLE_NAME, "Marie", "M", "initial"),
        (Kind.MIDDLE_NAME, "Marie", "Jo", "different"),
        (Kind.BIRTH_DATE, "20030214", "20030214", "same"),
        (Kind.BIRTH_DATE, "20030402", "20030204", "day_month"),
        (Kind.BIRTH_DATE, "20030214", "20020214", "year"),
        (Kind.BIRTH_DATE, "20030214", "20030215", "digit"),
        (Kind.BIRTH_DATE, "20030221", "20030212", "digit"),
        (Kind.BIRTH_DATE, "20030214", "20011130", "different"),
        (Kind.BIRTH_DATE, "20030214", "00000000", "missing"),
        (Kind.SSN, "000123456", "000123456", "same"),
        (Kind.SSN, "000123456", "000123465", "digit"),
        (Kind.SSN, "000123456", "000999456", "different"),
        (Kind.SSN, "111111111", "111111111", "missing"),
    ],
)
def test_two_values_agree_as_a_clerk_would_say(kind: Kind, left: str, right: str, expected: str) -> None:
    assert level(kind, left, right) == expected
    assert level(kind, right, left) == expected


def test_names_in_each_others_place_count_once() -> None:
    fields = (
        Field("family", Kind.FAMILY_NAME, {"SDE": "last"}),
        Field("given", Kind.GIVEN_NAME, {"SDE": "first"}),
    )
    left = standardise(
        "SDE", pl.DataFrame({"record_id": ["1"], "last": ["Nguyen"], "first": ["Linh"]}), fields
    )
    right = standardise(
        "SDE", pl.DataFrame({"record_id": ["1"], "last": ["Linh"], "first": ["Nguyen"]}), fields
    )
    row = np.zeros(1, dtype=np.int64)
    family, given = compare(left, right, (row, row), fields)[0]
    assert list(LEVELS[Kind.FAMILY_NAME])[family] == "swapped"
    assert given == MISSING


@pytest.mark.parametrize("ids", [["1", "1"], ["1", None]])
def test_a_repeated_or_empty_record_id_is_refused(ids: list[str | None]) -> None:
    with pytest.raises(LinkageError, match="SDE: record_id is empty or repeated"):
        standardise("SDE", pl.DataFrame({"record_id": ids}), ())


def test_a_missing_column_is_refused_by_name() -> None:
    with pytest.raises(LinkageError, match="SDE: no column 'dob'"):
        standardise(
            "SDE", pl.DataFrame({"record_id": ["1"]}), (Field("born", Kind.BIRTH_DATE, {"SDE": "dob"}),)
        )
