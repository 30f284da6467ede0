"""The board: notice, quorum, who votes on what, results, follow-ups, minutes; by members, the chair, strangers."""

from datetime import timedelta

import pytest

from apps import way
from apps.board_way import CONCERNED, convene
from apps.way import refused
from charteroak.adapters import clock
from charteroak.agencies import actions as agencies
from charteroak.audit.models import Event
from charteroak.board import actions, boards, promises, queries
from charteroak.board.models import Board, Meeting, Motion, Seat
from charteroak.board.worklist import by_when
from charteroak.policy.motion import Choice
from charteroak.policy.roles import Role

pytestmark = pytest.mark.usefixtures("on_day_zero")

QUORUM = (*CONCERNED, "carl.winter")


@pytest.fixture
def motion() -> Motion:
    """On the agenda of a meeting in eight days, not yet noticed."""
    record, sam = way.recommended(), way.person("sam.reyes")
    meeting = actions.plan(
        by=sam, board=Board.objects.get().pk, starts_at=clock.now() + timedelta(days=8), place="Room 2B"
    )
    return actions.add_motion(
        pk=meeting.pk, by=sam, kind="approve_request", data_request=record.pk, text="Approve request 042."
    )


def vote(motion: Motion, member: str, choice: Choice) -> None:
    actions.vote(pk=motion.pk, by=way.person(member), choice=choice)


def status(motion: Motion) -> tuple[str, str]:
    motion.refresh_from_db()
    motion.data_request.refresh_from_db()
    return motion.status, motion.data_request.status


def test_loading_the_boards_twice_changes_nothing() -> None:
    boards.load([{"name": "Data Governing Board", "seats": ["SDE", "DAS"]}], by="setup")
    assert Board.objects.count() == 1
    assert Seat.objects.count() == 6


def test_a_meeting_is_noticed_a_week_ahead_or_not_at_all(motion: Motion) -> None:
    clock.move_to(motion.meeting.starts_at - timedelta(days=6, hours=23))
    assert refused(actions.notice, pk=motion.meeting_id, by=way.person("sam.reyes")) == ["too_little_notice"]


def test_a_planned_meeting_waits_for_its_notice_until_a_week_before(motion: Motion) -> None:
    assert by_when(motion.meeting) == motion.meeting.day - timedelta(days=7)
    actions.notice(pk=motion.meeting_id, by=way.person("sam.reyes"))
    motion.meeting.refresh_from_db()
    assert by_when(motion.meeting) == motion.meeting.day


def test_an_agenda_is_closed_by_its_notice(motion: Motion) -> None:
    sam = way.person("sam.reyes")
    actions.notice(pk=motion.meeting_id, by=sam)
    late = {"kind": "approve_request", "data_request": motion.data_request_id, "text": "One more."}
    assert refused(actions.add_motion, pk=motion.meeting_id, by=sam, **late) == ["agenda_closed"]


def test_three_of_six_seats_are_no_quorum_and_four_are(motion: Motion) -> None:
    actions.notice(pk=motion.meeting_id, by=way.person("sam.reyes"))
    clock.move_to(motion.meeting.starts_at + timedelta(minutes=1))
    for member in CONCERNED:
        actions.attend(pk=motion.meeting_id, by=way.person(member))
    june = way.person("june.fisher")
    assert refused(actions.open_, pk=motion.meeting_id, by=june) == ["no_quorum"]
    actions.attend(pk=motion.meeting_id, by=way.person("tom.avery"))
    actions.open_(pk=motion.meeting_id, by=june)
    opened = Event.objects.get(name="board:meeting:open")
    assert '"quorum":4' in bytes(opened.leaf).decode()


def test_nobody_votes_before_the_meeting_opens_or_from_outside_it(motion: Motion) -> None:
    grace = way.person("grace.stone")
    before = refused(actions.vote, pk=motion.pk, by=grace, choice=Choice.APPROVE)
    assert before == ["meeting_not_open", "no_quorum", "not_present"]
    convene(motion, *QUORUM)
    tom = way.person("tom.avery")
    assert refused(actions.vote, pk=motion.pk, by=tom, choice=Choice.NOTE) == ["not_present"]
    for stranger in ("maya.ortiz", "sam.reyes", "eve.lang"):
        by = way.person(stranger)
        assert refused(actions.vote, pk=motion.pk, by=by, choice=Choice.APPROVE) == ["wrong_role"]


