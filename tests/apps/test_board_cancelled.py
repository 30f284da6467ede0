"""A meeting is held on the day that was noticed and into the night after it, or cancelled with a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from apps import way
from apps.board_way import CONCERNED, JUNE, SAM, convene, moved
from apps.way import as_, refused
from charteroak.adapters import clock
from charteroak.agencies.worklist import Turn
from charteroak.audit.models import Event
from charteroak.board import actions, promises, seating
from charteroak.board.models import Meeting, Motion, Seat
from charteroak.board.worklist import todo, whose_turn
from charteroak.policy.motion import Choice
from charteroak.requests import actions as requests

pytestmark = pytest.mark.usefixtures("on_day_zero")


def noticed() -> Motion:
    motion = moved()
    actions.notice(pk=motion.meeting_id, by=way.person(SAM))
    return motion


def after_midnight(meeting: Meeting, hours: float) -> None:
    """So many hours into the day after the meeting's."""
    clock.move_to(clock.midnight(meeting.day + timedelta(days=1)) + timedelta(hours=hours))


def turns(username: str) -> list[tuple[Turn, str]]:
    return [(item.state, item.whose_turn) for item in todo(way.person(username))]


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=19, hours=3)])
def test_a_meeting_is_not_opened_or_joined_after_its_day(later: timedelta) -> None:
    motion, june = noticed(), way.person(JUNE)
    clock.move_to(motion.meeting.starts_at)
    for member in (*CONCERNED, JUNE):
        actions.attend(pk=motion.meeting_id, by=way.person(member))
    clock.move_to(motion.meeting.starts_at + later)
    assert refused(actions.open_, pk=motion.meeting_id, by=june) == ["day_passed"]
    assert refused(actions.attend, pk=motion.meeting_id, by=june) == ["day_passed"]
    assert "cancel" in as_(JUNE).get(motion.meeting.get_absolute_url()).text


def test_an_open_meeting_runs_on_past_midnight_and_is_not_taken_up_another_day() -> None:
    motion, grace, june = moved(), way.person("grace.stone"), way.person(JUNE)
    convene(motion, *CONCERNED, JUNE)
    after_midnight(motion.meeting, 5.9)
    for member in CONCERNED:
        actions.vote(pk=motion.pk, by=way.person(member), choice=Choice.APPROVE)
    after_midnight(motion.meeting, 6)
    late: dict[str, Any] = {"pk": motion.pk, "by": june}
    assert refused(actions.vote, pk=motion.pk, by=grace, choice=Choice.REJECT) == ["sitting_over"]
    assert refused(actions.declare, **late) == ["sitting_over"]
    assert "sitting_over" in refused(actions.set_conditions, **late, conditions="Tables only.")
    assert refused(actions.attend, pk=motion.meeting_id, by=june) == ["sitting_over"]
    assert refused(actions.cancel, pk=motion.meeting_id, by=june, because="Too late.") == ["wrong_status"]
    assert turns(JUNE) == [
        (Turn.YOURS, "Chair: postpone what is undecided, and close it: its day has passed")
    ]
    assert turns("grace.stone") == []
    actions.postpone(**late)
    actions.close(pk=motion.meeting_id, by=june)
    motion.refresh_from_db()
    assert (motion.status, motion.data_request.status) == ("postponed", "recommended")


def test_what_was_withdrawn_on_the_day_is_voted_on_no_longer_and_the_chair_postpones_it() -> None:
    motion, june = moved(), way.person(JUNE)
    convene(motion, *CONCERNED, JUNE)
    requests.withdraw(pk=motion.data_request_id, by=motion.data_request.applicant)
    approve: dict[str, Any] = {"pk": motion.pk, "by": way.person("grace.stone"), "choice": Choice.APPROVE}
    assert refused(actions.vote, **approve) == ["not_before_the_board"]
    assert "not_before_the_board" in refused(actions.declare, pk=motion.pk, by=june)
    assert (
        "withdrawn, sent back or decided meanwhile" in as_(JUNE).get(motion.meeting.get_absolute_url()).text
    )
    actions.postpone(pk=motion.pk, by=june)
    actions.close(pk=motion.meeting_id, by=june)


