"""The review that an institutional review board made, in the agreement: its clause, its end, Exhibit D."""

from datetime import date, timedelta

import pytest

from apps import way
from apps.test_agreements import uncovered
from apps.way import refused
from charteroak.adapters import clock
from charteroak.agreements import actions, paper
from charteroak.agreements.enforcement import enforced
from charteroak.agreements.models import Agreement
from charteroak.policy.clauses import Use
from charteroak.requests.models import DataRequest
from printed import text

pytestmark = pytest.mark.usefixtures("after_the_approval")


def reviewed(on: date, until: date) -> Agreement:
    way.approved()
    DataRequest.objects.filter(pk=way.approved().pk).update(
        irb_board="University IRB", irb_number="2026-0142", irb_determination="approved",
        irb_approved_on=on, irb_expires_on=until,
    )  # fmt: skip
    return way.drafted()


def test_where_the_law_asks_for_a_review_every_use_ends_with_it() -> None:
    today = clock.today()
    with way.under("42 CFR Part 2", "gpa"):
        record = reviewed(today, today + timedelta(days=30))
        clause = record.clauses.get(kind="irb")
        assert "University IRB reviewed the study under number 2026-0142" in clause.text
        assert enforced(clause)[0].startswith("After ")
        record = way.signed(record)
        assert uncovered(record) == []
        assert uncovered(record, on=today + timedelta(days=30)) == []
        for use in (Use.LINK, Use.OPEN, Use.RELEASE):
            assert "review_expired" in uncovered(record, use, today + timedelta(days=31))


def test_where_the_law_asks_for_a_review_no_agreement_is_opened_without_it() -> None:
    with way.under("42 CFR Part 2", "gpa"):
        record = way.drafted()
        assert refused(actions.open_for_signature, pk=record.pk, by=way.person("ann.weiss")) == [
            "clauses_missing"
        ]


def test_a_review_that_no_law_asks_for_ends_nothing() -> None:
    today = clock.today()
    record = way.signed(reviewed(today, today + timedelta(days=30)))
    assert enforced(record.clauses.get(kind="irb")) == []
    assert uncovered(record, on=today + timedelta(days=31)) == []


def test_exhibit_d_says_what_the_board_determined(drafted: Agreement) -> None:
    today = clock.today()
    assert "names no review by such a board" in exhibits(drafted)
    DataRequest.objects.filter(pk=drafted.data_request_id).update(
        irb_board="University IRB",
        irb_number="2026-0142",
        irb_determination="exempt_from_review",
        irb_approved_on=today,
    )
    said = exhibits(Agreement.objects.get(pk=drafted.pk))
    assert "University IRB" in said
    assert "exempt from review" in said


def exhibits(record: Agreement) -> str:
    return text(paper.printed(record))