def test_who_shares_the_applicants_employer_recuses(motion: Motion) -> None:
    convene(motion, *QUORUM)
    carl = way.person("carl.winter")
    assert refused(actions.vote, pk=motion.pk, by=carl, choice=Choice.NOTE) == ["must_recuse"]
    vote(motion, "carl.winter", Choice.RECUSE)


def test_members_decide_on_their_own_agencys_records_only(motion: Motion) -> None:
    convene(motion, *QUORUM, "june.fisher", "tom.avery")
    june, tom, ruth = (way.person(name) for name in ("june.fisher", "tom.avery", "ruth.vega"))
    assert refused(actions.vote, pk=motion.pk, by=june, choice=Choice.APPROVE) == ["not_concerned"]
    assert refused(actions.vote, pk=motion.pk, by=tom, choice=Choice.APPROVE) == ["seat_without_vote"]
    assert refused(actions.vote, pk=motion.pk, by=ruth, choice=Choice.NOTE) == ["must_decide"]
    vote(motion, "june.fisher", Choice.NOTE)
    vote(motion, "tom.avery", Choice.NOTE)


def test_without_the_vote_of_every_member_concerned_nothing_is_declared(motion: Motion) -> None:
    convene(motion, *QUORUM)
    vote(motion, "grace.stone", Choice.APPROVE)
    june = way.person("june.fisher")
    assert refused(actions.declare, pk=motion.pk, by=june) == ["votes_missing"]
    assert refused(actions.declare, pk=motion.pk, by=way.person("grace.stone")) == ["wrong_role"]
    assert refused(actions.close, pk=motion.meeting_id, by=june) == ["motions_undecided"]


def test_the_members_concerned_carry_a_motion_and_the_request_is_approved(motion: Motion) -> None:
    convene(motion, *QUORUM)
    for member in CONCERNED:
        vote(motion, member, Choice.APPROVE)
    actions.declare(pk=motion.pk, by=way.person("june.fisher"))
    assert status(motion) == ("carried", "approved")
    assert queries.carried("approve_request", motion.data_request_id) == motion
    assert queries.carried("approve_outputs", motion.data_request_id, "042-1") is None
    said = bytes(Event.objects.get(name="board:motion:declare_carried").leaf).decode()
    assert "SDE:approve" in said
    assert "OPM:Public_Act_25" in said, "who administered the initiative that day"


def test_one_member_concerned_against_it_and_the_request_is_declined(motion: Motion) -> None:
    convene(motion, *QUORUM)
    for member in CONCERNED[:2]:
        vote(motion, member, Choice.APPROVE)
    vote(motion, "ruth.vega", Choice.REJECT)
    actions.declare(pk=motion.pk, by=way.person("june.fisher"))
    assert status(motion) == ("lost", "declined")
    assert queries.carried("approve_request", motion.data_request_id) is None


def test_a_motion_that_everyone_recused_from_is_lost(motion: Motion) -> None:
    convene(motion, *QUORUM)
    for member in CONCERNED:
        vote(motion, member, Choice.RECUSE)
    actions.declare(pk=motion.pk, by=way.person("june.fisher"))
    assert status(motion) == ("lost", "declined")


def test_a_later_vote_of_a_seat_counts_and_the_earlier_one_stays_on_the_record(motion: Motion) -> None:
    convene(motion, *QUORUM)
    vote(motion, "grace.stone", Choice.REJECT)
    for member in CONCERNED:
        vote(motion, member, Choice.APPROVE)
    actions.declare(pk=motion.pk, by=way.person("june.fisher"))
    assert status(motion) == ("carried", "approved")
    assert motion.votes.count() == 4


def test_a_declared_motion_takes_no_more_votes(motion: Motion) -> None:
    convene(motion, *QUORUM)
    for member in CONCERNED:
        vote(motion, member, Choice.APPROVE)
    june = way.person("june.fisher")
    actions.declare(pk=motion.pk, by=june)
    grace = way.person("grace.stone")
    assert refused(actions.vote, pk=motion.pk, by=grace, choice=Choice.REJECT) == ["wrong_status"]
    assert refused(actions.declare, pk=motion.pk, by=june) == ["wrong_status"]


def test_an_absent_member_postpones_and_the_next_agenda_takes_it_up(motion: Motion) -> None:
    convene(motion, *CONCERNED[:2], "carl.winter", "tom.avery")
    june = way.person("june.fisher")
    actions.postpone(pk=motion.pk, by=june)
    actions.close(pk=motion.meeting_id, by=june)
    assert status(motion) == ("postponed", "recommended")