def test_no_follow_up_is_recorded_once_the_sitting_is_over() -> None:
    motion, june = moved(), way.person(JUNE)
    convene(motion, *CONCERNED, JUNE)
    after_midnight(motion.meeting, 6)
    late: dict[str, Any] = {"text": "Explain.", "reported_to": "Residents", "due_on": clock.today()}
    assert refused(promises.add_follow_up, pk=motion.meeting_id, by=june, **late) == ["sitting_over"]


def test_a_meeting_whose_day_has_passed_waits_for_who_cancels_it_and_for_nobody_else() -> None:
    motion = noticed()
    assert turns("grace.stone") == [(Turn.YOURS, "Members: take your seats; chair: open the meeting")]
    assert turns(SAM) == [(Turn.OTHERS, "Members: take your seats; chair: open the meeting")]
    after_midnight(motion.meeting, 9)
    waits = [(Turn.YOURS, "Policy office or chair: cancel it, its day has passed")]
    assert turns(SAM) == turns(JUNE) == waits
    assert turns("grace.stone") == []
    actions.cancel(pk=motion.meeting_id, by=way.person(SAM), because="No quorum came.")
    assert turns(SAM) == turns(JUNE) == []


def test_old_meetings_that_nobody_cancelled_hide_the_next_from_no_member() -> None:
    for _one in range(7):
        noticed()
    clock.move_to(clock.now() + timedelta(days=30))
    noticed()
    assert len(turns("grace.stone")) == 1


def test_a_noticed_meeting_is_cancelled_in_public_and_its_motions_are_postponed() -> None:
    motion = noticed()
    here = motion.meeting.get_absolute_url()
    before = next(iter(Calendar.from_ical(Client().get(f"{here}meeting.ics").content).events))
    assert "status" not in before
    assert refused(actions.cancel, pk=motion.meeting_id, by=way.person(SAM), because=" ") == [
        "because_missing"
    ]
    assert as_(SAM).post(f"{here}cancel/", {"because": ""}).status_code == 400
    assert as_(SAM).post(f"{here}cancel/", {"because": "A storm closes the building."}).status_code == 302
    motion.refresh_from_db()
    assert (motion.status, motion.data_request.status) == ("postponed", "recommended")
    page = Client().get(here).text
    assert "Cancelled on" in page
    assert "A storm closes the building." in page
    after = next(iter(Calendar.from_ical(Client().get(f"{here}meeting.ics").content).events))
    assert (after["status"], after["uid"]) == ("CANCELLED", before["uid"])
    assert "STATUS:CANCELLED" in Client().get("/board/?format=ics").text
    said = bytes(Event.objects.get(name="board:meeting:cancel").leaf).decode()
    assert f'"motions":[{motion.pk}]' in said
    assert "storm" not in said, "the log carries no free text"
    assert refused(actions.open_, pk=motion.meeting_id, by=way.person(JUNE)) == ["wrong_status"]
    again = moved()
    assert again.data_request == motion.data_request, "a later agenda takes it up"


def test_a_planned_meeting_is_cancelled_and_stays_with_those_who_planned_it() -> None:
    motion = moved()
    assert refused(actions.cancel, pk=motion.meeting_id, by=way.person("grace.stone"), because="x") == [
        "wrong_role"
    ]
    actions.cancel(pk=motion.meeting_id, by=way.person(JUNE), because="Nothing is ready.")
    here = motion.meeting.get_absolute_url()
    assert Client().get(here).status_code == as_("grace.stone").get(here).status_code == 404
    assert as_(SAM).get(here).status_code == 200


def test_no_letter_is_recorded_for_a_cancelled_meeting() -> None:
    motion, sam = noticed(), way.person(SAM)
    actions.cancel(pk=motion.meeting_id, by=sam, because="A storm.")
    letter = {"person": way.person(JUNE), "letter_on": clock.today(), "meeting": motion.meeting_id}
    seat = Seat.objects.get(agency__code="DOL", until=None)
    assert refused(seating.name_stand_in, pk=seat.pk, by=sam, **letter) == ["meeting_over"]


def test_a_meeting_that_can_no_longer_be_noticed_says_whose_turn_it_is() -> None:
    motion = moved()
    clock.move_to(motion.meeting.starts_at + timedelta(days=2))
    assert whose_turn(motion.meeting) == "Policy office or chair: cancel it, its day has passed"
    assert "too_little_notice" in refused(actions.notice, pk=motion.meeting_id, by=way.person(SAM))
