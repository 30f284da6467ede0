"""A redline as its readers see it: what went, what came, what stayed."""

import pytest

from charteroak.agreements.difference import difference

CASES = [
    ("Report at once.", "Report at once.", [("kept", "Report at once.")]),
    ("Report at once.", "Report within the hour.",
     [("kept", "Report"), ("removed", "at once."), ("added", "within the hour.")]),
    ("", "Anew.", [("added", "Anew.")]),
    ("Gone.", "", [("removed", "Gone.")]),
    ("a b c", "a c", [("kept", "a"), ("removed", "b"), ("kept", "c")]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "shown"), CASES)
def test_a_difference_is_shown_in_reading_order(
    before: str, after: str, shown: list[tuple[str, str]]
) -> None:
    assert difference(before, after) == shown


@pytest.mark.parametrize(("before", "after", "shown"), CASES)
def test_both_texts_can_be_read_out_of_it(before: str, after: str, shown: list[tuple[str, str]]) -> None:
    pieces = difference(before, after)
    assert " ".join(words for kind, words in pieces if kind != "added") == before
    assert " ".join(words for kind, words in pieces if kind != "removed") == after
