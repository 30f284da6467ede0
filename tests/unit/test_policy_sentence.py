"""What is told: English as it stands, and the parts that a page needs to say it in another language."""

from datetime import date

import pytest

from charteroak.policy.data_request import Status
from charteroak.policy.sentence import Sentence


def test_a_sentence_reads_as_english_and_keeps_what_it_was_made_from() -> None:
    said = Sentence("Agreement {number} ended on {day}.", number="042", day=date(2027, 7, 31))
    assert said == "Agreement 042 ended on 31 July 2027."
    assert (said.written, said.values["number"]) == ("Agreement {number} ended on {day}.", "042")


def test_statuses_are_in_words_and_several_values_are_listed() -> None:
    said = Sentence("While this is: {statuses}.", statuses=(Status.IN_REVIEW, Status.DRAFT))
    assert said == "While this is: in review, draft."


def test_braces_in_a_value_are_left_alone() -> None:
    assert Sentence("Still to sign: {parties}.", parties=("{SDE}", "DOL")) == "Still to sign: {SDE}, DOL."


def test_a_missing_value_is_an_error_at_once() -> None:
    with pytest.raises(KeyError, match="day"):
        Sentence("It ended on {day}.")
