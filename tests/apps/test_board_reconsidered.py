"""What a board's decision lets happen, and what no longer happens once the board has set it aside."""

import pytest

from apps import way
from apps.board_way import decided, moved, refused
from charteroak.adapters import clock
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import coverage
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.motion import Choice

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
