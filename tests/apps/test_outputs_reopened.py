"""A class that ends between approval and release: the outputs go back to the agencies and the board alone."""

from typing import Any

import pytest

from apps import outputs_way
from apps.hub_way import AsProcess
from apps.outputs_way import CHECKERS, MAYA
from apps.test_output_classes import JUNE, SAM, STRANGER, agreed, put_forward, room
from apps.way import STEWARDS, as_, person, refused
from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.audit.models import Event
from charteroak.outputs import actions, classing, queries, reopening
from charteroak.outputs import release as releasing
from charteroak.outputs.models import OutputClass, ReleaseRequest
from charteroak.policy.deadlines import business_days_after
from charteroak.workspaces.models import Workspace

__all__ = ["room"]
SDE = STEWARDS["SDE"]


@pytest.fixture
def record(as_process: AsProcess, room: Workspace) -> ReleaseRequest:
    """Approved by the board's chair, cleared ahead for every agency, and not yet released."""
    agreed()
    return outputs_way.approved(put_forward(as_process, room))


def taken_back() -> None:
    classing.take_back(pk=OutputClass.objects.get().pk, by=person(SDE), agency="SDE", because="Too broad.")


def told(record: ReleaseRequest, who: str = MAYA) -> dict[str, Any]:
    found: dict[str, Any] = as_(who).get(f"/api/outputs/{record.number}").json()
    return found


def cleared_and_released(as_process: AsProcess, record: ReleaseRequest) -> None:
    """The ordinary way: the agency looks, the board votes on what it now knows, the chair approves."""
    assert refused(actions.approve, pk=record.pk, by=person(JUNE)) == ["agencies_not_cleared"]
    actions.clear(pk=record.pk, by=person(SDE), agency="SDE")
    assert refused(actions.approve, pk=record.pk, by=person(JUNE)) == ["no_carried_motion"]
    record = ReleaseRequest.objects.get(pk=record.pk)
    assert queries.whose_turn(record) == "The board: its vote; then its chair releases the outputs"
    whose = f"“Approve the outputs”, about {record.number}"
    shown = as_(MAYA).get(record.get_absolute_url()).text
    assert whose in shown
    assert (shown.count("SDE: <strong>"), shown.count("DOL: <strong>")) == (1, 1)
    outputs_way.carried(record)
    assert whose not in as_(MAYA).get(record.get_absolute_url()).text
    actions.approve(pk=record.pk, by=person(JUNE))
    outputs_way.released(as_process, record)
    assert record.status == "released"


def test_the_release_that_finds_it_cleared_no_longer_sends_it_back_and_says_why_and_whose_turn_it_is(
    as_process: AsProcess, record: ReleaseRequest
) -> None:
    taken_back()
    with as_process("outputs"):
        assert not releasing.release(record.pk)
    events = Event.objects.order_by("index").filter(subject=f"outputs.releaserequest:{record.pk}")
    last = list(events.values_list("name", flat=True))[-2:]
    assert last == ["outputs:release_request:release:refused", "outputs:release_request:reopen"]
    record.refresh_from_db()
    assert (record.status, record.approved_by) == ("in_preview", None)
    due = business_days_after(clock.today(), 5, closed_days())
    assert queries.by_when(record) == due
    assert queries.whose_turn(record) == "Stewards of SDE, whose clearance ahead has ended; then the board"
    assert (told(record)["not_cleared"], told(record)["cleared_ahead_no_longer"]) == (["SDE"], ["SDE"])
    page = as_(MAYA).get(record.get_absolute_url()).text
    assert "whose clearance ahead has ended" in page
    assert record.get_absolute_url() in as_(SDE).get("/").text
    stewards = as_(SDE).get(record.get_absolute_url()).text
    assert "Clear these outputs for SDE" in stewards
    assert "cleared ahead no longer" in stewards
    for contrary in ("SDE: not yet cleared", "A class of outputs has cleared this for your agency"):
        assert contrary not in stewards
    assert (
        "A class of outputs has cleared this for your agency"
        in as_(STEWARDS["CSC"]).get(record.get_absolute_url()).text
    )
    cleared_and_released(as_process, record)


@pytest.mark.parametrize("who", [MAYA, CHECKERS[0], JUNE])
def test_where_the_release_is_late_the_author_a_checker_or_the_chair_sends_it_on(
    as_process: AsProcess, record: ReleaseRequest, who: str
) -> None:
    assert "reopen" not in told(record, who)["permitted"]
    assert "action-reopen" not in as_(who).get(record.get_absolute_url()).text
    assert refused(reopening.reopen, pk=record.pk, by=person(who)) == ["all_cleared"]
    classing.withdraw(pk=OutputClass.objects.get().pk, by=person(JUNE), because="Reconsidered.")
    assert queries.whose_turn(record).startswith("Author, output checker or board chair")
    assert "Send it back to CSC, DOL, SDE" in as_(who).get(record.get_absolute_url()).text
    assert record.get_absolute_url() in as_(who).get("/").text
    assert "reopen" in told(record, who)["permitted"]
    assert as_(who).post(f"/api/outputs/{record.number}/reopen").json()["status"] == "in_preview"
    with as_process("outputs"):
        assert not releasing.release(record.pk), "the release ordered before has nothing left to do"


def test_the_page_sends_it_on_too_and_nobody_else_does(as_process: AsProcess, record: ReleaseRequest) -> None:
    taken_back()
    for other in (SAM, SDE):
        assert refused(reopening.reopen, pk=record.pk, by=person(other)) == ["wrong_role"]
    assert as_(STRANGER).post(f"/outputs/{record.number}/reopen/").status_code == 404
    assert as_(CHECKERS[1]).post(f"/outputs/{record.number}/reopen/").status_code == 302
    record.refresh_from_db()
    assert record.status == "in_preview"
    cleared_and_released(as_process, record)


def test_an_agency_that_consents_again_needs_no_look_and_no_new_vote(
    as_process: AsProcess, record: ReleaseRequest
) -> None:
    taken_back()
    reopening.reopen(pk=record.pk, by=person(MAYA))
    classing.consent(pk=OutputClass.objects.get().pk, by=person(SDE), agency="SDE")
    actions.approve(pk=record.pk, by=person(JUNE))
    record.refresh_from_db()
    outputs_way.released(as_process, record)
