"""Whose clock runs on each request from its first day to its last: what each room knows of it, together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.adapters.environment import governance_only
from charteroak.agencies.models import Person
from charteroak.agreements import clocks as until_signed_and_after
from charteroak.agreements.clocks import LATELY, Turn, most_urgent_first
from charteroak.hub import clocks as files_and_match
from charteroak.outputs import clocks as outputs
from charteroak.requests.models import DataRequest
from charteroak.requests.queries import visible_to

MOST = 50  # agreements, and release requests, whose turns one page works out


def _rooms() -> tuple[ModuleType, ...]:
    return (until_signed_and_after, *_above())


def _above() -> tuple[ModuleType, ...]:
    """Hub and airlock: where files go beside the platform, they know nothing of them."""
    return () if governance_only() else (files_and_match, outputs)


def turns_of(requests: Iterable[DataRequest]) -> list[Turn]:
    """Every turn of these requests, each request's in the order in which they began. Few queries for all."""
    records = list(requests)
    found = [one for room in _rooms() for one in room.turns_of(records)] if records else []
    return sorted(found, key=lambda one: one.run.began_on)  # of one day: in the order of the way


def running(requests: QuerySet[DataRequest]) -> list[Turn]:
    """The turns that are not over, the most urgent first; those without a deadline last."""
    above = [one for room in _above() for one in room.running(requests)[0]]
    return most_urgent_first([*until_signed_and_after.running(requests), *above])


@dataclass(frozen=True)
class Running:
    """Turns that are not over, the most urgent first. `left_out`: how many agreements and outputs wait less long."""

    turns: list[Turn]
    left_out: int


def running_for(person: Person, query: str = "") -> Running:
    """The turns that are not over on requests that this person may open, with `query` in number or title.

    Of agreements between signature and extract, and of outputs, those MOST of each that wait longest.
    """
    found = visible_to(person)
    if query:
        found = found.filter(Q(number__startswith=query) | Q(title__icontains=query))
    above = [room.running(found, MOST) for room in _above()]
    turns = [one for turns, _left_out in above for one in turns]
    return Running(
        most_urgent_first([*until_signed_and_after.running(found), *turns]),
        sum(left_out for _turns, left_out in above),
    )


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
