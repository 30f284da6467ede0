"""What a meeting's rules need to know: seats, quorum, who is concerned, who must recuse, how votes stand."""

from collections.abc import Collection
from dataclasses import replace

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.board.models import Meeting, Motion, Seat, Vote
from charteroak.board.seats import ToTake, roles_of, seat_of, seats, to_take
from charteroak.policy import data_request, meeting, motion
from charteroak.policy.agency_review import SHARED
from charteroak.policy.decision import ALLOWED, Decision
from charteroak.policy.motion import Choice
from charteroak.policy.roles import Role
from charteroak.policy.seat import Kind, decides
from charteroak.requests.models import DataRequest
from charteroak.requests.queries import on_team
from charteroak.requests.queries import visible_to as requests_visible_to


def meeting_facts(record: Meeting, by: Person | None = None) -> meeting.Facts:
    return _meeting_facts(record, by, to_take(by, record) if by is not None else ToTake([], [], []))


def _meeting_facts(record: Meeting, by: Person | None, left: ToTake) -> meeting.Facts:
    counted = seats(record).filter(kind__in=record.board.counted)
    return meeting.Facts(
        actor_seated=by is not None and seat_of(by, record) is not None,
        left_to_holder=bool(left.waiting) and not left.now,
        stand_in_voted=bool(left.voted) and not left.now,
        until_start=record.starts_at - clock.now(),
        since_day=record.since_day,
        agenda_items=record.motions.count(),
        notice=record.board.notice,
        share=record.board.share,
        seats=counted.count(),
        present=record.attendance.filter(seat__in=counted).count(),
        undecided_motions=record.motions.filter(status=motion.Status.ON_AGENDA).count(),
    )


def concerned(record: Motion) -> list[Seat]:
    """The seats that decide: of agencies whose records are asked for, and of the other kinds that vote here."""
    voting = record.meeting.board.voting
    asked = {agency.pk for agency in agencies_concerned(record)}
    return [
        one
        for one in seats(record.meeting)
        if decides(Kind(one.kind), votes=one.kind in voting, asked=one.agency_id in asked)
    ]


def agencies_concerned(record: Motion) -> QuerySet[Agency]:
    """Whose records are asked for; for outputs, of those that allowed a column."""
    columns = record.data_request.columns.all()
    if record.kind in (Motion.Kind.APPROVE_OUTPUTS, Motion.Kind.PRECLEAR_OUTPUTS):
        columns = columns.filter(choice__in=SHARED)
    return Agency.objects.filter(datasets__variables__in=columns.values("variable")).distinct()


def conflicted(seat: Seat, record: Motion, by: Person) -> bool:
    """Holder and stand-in alike: on the project's team, or of the applicant's employer, they have a stake in it."""
    employer = record.data_request.applicant.employer_id
    return (
        on_team(seat.person, record.data_request)
        or on_team(by, record.data_request)
        or (employer is not None and employer in (seat.agency_id, by.employer_id))
    )


def standing_votes(record: Motion) -> dict[int, Vote]:
    """The latest vote of each seat, by seat."""
    return {
        vote.seat_id: vote for vote in record.votes.select_related("seat__agency", "by").order_by("at", "pk")
    }


def tally(record: Motion, majority: str, votes: Collection[Vote]) -> motion.Facts:
    """The votes that stand, counted for and against."""
    approve = [vote.seat.agency_id for vote in votes if vote.choice == Choice.APPROVE]
    asked = {agency.pk for agency in agencies_concerned(record)}
    return motion.Facts(
        majority=motion.Majority(majority),
        approvals=len(approve),
        rejections=sum(vote.choice == Choice.REJECT for vote in votes),
        agencies_approving=sum(agency in asked for agency in approve),
        votes_cast=len(votes),
    )


def _not_voted(record: Motion, asked: list[Seat], votes: Collection[int]) -> tuple[str, ...]:
    """Who has still to vote: every agency whose records are asked for, come or not, and who else decides and came."""
    agencies = {agency.pk: agency.code for agency in agencies_concerned(record)}
    came = set(record.meeting.attendance.values_list("seat", flat=True))
    waited = [one for one in asked if one.agency_id in agencies or one.pk in came]
    seated = {one.agency_id for one in asked}
    unseated = [code for pk, code in agencies.items() if pk not in seated]
    return (*(one.name for one in waited if one.pk not in votes), *unseated)


def sitting(record: Meeting) -> Decision:
    """Whether what is done in a meeting may still be done: into the night after its day and no further."""
    late = meeting.sitting_over(meeting.Facts(since_day=record.since_day))
    return Decision((late,)) if late else ALLOWED


def motion_facts(
    record: Motion, by: Person, choice: Choice | None = None, seat_pk: int | None = None
) -> motion.Facts:
    whole = meeting_facts(record.meeting)
    seat = seat_of(by, record.meeting, seat_pk)
    votes, asked = standing_votes(record), concerned(record)
    return replace(
        tally(record, record.meeting.board.majority, votes.values()),
        ready=ready_for_the_board(record.kind, record.data_request, record.about),
        meeting_open=record.meeting.status == meeting.Status.OPEN,
        sitting=sitting(record.meeting),
        meeting_cancelled=record.meeting.status == meeting.Status.CANCELLED,
        quorum=whole.present >= whole.quorum,
        present_seats=whole.present,
        seats_needed=whole.quorum,
        actor_present=seat is not None and record.meeting.attendance.filter(seat=seat, person=by).exists(),
        actor_conflicted=seat is not None and conflicted(seat, record, by),
        actor_votes=seat is None or seat.kind in record.meeting.board.voting,
        choice=choice,
        actor_concerned=seat is not None and seat.pk in {other.pk for other in asked},
        concerned_not_voted=_not_voted(record, asked, votes),
    )


