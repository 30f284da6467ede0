"""Who holds what on a day, and whose authority governed it."""

from datetime import date

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Authority, Person, RoleHeld
from charteroak.policy.roles import Role


def authority_of(agency: Agency, on: date) -> Authority | None:
    """What allowed the agency to disclose on that day."""
    return _in_force(Authority.objects.filter(agency=agency, kind=Authority.Kind.DISCLOSE), on)


def administration_on(on: date) -> Authority | None:
    """Who administered the initiative on that day, and under which instrument."""
    return _in_force(Authority.objects.filter(kind=Authority.Kind.ADMINISTER), on)


def _in_force(found: QuerySet[Authority], on: date) -> Authority | None:
    return (
        found.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
        .select_related("agency")
        .order_by("-since")
        .first()
    )


def agencies_where(person: Person, role: Role) -> list[Agency]:
    """The agencies for which a person holds `role` today."""
    today = clock.today()
    return list(
        Agency.objects.filter(
            pk__in=RoleHeld.objects.filter(
                Q(until__isnull=True) | Q(until__gte=today), person=person, role=role, since__lte=today
            ).values("agency")
        )
    )


def holders(role: Role, agency: Agency | None = None) -> QuerySet[Person]:
    """Active people who hold `role` today, for one agency when it is given."""
    today = clock.today()
    held = RoleHeld.objects.filter(Q(until__isnull=True) | Q(until__gte=today), role=role, since__lte=today)
    if agency is not None:
        held = held.filter(agency=agency)
    return Person.objects.filter(is_active=True, pk__in=held.values("person"))