def test_the_minutes_say_who_came_how_they_voted_and_what_was_promised(motion: Motion) -> None:
    convene(motion, *QUORUM)
    for member in CONCERNED:
        vote(motion, member, Choice.APPROVE)
    vote(motion, "carl.winter", Choice.RECUSE)
    june, due = way.person("june.fisher"), clock.today() + timedelta(days=30)
    actions.declare(pk=motion.pk, by=june)
    promised = promises.add_follow_up(
        pk=motion.meeting_id,
        by=june,
        text="Explain suppression.",
        reported_to="Resident Advisory Board",
        due_on=due,
    )
    actions.close(pk=motion.meeting_id, by=june)
    minutes = Meeting.objects.get().minutes
    assert "Present: CSC, DOL, OWS, SDE." in minutes
    assert "OWS recuse" in minutes
    assert "Carried." in minutes
    assert "Explain suppression." in minutes
    assert refused(promises.report_follow_up, pk=promised.pk, by=june) == ["wrong_role"]
    promises.report_follow_up(pk=promised.pk, by=way.person("sam.reyes"))
    promised.refresh_from_db()
    assert promised.reported_at is not None


def test_the_public_sees_a_meeting_once_it_is_noticed(motion: Motion) -> None:
    assert not queries.visible_to(None).exists()
    assert not queries.visible_to(way.person("grace.stone")).exists()
    assert queries.visible_to(way.person("sam.reyes")).exists()
    actions.notice(pk=motion.meeting_id, by=way.person("sam.reyes"))
    assert queries.visible_to(None).exists()


@pytest.mark.parametrize("username", ["maya.ortiz", "grace.stone", "ann.weiss", "pat.lee"])
def test_nobody_else_plans_notices_or_opens(motion: Motion, username: str) -> None:
    by = way.person(username)
    planned = {"board": motion.meeting.board_id, "starts_at": clock.now(), "place": "Somewhere"}
    assert refused(actions.plan, by=by, **planned) == ["wrong_role"]
    assert refused(actions.notice, pk=motion.meeting_id, by=by) == ["wrong_role"]
    actions.notice(pk=motion.meeting_id, by=way.person("sam.reyes"))
    assert refused(actions.open_, pk=motion.meeting_id, by=by) == ["wrong_role"]


def test_a_follow_up_is_reported_once_and_that_report_stays(motion: Motion) -> None:
    convene(motion, *QUORUM)
    june, sam = way.person("june.fisher"), way.person("sam.reyes")
    promise = {"text": "Explain.", "reported_to": "Advisory board", "due_on": clock.today()}
    assert refused(promises.add_follow_up, pk=motion.meeting_id, by=sam, **promise) == ["wrong_role"]
    promised = promises.add_follow_up(pk=motion.meeting_id, by=june, **promise)  # type: ignore[arg-type] # as given above
    promises.report_follow_up(pk=promised.pk, by=sam)
    promised.refresh_from_db()
    first = promised.reported_at
    assert refused(promises.report_follow_up, pk=promised.pk, by=sam) == ["wrong_status"]
    promised.refresh_from_db()
    assert promised.reported_at == first


def test_the_board_is_not_asked_before_the_agencies_have_decided(motion: Motion) -> None:
    sam = way.person("sam.reyes")
    asked = {"pk": motion.meeting_id, "by": sam, "text": "Approve."}
    early = way.filled_in()
    not_yet = refused(actions.add_motion, kind="approve_request", data_request=early.pk, **asked)
    outputs = refused(
        actions.add_motion,
        kind="approve_outputs",
        data_request=motion.data_request_id,
        about="042-1",
        **asked,
    )
    assert not_yet == outputs == ["not_ready"]


def test_who_lost_the_office_of_a_seat_does_not_vote_for_it_by_another_office(motion: Motion) -> None:
    convene(motion, *QUORUM)
    grace, sam = way.person("grace.stone"), way.person("sam.reyes")
    agencies.grant_role(person=grace.pk, role=Role.BOARD_MEMBER, agency="OEC", by=sam)
    agencies.end_role(held=grace.roles_held.get(role=Role.BOARD_MEMBER, agency__code="SDE").pk, by=sam)
    assert refused(actions.vote, pk=motion.pk, by=grace, choice=Choice.APPROVE) == ["wrong_role"]


def test_who_sits_already_is_not_seated_again(motion: Motion) -> None:
    convene(motion, *QUORUM)
    seated = Event.objects.filter(name="board:meeting:attend").count()
    actions.attend(pk=motion.meeting_id, by=way.person(QUORUM[0]))
    assert Event.objects.filter(name="board:meeting:attend").count() == seated
