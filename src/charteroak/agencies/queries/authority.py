"""Whose authority governed what on a day."""

from datetime import date

from django.db.models import Q, QuerySet

from charteroak.agencies.models import Agency, Authority


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
