"""Texts of digits are told apart packed as they are character by character."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.linkage.digits import LONGEST, packed
from charteroak.linkage.encode import encode
from charteroak.linkage.levels import levels_of_pairs
from charteroak.linkage.recipe import ANY, Field, Kind, Level, Recipe
from charteroak.linkage.tables import characters

TESTS = (
    "damerau_levenshtein<=1",
    "levenshtein<=1",
    "suffix>=4",
    "prefix>=3",
    "day_month",
    "month_day",
    "year",
)
FIELDS = (
    ("damerau_levenshtein<=1", "suffix>=4"), ("levenshtein<=1", "prefix>=3"), ("suffix>=2", "prefix>=2"),
    ("day_month", "damerau_levenshtein<=1", "month_day", "year"), ("year", "day_month"),
)  # fmt: skip


def field(tests: tuple[str, ...]) -> Field:
    named = [Level(test, test, 0.1) for test in ("same", *tests, "different")]
    return Field("v", Kind.TEXT, {ANY: ("v",)}, tuple(named))


def near(text: str, draw: st.DrawFn) -> str:
    """The text with some of its digits changed, exchanged, left out or doubled."""
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, max(len(text) - 2, 0)))
        kind = draw(st.sampled_from(["change", "exchange", "drop", "double", "days"]))
        if kind == "change":
            text = text[:at] + draw(st.sampled_from("0123456789")) + text[at + 1 :]
        elif kind == "exchange":
            text = text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
        elif kind == "drop":
            text = text[:at] + text[at + 1 :]
        elif kind == "double":
            text = text[: at + 1] + text[at:]
        elif len(text) == 8:
            text = text[:4] + text[6:] + text[4:6]
    return text


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    text = draw(
        st.text("0123456789", min_size=1, max_size=LONGEST + 2) | st.text("0129", min_size=8, max_size=8)
    )
    return text, near(text, draw)


@pytest.mark.parametrize("tests", FIELDS)
@given(pairs())
@settings(max_examples=300, deadline=None)
def test_the_level_is_that_of_the_characters(tests: tuple[str, ...], both: tuple[str, str]) -> None:
    frames = {name: pl.DataFrame({"id": ["1"], "v": [text]}) for name, text in zip("ab", both, strict=True)}
    encoded = encode(frames, dict.fromkeys(frames, "id"), Recipe((field(tests),), ()))
    left, right = np.array([0], np.int32), np.array([1], np.int32)
    t = encoded.tables
    assert t.asked[0, 3] >= 0
    by_characters = t._replace(asked=np.array([[0, 0, 0, -1]]))
    assert levels_of_pairs(left, right, t) == levels_of_pairs(left, right, by_characters)


@pytest.mark.parametrize(
    "tests", [("jaro_winkler>=0.9",), ("levenshtein<=2",), ("prefix>=3", "prefix>=2"), ("year", "suffix>=4")]
)
def test_other_tests_are_left_to_the_characters(tests: tuple[str, ...]) -> None:
    frame = {"a": pl.DataFrame({"id": ["1"], "v": ["19800102"]})}
    assert encode(frame, {"a": "id"}, Recipe((field(tests),), ())).tables.asked[0, 3] < 0


def test_only_digits_are_packed() -> None:
    texts = ["", "7", "19800102", "198O0102", "1" * LONGEST, "1" * (LONGEST + 1), "-5", "٣"]
    found = packed(*characters(pl.Series(texts)))
    assert (found > 0).tolist() == [False, True, True, False, True, False, False, False]
    assert len(set(found[found > 0].tolist())) == 3
