"""The publication preview is one in which an agency may object, the board say no and the author think better of it."""

import pytest

from apps import outputs_way
from apps.hub_way import AsProcess
from apps.outputs_way import CHECKERS, MAYA, left, requested
from apps.way import STEWARDS, as_, person, refused
from charteroak.agencies.worklist import Turn
from charteroak.audit.models import Event
from charteroak.board.models import Motion
from charteroak.outputs import actions, queries
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.worklist import todo

JUNE, SAM = "june.fisher", "sam.reyes"
SDE = STEWARDS["SDE"]


@pytest.fixture
def record(as_process: AsProcess) -> ReleaseRequest:
    """Looked at and cleared by every agency; the preview runs."""
    room = outputs_way.workspace(as_process)
    found = requested(left(room, {"flow.csv": b"year,people\n2019,120\n"}))
    outputs_way.judged(as_process, found)
    found = outputs_way.cleared(outputs_way.reviewed(found))
    assert found.status == "in_preview"
    return found


def waits_for(username: str, record: ReleaseRequest) -> bool:
    turns = [one for one in todo(person(username)) if one.href == record.get_absolute_url()]
    return [one.state for one in turns] == [Turn.YOURS]


def last_event() -> tuple[str, str]:
    event = Event.objects.latest("index")
    return event.name, event.by


def test_an_agency_that_cleared_it_by_hand_sends_it_back_with_the_reason_while_the_preview_runs(
    as_process: AsProcess, record: ReleaseRequest
) -> None:
    assert "return it to the author" in as_(SDE).get(record.get_absolute_url()).text
    assert not waits_for(SDE, record), "it may, and need not"
    assert refused(actions.return_, pk=record.pk, by=person(SDE), because=" ") == ["comment_missing"]
    assert as_(SDE).post(f"{record.get_absolute_url()}return/", {"because": ""}).status_code == 400
    assert as_(SDE).post(f"{record.get_absolute_url()}return/", {"because": "2019."}).status_code == 302
    record.refresh_from_db()
    assert (record.status, record.returned_because) == ("returned", "2019.")
    assert last_event() == ("outputs:release_request:return", SDE)
    assert waits_for(MAYA, record)
    outputs_way.judged(as_process, record)
    assert record.round == 2
    assert queries.facts(record, person(SDE)).reviews == 0, "what was said of the first round counts no more"
    assert set(queries.facts(record, person(SDE)).agencies_not_cleared) == set(STEWARDS)
    outputs_way.cleared(outputs_way.reviewed(record))
    assert record.status == "in_preview"
    outputs_way.released(as_process, outputs_way.approved(record))


def test_by_the_interface_too_and_an_agency_without_records_in_it_does_not(record: ReleaseRequest) -> None:
    assert refused(actions.return_, pk=record.pk, by=person(CHECKERS[0]), because="No.") == ["wrong_role"]
    assert refused(actions.return_, pk=record.pk, by=person(JUNE), because="No.") == ["wrong_role"]
    path = f"/api/outputs/{record.number}/return"
    said = as_(STEWARDS["CSC"]).post(path, {"because": "2019."}, content_type="application/json")
    assert said.json()["status"] == "returned"


def test_a_lost_motion_sends_the_outputs_back_by_the_chairs_hand(record: ReleaseRequest) -> None:
    decline = {"pk": record.pk, "by": person(JUNE), "because": "Too few towns."}
    assert refused(actions.decline, **decline) == ["no_lost_motion"]
    assert "action-decline" not in as_(JUNE).get(record.get_absolute_url()).text
    outputs_way.lost(record)
    assert Motion.objects.filter(about=record.number, status="lost").count() == 1
    assert queries.whose_turn(record).startswith("The board’s chair")
    assert waits_for(JUNE, record)
    page = as_(JUNE).get(record.get_absolute_url()).text
    assert "action-decline" in page
    assert "The policy office puts one on an agenda as" not in page
    assert refused(actions.decline, **decline | {"by": person(SAM)}) == ["wrong_role"]
    assert refused(actions.decline, **decline | {"because": " "}) == ["comment_missing"]
    assert "no_carried_motion" in refused(actions.approve, pk=record.pk, by=person(JUNE))
    answer = as_(JUNE).post(f"{record.get_absolute_url()}decline/", {"because": "Too few towns."})
    assert answer.status_code == 302
    record.refresh_from_db()
    assert (record.status, record.returned_because) == ("returned", "Too few towns.")
    assert last_event() == ("outputs:release_request:decline", JUNE)
    assert waits_for(MAYA, record)
    assert queries.by_when(record), "its clock is the author's"


def test_the_boards_last_word_counts_of_the_round_that_was_cleared(
    as_process: AsProcess, record: ReleaseRequest
) -> None:
    outputs_way.carried(record)
    outputs_way.lost(record)
    assert "no_carried_motion" in refused(actions.approve, pk=record.pk, by=person(JUNE))
    path = f"/api/outputs/{record.number}/decline"
    said = as_(JUNE).post(path, {"because": "Reconsidered."}, content_type="application/json")
    assert said.json()["status"] == "returned"
    record.refresh_from_db()
    outputs_way.judged(as_process, record)
    outputs_way.cleared(outputs_way.reviewed(record))
    assert refused(actions.decline, pk=record.pk, by=person(JUNE), because="x") == ["no_lost_motion"]
    outputs_way.released(as_process, outputs_way.approved(record))


def test_the_author_takes_it_back_during_the_preview_and_not_once_the_board_has_approved(
    record: ReleaseRequest,
) -> None:
    assert "action-withdraw" in as_(MAYA).get(record.get_absolute_url()).text
    assert refused(actions.withdraw, pk=record.pk, by=person(SDE)) == ["wrong_role"]
    actions.withdraw(pk=record.pk, by=person(MAYA))
    record.refresh_from_db()
    assert record.status == "withdrawn"
    assert not waits_for(JUNE, record)
    assert refused(actions.approve, pk=record.pk, by=person(JUNE)) == ["wrong_status"]


def test_what_is_approved_the_author_does_not_withdraw(record: ReleaseRequest) -> None:
    approved = outputs_way.approved(record)
    assert refused(actions.withdraw, pk=approved.pk, by=person(MAYA)) == ["wrong_status"]
