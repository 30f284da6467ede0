"""Every write of a board: meetings planned, noticed, opened and closed; motions voted on and declared."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person, RoleHeld
from charteroak.agencies.queries import administration_on, authority_of
from charteroak.audit import actions as audit
from charteroak.board.models import Attendance, Board, FollowUp, Meeting, Motion, Seat, Vote
from charteroak.board.queries import (
    concerned,
    may_add_follow_up,
    may_add_motion,
    may_plan,
    may_report,
    meeting_facts,
    motion_facts,
    ready_for_the_board,
    result,
    roles_of,
    seat_of,
    seats,
    standing_votes,
)
from charteroak.policy import meeting, motion
from charteroak.policy.roles import Role
from charteroak.requests import actions as requests
from charteroak.requests.models import DataRequest


@transaction.atomic
def load(boards: Iterable[Mapping[str, Any]], *, by: str) -> None:
    """Take in boards and their seats from a setup file: each seat is held by its agency's board member."""
    given = list(boards)
    for one in given:
        board, _made = Board.objects.get_or_create(name=one["name"])
        for code in one["seats"]:
            agency = Agency.objects.get(code=code)
            held = RoleHeld.objects.filter(role=Role.BOARD_MEMBER, agency=agency).latest("since")
            Seat.objects.get_or_create(
                board=board, agency=agency, defaults={"person": held.person, "since": held.since}
            )
    audit.record("board:setup:load", by=by, subject="boards", boards=len(given))


def _require(record: Meeting, action: meeting.Action, by: Person) -> None:
    meeting.LIFECYCLE.may(
        meeting.Status(record.status), action, roles_of(by, record), meeting_facts(record, by)
    ).require()


def _locked(pk: int) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).select_related("board").get(pk=pk)


@transaction.atomic
def plan(*, by: Person, board: int, starts_at: datetime, place: str) -> Meeting:
    """Plan a meeting; it counts for nothing until it is noticed."""
    may_plan(by).require()
    record = Meeting.objects.create(board_id=board, starts_at=starts_at, place=place)
    audit.record(
        "board:meeting:plan", by=by, subject=record, starts_at=starts_at.isoformat(timespec="minutes")
    )
    return record


@transaction.atomic
def add_motion(*, pk: int, by: Person, kind: str, data_request: int, text: str, about: str = "") -> Motion:
    """Put a motion on the agenda; after the notice has gone out the agenda is closed."""
    record = _locked(pk)
    about_request = DataRequest.objects.get(pk=data_request)
    may_add_motion(record, by, ready_for_the_board(kind, about_request, about)).require()
    added = Motion.objects.create(
        meeting=record, kind=kind, data_request=about_request, about=about, text=text
    )
    audit.record(
        "board:motion:add", by=by, subject=added, meeting=record.pk, number=about_request.number, kind=kind
    )
    return added


@transaction.atomic
def notice(*, pk: int, by: Person) -> None:
    """Publish time, place and agenda, at least seven days ahead."""
    record = _locked(pk)
    _require(record, meeting.Action.NOTICE, by)
    record.status = meeting.Status.NOTICED
    record.noticed_by, record.noticed_at = by, clock.now()
    record.save()
    audit.record("board:meeting:notice", by=by, subject=record)


@transaction.atomic
def attend(*, pk: int, by: Person) -> None:
    """A member takes their seat; who sits there already is not seated twice."""
    record = _locked(pk)
    _require(record, meeting.Action.ATTEND, by)
    _seated, new = Attendance.objects.get_or_create(
        meeting=record, seat=seat_of(by, record), defaults={"at": clock.now()}
    )
    if new:
        audit.record("board:meeting:attend", by=by, subject=record)


@transaction.atomic
def open_(*, pk: int, by: Person) -> None:
    """The chair opens the meeting once a quorum is present."""
    record = _locked(pk)
    _require(record, meeting.Action.OPEN, by)
    record.status = meeting.Status.OPEN
    record.opened_by, record.opened_at = by, clock.now()
    record.save()
    facts = meeting_facts(record)
    audit.record(
        "board:meeting:open",
        by=by,
        subject=record,
        seats=facts.seats,
        present=facts.present,
        quorum=facts.quorum,
    )


def _locked_motion(pk: int) -> Motion:
    return (
        Motion.objects.select_for_update(of=("self",))
        .select_related("meeting__board", "data_request")
        .get(pk=pk)
    )


