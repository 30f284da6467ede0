"""Every write about whom a person works for: a move takes with it what rested on the employer before."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Cover, Employment, Person
from charteroak.agencies.queries.authority import answers_with
from charteroak.agencies.queries.people import may_move_to, roles_held
from charteroak.audit import actions as audit
from charteroak.policy.roles import Role


@transaction.atomic
def move(*, person: int, employer: str | None, kind: str, since: date, by: Person) -> Employment:
    """From `since` on this person works for another employer, or in another way; rules ask for it at the next look.

    Offices that only the employer's own people hold end, and cover between those who are no longer colleagues.
    """
    holder = Person.objects.select_for_update(of=("self",)).select_related("employer").get(pk=person)
    to = Agency.objects.get(code=employer) if employer else None
    may_move_to(by, holder, to, kind, since).require()
    before = holder.employer
    made = Employment.objects.create(
        person=holder, employer=to, kind=kind, employer_before=before, kind_before=holder.employer_kind, since=since,
        recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    holder.employer, holder.employer_kind = to, kind
    holder.save(update_fields=["employer", "employer_kind"])
    offices = 0 if to == before else _end_offices(holder, before, by)
    covers = 0 if to == before else _end_covers(holder, by)
    audit.record(
        "agencies:account:move", by=by, subject=holder, employer=employer, kind=kind, since=str(since),
        before=before.code if before else None, offices_ended=offices, covers_ended=covers,
    )  # fmt: skip
    return made


def _end_offices(holder: Person, before: Agency | None, by: Person) -> int:
    """What was held for the agency before, and what only people of the agency that answers for it hold."""
    ended = 0
    for held in roles_held(holder):
        for_the_one_before = held.agency is not None and held.agency == before
        if for_the_one_before or not answers_with(holder, Role(held.role)):
            held.until, held.changed_by = clock.today() - timedelta(days=1), by
            held.save(update_fields=["until", "changed_by"])
            ended += 1
    return ended


def _end_covers(holder: Person, by: Person) -> int:
    """A delegate works for the same agency."""
    named = Cover.objects.select_for_update(of=("self",)).filter(
        Q(delegate=holder) | Q(office__person=holder), ended_at__isnull=True, until__gte=clock.today()
    )
    ended = 0
    for one in named.select_related("delegate", "office__person"):
        of, by_whom = one.office.person.employer_id, one.delegate.employer_id
        if of is None or of != by_whom:
            one.ended_by, one.ended_at = by, clock.now()
            one.save(update_fields=["ended_by", "ended_at"])
            ended += 1
    return ended
