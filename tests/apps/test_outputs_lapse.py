"""When an agreement ends, or its author's access, an open release request ends too, and nobody has to think of it."""

from datetime import timedelta

import pytest

from apps import outputs_way
from apps.hub_way import AsProcess
from apps.outputs_way import CHECKERS, MAYA, left, requested, vote
from apps.way import as_, person, refused
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement, Recipient
from charteroak.audit.models import Event
from charteroak.outputs import actions, lapsing
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.tasks import lapse_over
from charteroak.outputs.worklist import todo
from charteroak.workspaces.models import Workspace
from conftest import owner_beside

SAM = "sam.reyes"
STAGES = ("draft", "submitted", "checked", "returned", "in_preview", "approved")


@pytest.fixture
def room(as_process: AsProcess) -> Workspace:
    return outputs_way.workspace(as_process)


def at(as_process: AsProcess, room: Workspace, status: str) -> ReleaseRequest:
    """A release request that has come as far as that."""
    record = requested(left(room, {"flow.csv": b"year,people\n2019,120\n"}))
    if status == "submitted":
        actions.submit(pk=record.pk, by=person(MAYA))
    elif status != "draft":
        outputs_way.judged(as_process, record)
    if status == "returned":
        actions.turn_back(pk=record.pk, by=person(CHECKERS[0]), because="Say more.")
    if status in ("in_preview", "approved"):
        outputs_way.cleared(outputs_way.reviewed(record))
    if status == "approved":
        outputs_way.approved(record)
    record.refresh_from_db()
    assert record.status == status
    return record


def terminated() -> None:
    agreements.terminate(pk=Agreement.objects.get().pk, by=person(SAM), because="breach")


def passed(as_process: AsProcess, record: ReleaseRequest) -> str:
    """What is told of it after the outputs process' next look."""
    with as_process("outputs"):
        lapse_over()
    record.refresh_from_db()
    return record.status


def lapses(record: ReleaseRequest) -> int:
    subject = f"outputs.releaserequest:{record.pk}"
    return Event.objects.filter(name="outputs:release_request:lapse", subject=subject, by="outputs").count()


@pytest.mark.parametrize("status", STAGES)
def test_with_the_agreement_every_open_request_ends_once_and_says_why(
    as_process: AsProcess, room: Workspace, status: str
) -> None:
    record = at(as_process, room, status)
    assert passed(as_process, record) == status, "while the agreement runs nothing ends"
    terminated()
    assert passed(as_process, record) == passed(as_process, record) == "withdrawn"
    assert lapses(record) == 1
    assert "The agreement is over." in as_(CHECKERS[0]).get(record.get_absolute_url()).text
    assert record.get_absolute_url() not in [one.href for one in todo(person(CHECKERS[0]))]
    assert not lapsing.over().exists()


def test_the_day_after_the_agreements_last_ends_it_too_with_a_review_in_it(
    as_process: AsProcess, room: Workspace
) -> None:
    record = at(as_process, room, "checked")
    vote(record, CHECKERS[0])
    last = Agreement.objects.get().ends_on
    clock.move_to(clock.now() + (last - clock.today()))
    assert passed(as_process, record) == "checked"
    clock.move_to(clock.now() + timedelta(days=1))
    assert passed(as_process, record) == "withdrawn"


def test_until_then_a_checker_turns_it_back_though_no_clause_covers_a_look(
    as_process: AsProcess, room: Workspace
) -> None:
    record = at(as_process, room, "checked")
    terminated()
    assert "turn_back" in as_(CHECKERS[0]).get(f"/api/outputs/{record.number}").json()["permitted"]
    actions.turn_back(pk=record.pk, by=person(CHECKERS[0]), because="The agreement is over.")
    record.refresh_from_db()
    assert record.status == "returned"


@pytest.mark.parametrize("status", ["draft", "checked", "in_preview"])
def test_a_closed_account_leaves_no_open_request_behind(
    as_process: AsProcess, room: Workspace, status: str
) -> None:
    record = at(as_process, room, status)
    agencies.close_account(person=person(MAYA).pk, by=person(SAM))
    assert passed(as_process, record) == "withdrawn"
    assert "Its author has no access any more." in as_(CHECKERS[0]).get(record.get_absolute_url()).text


def test_who_has_left_or_is_named_no_more_leaves_none_either(as_process: AsProcess, room: Workspace) -> None:
    record, other = at(as_process, room, "draft"), at(as_process, room, "draft")
    with owner_beside():  # as an amendment that names others leaves it
        Recipient.objects.filter(person=person(MAYA)).delete()
    assert passed(as_process, record) == "withdrawn"
    other.refresh_from_db()
    assert other.status == "withdrawn"
    assert lapses(record) == lapses(other) == 1


def test_notice_of_departure_ends_it_once_its_time_is_up(as_process: AsProcess, room: Workspace) -> None:
    record = at(as_process, room, "draft")
    agencies.give_notice(person=person(MAYA).pk, last_day=clock.today(), by=person(MAYA))
    assert passed(as_process, record) == "draft"
    clock.move_to(clock.now() + timedelta(days=2))
    assert passed(as_process, record) == "withdrawn"


def test_what_the_board_approved_stands_though_its_author_has_gone(
    as_process: AsProcess, room: Workspace
) -> None:
    record = at(as_process, room, "approved")
    agencies.close_account(person=person(MAYA).pk, by=person(SAM))
    assert passed(as_process, record) == "approved"
    outputs_way.released(as_process, record)


def test_nobody_lapses_one_by_hand(as_process: AsProcess, room: Workspace) -> None:
    record = at(as_process, room, "checked")
    assert not lapsing.lapse(pk=record.pk)
    assert as_(CHECKERS[0]).post(f"/outputs/{record.number}/lapse/").status_code == 404
    assert refused(actions.withdraw, pk=record.pk, by=person(CHECKERS[0])) == ["wrong_role"]
