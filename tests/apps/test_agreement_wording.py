"""What counsel may change in an agreement: open words, and the values in them; never a locked clause."""

import pytest

from apps import way
from charteroak.agreements import actions, queries
from charteroak.agreements.models import Agreement, Redline
from charteroak.board.models import Motion
from charteroak.policy.decision import Refused

LOCKED = ("purpose", "elements", "people", "place", "hub", "thresholds", "parties", "term")


def redline(record: Agreement, kind: str, before: str, after: str) -> None:
    clause = record.clauses.filter(kind=kind).first()
    assert clause is not None
    assert before in clause.text
    actions.redline(
        clause=clause.pk,
        by=way.person("ann.weiss"),
        text=clause.text.replace(before, after, 1),
        comment="Why.",
    )


@pytest.mark.parametrize("kind", LOCKED)
def test_a_locked_clause_keeps_its_words_and_says_where_the_change_belongs(
    drafted: Agreement, kind: str
) -> None:
    clause = drafted.clauses.filter(kind=kind).first()
    assert clause is not None
    with pytest.raises(Refused, match=f"Clause {clause.number} is locked.*draft anew"):
        actions.redline(clause=clause.pk, by=way.person("ann.weiss"), text=clause.text + " Or not.")
    assert not Redline.objects.exists()


def test_a_number_changed_in_the_words_is_changed_in_what_the_system_enforces(drafted: Agreement) -> None:
    redline(drafted, "preview", "30-day preview", "45-day preview")
    redline(drafted, "destruction", "45 days of the end", "30 days of the end")
    agreed = queries.terms(drafted)
    assert (agreed.preview_days, agreed.destroy_within_days) == (45, 30)
    change = Redline.objects.get(clause__kind="preview")
    assert (change.terms_before, change.terms_after) == (
        {"days": 30, "preclear_days": 0},
        {"days": 45, "preclear_days": 0},
    )


@pytest.mark.parametrize(
    ("kind", "before", "after", "rule"),
    [
        ("preview", "a 30-day preview", "a preview", "open_value_lost"),
        ("preview", "30-day preview", "30-day preview or 10-day preview", "open_value_lost"),
        ("preview", "30-day", "5-day", "open_value_out_of_bounds"),
        ("destruction", "45 days", "400 days", "open_value_out_of_bounds"),
        ("destruction", "5 business days", "50 business days", "phrase_kept"),
    ],
)
def test_words_and_terms_cannot_part(
    drafted: Agreement, kind: str, before: str, after: str, rule: str
) -> None:
    with pytest.raises(Refused) as refused:
        redline(drafted, kind, before, after)
    assert [reason.rule for reason in refused.value.reasons] == [rule]
    assert queries.terms(drafted).preview_days == 30


def test_a_clause_remembers_the_version_of_its_wording(drafted: Agreement) -> None:
    assert {one.template for one in drafted.clauses.all()} == {
        f"2026-5/{one.kind}" for one in drafted.clauses.all()
    }


def test_conditions_of_the_board_stand_in_the_words(approved: None, rolled_back: None) -> None:
    Motion.objects.filter(kind="approve_request").update(conditions="No town below 50 people.")
    purpose = way.drafted().clauses.get(kind="purpose").text
    assert purpose.endswith(" approved this on conditions: No town below 50 people.")


def test_without_conditions_the_words_say_nothing_of_them(drafted: Agreement) -> None:
    assert "condition" not in drafted.clauses.get(kind="purpose").text
