"""Every write of a board: meetings planned, noticed, opened, closed and cancelled; motions voted on and declared."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.queries import administration_on, authority_of
from charteroak.audit import actions as audit
from charteroak.board import minutes
from charteroak.board.models import Attendance, Meeting, Motion, Seat, Vote
from charteroak.board.queries import (
    agencies_concerned,
    decision_on,
    may_add_motion,
    may_plan,
    meeting_facts,
    motion_facts,
    ready_for_the_board,
    result,
    standing_conditions,
    standing_votes,
)
from charteroak.board.seats import roles_of, seat_of, to_take
from charteroak.policy import meeting, motion
from charteroak.requests import actions as requests
from charteroak.requests.models import DataRequest


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
def add_motion(
    *,
    pk: int,
    by: Person,
    kind: str,
    data_request: int,
    text: str,
    about: str = "",
    conditions: str = "",
    once: UUID | None = None,
) -> Motion:
    """Put a motion on the agenda; after the notice has gone out the agenda is closed. One form adds one (`once`).

    Without a word on the conditions, a change is put to the vote on those of what it changes.
    """
    record = _locked(pk)
    if once is not None and (same := record.motions.filter(once=once).first()):
        return same
    about_request = DataRequest.objects.get(pk=data_request)
    may_add_motion(record, by, ready_for_the_board(kind, about_request, about)).require()
    decides = kind == Motion.Kind.APPROVE_REQUEST
    added = Motion.objects.create(
        meeting=record,
        kind=kind,
        data_request=about_request,
        about=about,
        text=text,
        conditions=conditions.strip() or (standing_conditions(about_request) if decides else ""),
        once=once,
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
def cancel(*, pk: int, by: Person, because: str) -> None:
    """The meeting is not held: its page says so and why, and what was on its agenda may go on a later one."""
    record = _locked(pk)
    known = replace(meeting_facts(record, by), because_said=bool(because.strip()))
    status, roles = meeting.Status(record.status), roles_of(by, record)
    meeting.LIFECYCLE.may(status, meeting.Action.CANCEL, roles, known).require()
    record.status = meeting.Status.CANCELLED
    record.cancelled_by, record.cancelled_at, record.cancelled_because = by, clock.now(), because
    record.save()
    put_back = list(record.motions.filter(status=motion.Status.ON_AGENDA))
    for one in put_back:
        motion.LIFECYCLE.may(
            motion.Status(one.status), motion.Action.PUT_BACK, roles, motion.Facts(meeting_cancelled=True)
        ).require()
        one.status = motion.Status.POSTPONED
        one.save(update_fields=["status"])
    audit.record(
        "board:meeting:cancel",
        by=by,
        subject=record,
        noticed=record.noticed_at is not None,
        motions=[one.pk for one in put_back],
    )


@transaction.atomic
def attend(*, pk: int, by: Person) -> None:
    """A member takes their seat, also from who sat in their place, and every seat that a letter gives them."""
    record = _locked(pk)
    _require(record, meeting.Action.ATTEND, by)
    taken, at = to_take(by, record).now, clock.now()
    for seat in taken:
        Attendance.objects.update_or_create(meeting=record, seat=seat, defaults={"at": at, "person": by})
    if taken:
        audit.record("board:meeting:attend", by=by, subject=record, seats=[seat.name for seat in taken])


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
def vote(*, pk: int, by: Person, choice: motion.Choice, reason: str = "", seat_pk: int | None = None) -> None:
    """Cast or correct the vote of one's seat, or of one held by proxy; the latest stands, all stay on the record."""
    record = _locked_motion(pk)
    motion.LIFECYCLE.may(
        motion.Status(record.status),
        motion.Action.VOTE,
        roles_of(by, record.meeting, seat_pk),
        motion_facts(record, by, choice, seat_pk),
    ).require()
    seat = seat_of(by, record.meeting, seat_pk)
    if seat is None:
        raise Seat.DoesNotExist
    Vote.objects.create(motion=record, seat=seat, choice=choice, reason=reason, by=by, at=clock.now())
    audit.record("board:motion:vote", by=by, subject=record, seat=seat.name, choice=choice.value)


@transaction.atomic
def declare(*, pk: int, by: Person) -> None:
    """The chair declares the result. A carried motion on a request approves it; a lost one declines it."""
    record = _locked_motion(pk)
    facts = motion_facts(record, by)
    action = result(facts)
    roles = roles_of(by, record.meeting)
    motion.LIFECYCLE.may(motion.Status(record.status), action, roles, facts).require()
    record.status = motion.LIFECYCLE.after(motion.Status(record.status), action)
    record.declared_by, record.declared_at, record.majority = by, clock.now(), facts.majority
    record.save()
    today, administration = clock.today(), administration_on(clock.today())
    authorities = [(a.code, authority_of(a, today)) for a in agencies_concerned(record)]
    votes = [f"{vote.seat.name}:{vote.choice}" for vote in standing_votes(record).values()]
    if record.kind == Motion.Kind.RECONSIDER and record.status == motion.Status.CARRIED:
        _supersede(record, by)
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
        majority=record.majority,
        votes=votes,
        authorities=[f"{code}:{found.code if found else 'none'}" for code, found in authorities],
        administration=f"{administration.agency.code}:{administration.code}" if administration else None,
    )


def _supersede(record: Motion, by: Person) -> None:
    """The decision that is reconsidered stands no longer; the request waits for the board anew."""
    earlier = decision_on(record.data_request)
    if earlier is None:
        raise Motion.DoesNotExist
    known, roles = motion.Facts(reconsidered=True), roles_of(by, record.meeting)
    motion.LIFECYCLE.may(motion.Status(earlier.status), motion.Action.SUPERSEDE, roles, known).require()
    earlier.status = motion.Status.SUPERSEDED
    earlier.save(update_fields=["status"])
    requests.reconsider(pk=record.data_request_id, by=by, motion=record.pk)


@transaction.atomic
def set_conditions(*, pk: int, by: Person, conditions: str) -> None:
    """Put conditions to the motion, in the open meeting and before the first vote on it."""
    record = _locked_motion(pk)
    motion.LIFECYCLE.may(
        motion.Status(record.status),
        motion.Action.SET_CONDITIONS,
        roles_of(by, record.meeting),
        motion_facts(record, by),
    ).require()
    record.conditions = conditions
    record.save(update_fields=["conditions"])
    audit.record("board:motion:set_conditions", by=by, subject=record, number=record.data_request.number)


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
def close(*, pk: int, by: Person) -> None:
    """Close the meeting; its minutes are drawn from the record."""
    record = _locked(pk)
    _require(record, meeting.Action.CLOSE, by)
    record.status = meeting.Status.CLOSED
    record.closed_by, record.closed_at = by, clock.now()
    record.minutes = minutes.drafted(record)
    record.save()
    audit.record("board:meeting:close", by=by, subject=record)
