"""Every write about absence cover: a delegate is named, and the cover ends before its last day."""

from datetime import date

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Cover, Person, RoleHeld
from charteroak.agencies.queries.cover import may_end, may_name
from charteroak.audit import actions as audit


@transaction.atomic
def name_delegate(*, office: int, delegate: str, since: date, until: date, letter: str, by: Person) -> Cover:
    """Name who acts for an office holder from one day to another; `letter` is the message that says so."""
    held = RoleHeld.objects.select_for_update(of=("self",)).select_related("person", "agency").get(pk=office)
    named = Person.objects.select_for_update().get(
        username=delegate
    )  # as a grant does: apart from each other
    may_name(by, held, named, since, until).require()
    cover = Cover.objects.create(
        office=held,
        delegate=named,
        since=since,
        until=until,
        letter=letter,
        named_by=by,
        named_at=clock.now(),
    )
    audit.record(
        "agencies:cover:name_delegate",
        by=by,
        subject=cover,
        holder=held.person.username,
        delegate=named.username,
        role=held.role,
        since=str(since),
        until=str(until),
    )
    return cover


@transaction.atomic
def end_cover(*, pk: int, by: Person) -> None:
    """The office holder is back: the delegate's next act in the office is refused."""
    cover = Cover.objects.select_for_update(of=("self",)).select_related("office").get(pk=pk)
    may_end(by, cover).require()
    cover.ended_by, cover.ended_at = by, clock.now()
    cover.save(update_fields=["ended_by", "ended_at"])
    audit.record("agencies:cover:end_cover", by=by, subject=cover)
