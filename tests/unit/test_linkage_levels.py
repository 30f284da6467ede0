"""Levels of agreement that are found by short cuts are those that each test gives by itself."""

from itertools import pairwise

import duckdb
import numpy as np
import polars as pl
import pytest

from charteroak.linkage.encode import encode
from charteroak.linkage.levels import levels_of_pairs
from charteroak.linkage.recipe import ANY, Field, Kind, Level, Recipe

COUNT = 1500


def texts(seed: int, letters: str, longest: int) -> list[str]:
    """Texts of few letters, every other one the text before it with a slip or two."""
    rng = np.random.default_rng(seed)
    found: list[str] = []
    for number in range(COUNT):
        text = "".join(rng.choice(list(letters), rng.integers(1, longest + 1)))
        if number % 2:
            kept = list(found[-1])
            for _ in range(rng.integers(0, 4)):
                at, how = int(rng.integers(0, len(kept) + 1)), rng.integers(0, 4)
                if how == 0:
                    kept.insert(at, str(rng.choice(list(letters))))
                elif how == 1 and at < len(kept) > 1:
                    kept.pop(at)
                elif how == 2 and at < len(kept):
                    kept[at] = str(rng.choice(list(letters)))
                elif at + 1 < len(kept):
                    kept[at], kept[at + 1] = kept[at + 1], kept[at]
            text = "".join(kept)
        found.append(text)
    return found


def edits(a: str, b: str, *, transposed: bool) -> int:
    """Levenshtein distance, or optimal string alignment, by the table of the textbooks."""
    far = np.zeros((len(a) + 1, len(b) + 1), int)
    far[:, 0], far[0] = np.arange(len(a) + 1), np.arange(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            far[i, j] = min(far[i - 1, j] + 1, far[i, j - 1] + 1, far[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
            if transposed and i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                far[i, j] = min(far[i, j], far[i - 2, j - 2] + 1)
    return int(far[-1, -1])


def levels(written: list[str], *tests: str) -> list[int]:
    """The level of each text and the next."""
    rules = tuple(Level(test, test, 0.1) for test in ("same", *tests, "different"))
    field = Field("x", Kind.TEXT, {ANY: ("x",)}, rules)
    frame = pl.DataFrame({"id": [f"{number:05}" for number in range(len(written))], "x": written})
    encoded = encode({"one": frame}, {"one": "id"}, Recipe((field,), ()))
    left = np.arange(len(written) - 1, dtype=np.int32)
    return [int(each) for each in levels_of_pairs(left, left + np.int32(1), encoded.tables)[:, 0]]


@pytest.mark.parametrize(("letters", "longest"), [("ab", 6), ("0123456789", 11), ("abcdefgh ", 70)])
@pytest.mark.parametrize(("test", "transposed"), [("levenshtein", False), ("damerau_levenshtein", True)])
def test_edits_are_those_of_the_textbook(letters: str, longest: int, test: str, transposed: bool) -> None:
    written = texts(7, letters, longest)
    if longest > 64:
        written = [each[:64] for each in written[:200]]
    expected = []
    for a, b in pairwise(written):
        far = edits(a, b, transposed=transposed)
        expected.append(0 if a == b else next((n for n in (1, 2, 3) if far <= n), 4))
    assert levels(written, f"{test}<=1", f"{test}<=2", f"{test}<=3") == expected
    assert len(set(expected)) == 5


@pytest.mark.parametrize(("letters", "longest"), [("abc", 7), ("abcdefghijklm", 20)])
def test_alikeness_asked_for_at_several_limits_is_duckdbs(letters: str, longest: int) -> None:
    written = texts(11, letters, longest)
    alike = duckdb.execute(
        "SELECT a, b, jaro_winkler_similarity(a, b), jaro_similarity(a, b) FROM "
        "(SELECT unnest($1::VARCHAR[]) AS a, unnest($2::VARCHAR[]) AS b)",
        [written[:-1], written[1:]],
    ).fetchall()
    expected = []
    for a, b, winkler, jaro in alike:
        holds = (a == b, winkler >= 0.95, jaro >= 0.8, winkler >= 0.7, True)
        expected.append(holds.index(True))
    assert levels(written, "jaro_winkler>=0.95", "jaro>=0.8", "jaro_winkler>=0.7") == expected
    assert len(set(expected)) == 5
