"""Who may sit where: the seats of a meeting's day, their holders, alternates and proxies."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.held import held_on
from charteroak.agencies.models import Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.reading import once
from charteroak.board.models import Board, Meeting, Seat, Vote
from charteroak.policy import meeting, seat
from charteroak.policy.decision import Decision
from charteroak.policy.roles import Role, must_stay_apart


def seats(record: Meeting) -> QuerySet[Seat]:
    """The board's seats as they were filled on the meeting's day."""
    return _on(record.board.seats.all(), record.day).select_related("agency", "person")


def seats_today() -> QuerySet[Seat]:
    return _on(Seat.objects.all(), clock.today()).select_related("board", "agency", "person")


def _on(found: QuerySet[Seat], day: date) -> QuerySet[Seat]:
    return found.filter(held_on(day))


@once
def _ever_sits(person: Person) -> bool:
    """Whether any seat was ever this person's, or theirs to stand in for: most people's worklists end here."""
    return Seat.objects.filter(Q(person=person) | Q(stand_ins__person=person)).exists()


@once
def seats_for(person: Person, record: Meeting) -> list[Seat]:
    """Seats that are this person's at this meeting: their own, then as stand-in where nobody else sits."""
    if not _ever_sits(person):
        return []
    stands_in = Q(stand_ins__person=person) & (
        Q(stand_ins__meeting=record) | Q(stand_ins__meeting__isnull=True)
    )
    found = list(seats(record).filter(Q(person=person) | stands_in).distinct())
    if not found:
        return []
    others = set(record.attendance.exclude(person=person).values_list("seat", flat=True))
    return sorted(
        (one for one in found if one.person_id == person.pk or one.pk not in others),
        key=lambda one: one.person_id != person.pk,
    )


@dataclass(frozen=True)
class ToTake:
    """The seats that are somebody's and that they do not sit in yet."""

    now: list[Seat]
    waiting: list[Seat]  # for their holder, until the noticed hour
    voted: list[Seat]  # their own, for which who sits in their place has voted


@once
def to_take(person: Person, record: Meeting) -> ToTake:
    if not seats_for(person, record):
        return ToTake([], [], [])
    sitting = set(record.attendance.filter(person=person).values_list("seat", flat=True))
    left = [one for one in seats_for(person, record) if one.pk not in sitting]
    proxy = set(record.proxies.filter(person=person).values_list("seat", flat=True))
    cast = set(Vote.objects.filter(motion__meeting=record, seat__in=left).values_list("seat", flat=True))
    until_start = record.starts_at - clock.now()
    waiting = [
        one
        for one in left
        if meeting.waits_for_holder(
            own=one.person_id == person.pk, by_letter=one.pk in proxy, until_start=until_start
        )
    ]
    voted = [one for one in left if one.pk in cast]
    return ToTake([one for one in left if one not in (*waiting, *voted)], waiting, voted)


def seat_of(person: Person, record: Meeting, pk: int | None = None) -> Seat | None:
    """The seat that this person acts for: that of `pk` where it is theirs to take, else the first."""
    found = seats_for(person, record)
    return next((one for one in found if pk in (None, one.pk)), None)


def roles_of(person: Person, record: Meeting, pk: int | None = None) -> frozenset[Role]:
    """Offices held today; a member is who holds the office for the seat, or stands in for its holder."""
    roles, taken = person.roles(clock.today()), seat_of(person, record, pk)
    if taken is None:
        return roles
    if taken.person_id != person.pk:
        return roles | {Role.BOARD_MEMBER} if person.is_active and not person.left else roles
    if taken.agency is not None and taken.agency not in agencies_where(person, Role.BOARD_MEMBER):
        return roles - {Role.BOARD_MEMBER}
    return roles


def may_refill(one: Seat, by: Person, person: Person | None = None) -> Decision:
    """Whether `by` may give this seat to `person`; without one, whether to anybody."""
    known = seat.Facts(board_meets=_meets_today(one.board))
    if person is not None:
        held = agencies_where(person, Role.BOARD_MEMBER)
        known = replace(
            known,
            in_office=one.agency in held if one.agency else Role.BOARD_MEMBER in person.roles(clock.today()),
            holds_it=one.person_id == person.pk,
            apart=must_stay_apart(person.roles(clock.today()) | {Role.BOARD_MEMBER}),
        )
    return _may(seat.Action.REFILL, by, known)


def _meets_today(board: Board) -> bool:
    """Whether a meeting of the board is open, or was held today."""
    held = board.meetings.filter(status__in=(meeting.Status.OPEN, meeting.Status.CLOSED))
    latest = held.order_by("-starts_at").values_list("starts_at", flat=True).first()
    on_the_day = latest is not None and clock.day_of(latest) == clock.today()
    return on_the_day or held.filter(status=meeting.Status.OPEN).exists()


def may_name_stand_in(
    one: Seat,
    by: Person,
    person: Person | None = None,
    letter_on: date | None = None,
    at: Meeting | None = None,
) -> Decision:
    known = seat.Facts()
    if person is not None:
        known = seat.Facts(
            holds_it=one.person_id == person.pk,
            apart=must_stay_apart(person.roles(clock.today()) | {Role.BOARD_MEMBER}),
            letter_dated=letter_on is not None and letter_on <= clock.today(),
            meeting_over=at is not None and at.status in (meeting.Status.CLOSED, meeting.Status.CANCELLED),
        )
    return _may(seat.Action.NAME_STAND_IN, by, known)


def _may(action: seat.Action, by: Person, known: seat.Facts) -> Decision:
    return seat.LIFECYCLE.may(seat.Status.HELD, action, by.roles(clock.today()), known)
