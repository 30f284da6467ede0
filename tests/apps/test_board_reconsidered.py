"""What a board's decision lets happen, and what no longer happens once the board has set it aside."""

from datetime import date, datetime

import pytest
from django.test import Client

from apps import way
from apps.board_way import decided, moved
from apps.way import refused
from charteroak.adapters import clock
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import coverage
from charteroak.board.queries import by_when
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Refused
from charteroak.policy.motion import Choice
from charteroak.requests import actions as requests

pytestmark = pytest.mark.usefixtures("on_day_zero")


def stopped_by(record: Agreement, use: Use) -> list[str]:
    record = Agreement.objects.get(pk=record.pk)
    return [reason.rule for reason in coverage(record, Asked(use, clock.today(), agency="SDE")).reasons]


def test_an_executed_agreement_covers_nothing_while_its_approval_does_not_stand() -> None:
    record = way.executed()
    assert stopped_by(record, Use.LINK) == []
    decided(moved("reconsider"))
    assert {use: stopped_by(record, use) for use in Use} == {use: ["approval_set_aside"] for use in Use}
    decided(moved(), Choice.REJECT)
    assert stopped_by(record, Use.RELEASE) == ["approval_set_aside"]


def test_an_executed_agreement_covers_again_what_the_board_approves_anew() -> None:
    record = way.executed()
    decided(moved("reconsider"))
    decided(moved())
    assert stopped_by(record, Use.LINK) == []


def test_the_public_register_shows_that_the_board_reconsiders() -> None:
    number = way.executed().number
    decided(moved("reconsider"))
    assert "The board reconsiders its decision" in Client().get(f"/register/{number}/").text
    told = Client().get(f"/register/{number}.json").json()["timeline"]
    assert [one["what"] for one in told].count("The board reconsiders its decision") == 1
    spanish = Client().get(f"/register/{number}/", headers={"Accept-Language": "es"}).text
    assert "La junta reconsidera su decisión" in spanish


def test_nobody_signs_while_the_approval_does_not_stand() -> None:
    record = way.drafted()
    agreements.open_for_signature(pk=record.pk, by=way.person("ann.weiss"))
    decided(moved("reconsider"))
    record.refresh_from_db()
    party = record.parties.get(agency__code="SDE", part="contributor")
    said = {"by": party.signatory, "text_hash": record.text_hash, "intent": "I sign."}
    assert refused(agreements.sign, party=party.pk, confirmed_at=clock.real_now(), **said) == [
        "request_not_approved"
    ]


def test_an_appealed_request_waits_for_a_decision_and_not_for_one_to_reconsider() -> None:
    first = moved()
    decided(first, Choice.REJECT)
    requests.appeal(pk=first.data_request_id, by=way.person("maya.ortiz"), grounds="Tables by region only.")
    with pytest.raises(Refused) as refused_:
        moved("reconsider")
    assert way.rules(refused_) == {"not_ready"}
    assert moved().status == "on_agenda"


def test_the_last_day_for_a_notice_counts_its_hours() -> None:
    meeting = moved().meeting
    meeting.board.notice_hours = 36
    meeting.starts_at = datetime(2026, 10, 9, 8, 30, tzinfo=clock.STATE_TIME)
    assert by_when(meeting) == date(2026, 10, 7)  # at half past eight in the evening
