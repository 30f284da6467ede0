"""Every write about a seat: given to another person, taken in its holder's place."""

from datetime import date, timedelta

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.board.models import Meeting, Seat, StandIn
from charteroak.board.seats import may_name_stand_in, may_refill


def _locked(pk: int) -> Seat:
    return (
        Seat.objects.select_for_update(of=("self",)).select_related("board", "agency").get(pk=pk, until=None)
    )


@transaction.atomic
def refill(*, pk: int, by: Person, person: Person) -> Seat:
    """From today the seat is this person's; who held it until now held it until yesterday."""
    held = _locked(pk)
    may_refill(held, by, person).require()
    held.until = clock.today() - timedelta(days=1)
    held.changed_by = by
    held.save(update_fields=["until", "changed_by"])
    new = Seat.objects.create(
        board=held.board,
        kind=held.kind,
        agency=held.agency,
        person=person,
        since=clock.today(),
        changed_by=by,
    )
    audit.record("board:seat:refill", by=by, subject=new, held=held.pk, person=person.username)
    return new


@transaction.atomic
def name_stand_in(
    *, pk: int, by: Person, person: Person, letter_on: date, meeting: int | None = None
) -> StandIn:
    """By a letter of its holder: a proxy for one meeting, or, without one, an alternate whenever they are absent."""
    seat = _locked(pk)
    at = Meeting.objects.get(pk=meeting, board=seat.board) if meeting else None
    may_name_stand_in(seat, by, person, letter_on, at).require()
    named = StandIn.objects.create(
        seat=seat, person=person, meeting=at, letter_on=letter_on, recorded_by=by, recorded_at=clock.now()
    )
    audit.record(
        "board:seat:name_stand_in",
        by=by,
        subject=seat,
        person=person.username,
        letter_on=str(letter_on),
        meeting=meeting,
    )
    return named