def result(facts: motion.Facts) -> motion.Action:
    """What the votes, once complete, let the chair declare."""
    return motion.Action.DECLARE_CARRIED if motion.carries(facts) else motion.Action.DECLARE_LOST


def carried(kind: str, data_request: int, about: str = "") -> Motion | None:
    """The board's carried motion on a request, or on its outputs numbered `about`."""
    return (
        Motion.objects.filter(kind=kind, data_request=data_request, about=about, status=motion.Status.CARRIED)
        .order_by("-declared_at")
        .first()
    )


def visible_to(person: Person | None) -> QuerySet[Meeting]:
    """Meetings are public once noticed; before that, those who prepare them see them."""
    found = Meeting.objects.select_related("board")
    if person is not None and sets_agenda(person):
        return found
    never_noticed = Q(status=meeting.Status.CANCELLED, noticed_at=None)
    return found.exclude(status=meeting.Status.PLANNED).exclude(never_noticed)


def sets_agenda(person: Person) -> bool:
    return bool(person.roles(clock.today()) & {Role.POLICY_OFFICE, Role.BOARD_CHAIR})


def may_plan(person: Person) -> Decision:
    """Whether this person may plan a meeting."""
    return meeting.LIFECYCLE.may(None, meeting.Action.PLAN, person.roles(clock.today()), meeting.Facts())


def may_add_motion(record: Meeting, person: Person, ready: bool = True) -> Decision:
    """Whether this person may put a motion on the agenda, of something that is `ready` for the board."""
    known = motion.Facts(agenda_open=record.status == meeting.Status.PLANNED, ready=ready)
    return motion.LIFECYCLE.may(None, motion.Action.ADD, roles_of(person, record), known)


def ready_for_the_board(kind: str, about: DataRequest, outputs: str) -> bool:
    """A request once it is recommended or appealed; its outputs, by their number, once it is approved."""
    if kind == Motion.Kind.APPROVE_REQUEST:
        return about.status in (data_request.Status.RECOMMENDED, data_request.Status.APPEALED)
    if kind == Motion.Kind.RECONSIDER:
        decided = about.status in (data_request.Status.APPROVED, data_request.Status.DECLINED)
        return decided and decision_on(about) is not None
    return about.status == data_request.Status.APPROVED and bool(outputs.strip())


def decision_on(about: DataRequest) -> Motion | None:
    """The board's standing decision on the request itself, carried or lost."""
    decided = [motion.Status.CARRIED, motion.Status.LOST]
    return about.motions.filter(kind=Motion.Kind.APPROVE_REQUEST, status__in=decided).last()


def standing_conditions(about: DataRequest) -> str:
    """On which the board approved what this request changes or repeats: they go on until the board puts others."""
    if about.changes_request is None:
        return ""
    decided = decision_on(about.changes_request)
    if decided is None:  # it is being reconsidered: what was carried last
        set_aside = about.changes_request.motions.filter(
            kind=Motion.Kind.APPROVE_REQUEST, status=motion.Status.SUPERSEDED
        )
        decided = next((one for one in reversed(set_aside) if _was_carried(one)), None)
    return decided.conditions if decided is not None and decided.status != motion.Status.LOST else ""


def _was_carried(record: Motion) -> bool:
    return motion.carries(tally(record, record.majority, standing_votes(record).values()))


def roll(record: Meeting) -> list[tuple[Seat, bool, Person | None]]:
    """Every seat, whether it is taken, and who sits there."""
    present = {one.seat_id: one.person for one in record.attendance.select_related("person")}
    return [(seat, seat.pk in present, present.get(seat.pk)) for seat in seats(record)]


def decisions(record: Meeting, person: Person) -> dict[str, Decision]:
    """What this person may do with the meeting now, or why not; only what their office is for."""
    left = to_take(person, record)
    known = _meeting_facts(record, person, left)
    found = meeting.LIFECYCLE.decisions(meeting.Status(record.status), roles_of(person, record), known)
    if not (left.now or left.waiting or left.voted):
        found.pop(meeting.Action.ATTEND.value, None)
    return found


def motion_decisions(record: Motion, person: Person) -> dict[str, Decision]:
    """Whether this person may vote, declare and postpone, or why not."""
    if record.status != motion.Status.ON_AGENDA:
        return {}
    roles, found = roles_of(person, record.meeting), {}
    if seat_of(person, record.meeting) is not None:
        facts = motion_facts(record, person, Choice.RECUSE)
        found["vote"] = motion.LIFECYCLE.may(motion.Status.ON_AGENDA, motion.Action.VOTE, roles, facts)
    if Role.BOARD_CHAIR in roles:
        facts = motion_facts(record, person)
        for name, action in (
            ("declare", result(facts)),
            ("postpone", motion.Action.POSTPONE),
            ("set_conditions", motion.Action.SET_CONDITIONS),
        ):
            found[name] = motion.LIFECYCLE.may(motion.Status.ON_AGENDA, action, roles, facts)
    return found


def page_of(record: DataRequest, reader: Person | None) -> str:
    """Where this reader finds the request: its own page, or the public register's."""
    if reader is not None and requests_visible_to(reader).filter(pk=record.pk).exists():
        return record.get_absolute_url()
    return f"/register/{record.number}/"
