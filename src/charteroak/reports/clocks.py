"""Whose clock runs on each request from its first day to its last: what each room knows of it, together."""

from collections.abc import Iterable
from datetime import timedelta
from types import ModuleType

from django.db.models import QuerySet

from charteroak.adapters import clock
from charteroak.adapters.environment import governance_only
from charteroak.agencies.models import Person
from charteroak.agreements import clocks as until_signed_and_after
from charteroak.agreements.clocks import LATELY, Turn, most_urgent_first
from charteroak.hub import clocks as files_and_match
from charteroak.outputs import clocks as outputs
from charteroak.requests.models import DataRequest
from charteroak.requests.queries import visible_to


def _rooms() -> tuple[ModuleType, ...]:
    """The rooms that are open: where files go beside the platform, the hub and the airlock know nothing of them."""
    return (
        (until_signed_and_after,) if governance_only() else (until_signed_and_after, files_and_match, outputs)
    )


def turns_of(requests: Iterable[DataRequest]) -> list[Turn]:
    """Every turn of these requests, each request's in the order in which they began. Few queries for all."""
    records = list(requests)
    found = [one for room in _rooms() for one in room.turns_of(records)] if records else []
    return sorted(found, key=lambda one: one.run.began_on)  # of one day: in the order of the way


def running(requests: QuerySet[DataRequest]) -> list[Turn]:
    """The turns that are not over, the most urgent first; those without a deadline last."""
    return most_urgent_first(one for room in _rooms() for one in room.running(requests))


def running_for(person: Person) -> list[Turn]:
    """The turns that are not over on requests that this person may open."""
    return running(visible_to(person))


def work_out_figures() -> None:
    """Keep the medians of the turns that ended within two years, of every room."""
    today = clock.today()
    recent = DataRequest.objects.filter(
        historic_decision_on__isnull=True, started_on__gte=today - LATELY - timedelta(days=365)
    )
    until_signed_and_after.keep_figures(
        one.run
        for one in turns_of(recent)
        if one.run.ended_on is not None and one.run.ended_on >= today - LATELY
    )