@transaction.atomic
def vote(*, pk: int, by: Person, choice: motion.Choice, reason: str = "") -> None:
    """Cast or correct the vote of one's seat; the latest stands, all stay on the record."""
    record = _locked_motion(pk)
    motion.LIFECYCLE.may(
        motion.Status(record.status),
        motion.Action.VOTE,
        roles_of(by, record.meeting),
        motion_facts(record, by, choice),
    ).require()
    seat = seats(record.meeting).get(person=by)
    Vote.objects.create(motion=record, seat=seat, choice=choice, reason=reason, by=by, at=clock.now())
    audit.record("board:motion:vote", by=by, subject=record, agency=seat.agency.code, choice=choice.value)


@transaction.atomic
def declare(*, pk: int, by: Person) -> None:
    """The chair declares the result. A carried motion on a request approves it; a lost one declines it."""
    record = _locked_motion(pk)
    facts = motion_facts(record, by)
    action = result(facts)
    roles = roles_of(by, record.meeting)
    motion.LIFECYCLE.may(motion.Status(record.status), action, roles, facts).require()
    record.status = motion.LIFECYCLE.after(motion.Status(record.status), action)
    record.declared_by, record.declared_at = by, clock.now()
    record.save()
    today, administration = clock.today(), administration_on(clock.today())
    authorities = [(seat.agency.code, authority_of(seat.agency, today)) for seat in concerned(record)]
    votes = [f"{vote.seat.agency.code}:{vote.choice}" for vote in standing_votes(record).values()]
    if record.kind == Motion.Kind.APPROVE_REQUEST:
        decide = requests.approve if record.status == motion.Status.CARRIED else requests.decline
        decide(pk=record.data_request_id, by=by, motion=record.pk)
    audit.record(
        f"board:motion:{action.value}",
        by=by,
        subject=record,
        kind=record.kind,
        number=record.data_request.number,
        about=record.about,
        votes=votes,
        authorities=[f"{code}:{found.code if found else 'none'}" for code, found in authorities],
        administration=f"{administration.agency.code}:{administration.code}" if administration else None,
    )


@transaction.atomic
def postpone(*, pk: int, by: Person) -> None:
    """Leave a motion undecided, so that the meeting can close; a later agenda may take it up."""
    record = _locked_motion(pk)
    motion.LIFECYCLE.may(
        motion.Status(record.status),
        motion.Action.POSTPONE,
        roles_of(by, record.meeting),
        motion_facts(record, by),
    ).require()
    record.status = motion.LIFECYCLE.after(motion.Status(record.status), motion.Action.POSTPONE)
    record.save()
    audit.record("board:motion:postpone", by=by, subject=record, number=record.data_request.number)


@transaction.atomic
def add_follow_up(*, pk: int, by: Person, text: str, reported_to: str, due_on: date) -> FollowUp:
    """Record what the board promised, to whom it will be reported and by when."""
    record = _locked(pk)
    may_add_follow_up(record, by).require()
    added = FollowUp.objects.create(meeting=record, text=text, reported_to=reported_to, due_on=due_on)
    audit.record("board:follow_up:add", by=by, subject=added, meeting=record.pk, due_on=str(due_on))
    return added


@transaction.atomic
def report_follow_up(*, pk: int, by: Person) -> None:
    """The policy office has reported it to the advisory board."""
    record = FollowUp.objects.select_for_update().get(pk=pk)
    may_report(record, by).require()
    record.reported_by, record.reported_at = by, clock.now()
    record.save()
    audit.record("board:follow_up:report", by=by, subject=record)


@transaction.atomic
def close(*, pk: int, by: Person) -> None:
    """Close the meeting; its minutes are drawn from the record."""
    record = _locked(pk)
    _require(record, meeting.Action.CLOSE, by)
    record.status = meeting.Status.CLOSED
    record.closed_by, record.closed_at = by, clock.now()
    record.minutes = _minutes(record)
    record.save()
    audit.record("board:meeting:close", by=by, subject=record)


@override(settings.LANGUAGE_CODE)  # whatever language the page of the one who closes is in
def _minutes(record: Meeting) -> str:
    present = ", ".join(a.seat.agency.code for a in record.attendance.select_related("seat__agency"))
    lines = [f"{record}. Present: {present}."]
    for item in record.motions.all():
        votes = ", ".join(f"{v.seat.agency.code} {v.choice}" for v in standing_votes(item).values())
        lines.append(f"{item.text} Votes: {votes}. {item.get_status_display().capitalize()}.")
    lines += [
        f"Follow-up: {one.text} To {one.reported_to} by {one.due_on:%B %-d, %Y}."
        for one in record.follow_ups.all()
    ]
    return "\n".join(lines)
