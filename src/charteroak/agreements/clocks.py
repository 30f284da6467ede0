"""Whose clock runs on each request, read from the log; how long each stage takes, worked out once a day."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import Concat, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from charteroak.adapters import clock
from charteroak.adapters.calendar import closed_days
from charteroak.adapters.environment import governance_only
from charteroak.agencies.models import Person
from charteroak.agreements.models import Agreement, ClockFigure, DestructionDuty
from charteroak.audit.actions import subject_of
from charteroak.audit.models import Event
from charteroak.policy import agreement, clocks, data_request
from charteroak.policy.after_signature import WARNED, Duty, Signed, match_elsewhere, runs_after
from charteroak.policy.clocks import HEEDED, Moment, Party, Run, Stage
from charteroak.requests import changes
from charteroak.requests.models import DataRequest
from charteroak.requests.queries import visible_to

LATELY = timedelta(days=730)  # of which turns the published medians are
FINISHED = (data_request.Status.DECLINED, data_request.Status.WITHDRAWN)


@dataclass(frozen=True)
class Turn:
    """A run on a day, as a page shows it; business days are counted for what is shown alone.

    `key`, `number`, `title`: the request's, which is fetched where more of it is wanted. `about` is the number of what
    it is about within the request, `page` where it is acted on; both empty where the request is.
    """

    key: int
    number: str
    title: str
    run: Run
    today: date
    about: str = ""
    page: str = ""

    @cached_property
    def data_request(self) -> DataRequest:
        return DataRequest.objects.get(pk=self.key)

    @cached_property
    def due(self) -> date | None:
        return due_on(self.run, self.today)

    @cached_property
    def state(self) -> clocks.State:
        return _state(self.run, self.today)

    @property
    def days(self) -> int:
        """Business days held so far."""
        return _days(self.run, self.today)

    @property
    def whose(self) -> str:
        """DOL:hub as DOL."""
        return self.run.whose.partition(":")[0]


@lru_cache(1 << 14)  # thousands of agreements begin on few days
def due_on(run: Run, today: date) -> date | None:
    return run.due(today, closed_days())


@lru_cache(1 << 14)
def _days(run: Run, today: date) -> int:
    return run.days_held(today, closed_days())


@lru_cache(1 << 14)
def _state(run: Run, today: date) -> clocks.State:
    return run.state(today, closed_days())


def turns_of(requests: Iterable[DataRequest]) -> list[Turn]:
    """Every turn of these requests, each request's in order. Few queries, however many there are."""
    records = list(requests)
    if not records:
        return []
    drafted = Agreement.every.filter(data_request__in=records).prefetch_related("parties__agency")
    agreements = {one.data_request_id: one for one in drafted}
    duties = _duties(drafted)
    moments = _moments(records, agreements)
    today, superseded = clock.today(), changes.superseded_on(records)
    found = []
    for record in records:
        held = agreements.get(record.pk)
        told = moments.get(record.pk, [])
        runs = clocks.runs(told)
        if held is None and record.pk in superseded:  # nobody drafts it any more
            runs = [clocks.ended(run, superseded[record.pk]) for run in runs]
        if held is not None:
            closed = next((one.on for one in told if one.name == "agreements:agreement:close"), None)
            runs += _after_signature(held, duties.get(held.pk, {}), today, closed)
        found += [Turn(record.pk, record.number, record.title, run, today) for run in runs]
    return found


def _duties(agreements: QuerySet[Agreement]) -> dict[int, dict[str, Duty]]:
    """By agreement what must be destroyed, by its kind."""
    found: dict[int, dict[str, Duty]] = {}
    every = DestructionDuty.objects.filter(agreement__in=agreements.order_by().values("pk"))
    for held, what, due, done, began in every.values_list(
        "agreement", "what", "due_on", "done_at", "began_on"
    ):
        found.setdefault(held, {})[what] = Duty(due, clock.day_of(done) if done else None, began)
    return found


def _after_signature(
    held: Agreement, duties: dict[str, Duty], today: date, closed_on: date | None = None
) -> list[Run]:
    """The turns of an agreement that every party has signed; an amendment's are those of what it amends."""
    if held.executed_on is None or held.amends_id is not None:
        return []
    identifiers = duties.get(DestructionDuty.What.IDENTIFIERS, Duty(None))
    rest = tuple(duty for what, duty in duties.items() if what != DestructionDuty.What.IDENTIFIERS)
    early = held.ended_on is not None
    signed = Signed(
        held.executed_on, held.last_day, identifiers, rest, ended_early=early, closed_on=closed_on
    )
    beside = [match_elsewhere(signed, today)] if governance_only() else []
    return beside + runs_after(signed, today)


def _moments(records: list[DataRequest], agreements: dict[int, Agreement]) -> dict[int, list[Moment]]:
    subjects = {subject_of(record): record.pk for record in records}
    subjects |= {subject_of(one): request for request, one in agreements.items()}
    found: dict[int, list[Moment]] = {}
    for event in heeded(subjects):
        request = subjects[event.subject]
        agencies = event.agencies
        if event.name == "agreements:agreement:open_for_signature":
            agencies = tuple(str(party) for party in agreements[request].parties.all())
        found.setdefault(request, []).append(Moment(event.name, event.on, event.agency, agencies))
    return found


class Told(NamedTuple):
    """An event of the log that a clock heeds. `agency` is a party such as DOL:hub where one signed."""

    name: str
    subject: str
    on: date
    agency: str
    agencies: tuple[str, ...]


def heeded(subjects: Iterable[str]) -> Iterator[Told]:
    """What the log says of these subjects, as far as a clock heeds it, in its order."""
    # sought by subject alone: a quarter of all events of all years have one of these names
    of_these = Event.objects.filter(subject__in=subjects).alias(told=Concat("name", Value("")))
    found = of_these.filter(told__in=HEEDED).annotate(on=TruncDate("domain_at", tzinfo=clock.STATE_TIME))
    # without a record for each, and sorted here: those of many years are thousands
    rows = sorted(found.values_list("index", "name", "subject", "on", "leaf"), key=itemgetter(0))
    for _index, name, subject, on, leaf in rows:
        yield Told(name, subject, on, *_agencies(bytes(leaf)))


def _agencies(leaf: bytes) -> tuple[str, tuple[str, ...]]:
    """The agency and the agencies that an event names; most name none, and are not taken apart."""
    if b'"agenc' not in leaf and b'"part' not in leaf:
        return "", ()
    facts = json.loads(leaf.decode())["facts"]
    signed = f"{facts['party']}:{facts['part']}" if "part" in facts else ""
    return signed or str(facts.get("agency", "")), tuple(facts.get("agencies", ()))


def longest(waiting: QuerySet[Any], at_most: int | None) -> tuple[list[int], int]:
    """The keys of the first `at_most` of `waiting`, and how many there are beyond: one query."""
    if at_most is None:
        return list(waiting.values_list("pk", flat=True)), 0
    if at_most == 0:
        return [], waiting.count()
    counted = list(waiting.annotate(every=Window(Count("pk"))).values_list("pk", "every")[:at_most])
    return [pk for pk, _every in counted], max((every for _pk, every in counted), default=0) - len(counted)


def running(requests: QuerySet[DataRequest]) -> list[Turn]:
    """The turns that are not over, the most urgent first; those without a deadline last."""
    return most_urgent_first(_unsigned(requests) + _signed(requests.exclude(status__in=FINISHED)))


def _unsigned(requests: QuerySet[DataRequest]) -> list[Turn]:
    """The turns on requests without an agreement that all have signed, read from the log."""
    unsigned = requests.exclude(status__in=FINISHED).filter(
        ~Q(status=data_request.Status.APPROVED)
        | Q(agreement__isnull=True, historic_decision_on__isnull=True)
        | Q(agreement__status__in=(agreement.Status.DRAFTED, agreement.Status.IN_SIGNATURE))
    )
    return turns_of(unsigned.distinct())


def most_urgent_first(turns: Iterable[Turn]) -> list[Turn]:
    return sorted(
        (one for one in turns if one.run.ended_on is None),
        key=lambda one: (one.due is None, one.due or date.max, one.number),
    )


def _signed(requests: QuerySet[DataRequest]) -> list[Turn]:
    """The turns on executed agreements, without a look into the log: those with a clock that runs or begins soon."""
    today = clock.today()
    identifiers = Q(duties__what=DestructionDuty.What.IDENTIFIERS, duties__done_at__isnull=True)
    # until they have a clock of their own, the hub's turns are known to the hub alone
    unmatched = identifiers if governance_only() else identifiers & Q(duties__began_on__isnull=False)
    ending = Q(ends_on__lte=today + WARNED) | Q(ended_on__isnull=False)
    signed = Agreement.objects.filter(
        unmatched | ending, data_request__in=requests, executed_on__isnull=False
    )
    open_ones = Agreement.objects.filter(
        pk__in=list(signed.exclude(status=agreement.Status.CLOSED).order_by().values_list("pk", flat=True))
    )
    duties = _duties(open_ones)
    told = open_ones.annotate(asked=F("data_request__number"), title=F("data_request__title"))
    return [
        Turn(one.data_request_id, one.asked, one.title, run, today)
        for one in told.only("data_request_id", "executed_on", "ends_on", "ended_on", "amends_id")
        for run in _after_signature(one, duties.get(one.pk, {}), today)
    ]


def changes_underway(record: DataRequest, person: Person) -> list[Turn]:
    """The turns that are not over on changes of a request, of those that this person may open."""
    family = visible_to(person).filter(pk__in=changes.family(record), changes_request__isnull=False)
    return most_urgent_first(_unsigned(family))  # once signed, its clocks are those of what it changes


def due_days(requests: Iterable[DataRequest]) -> dict[int, date]:
    """By when the next step on each request is due: the earliest of its running clocks; none without a deadline."""
    found: dict[int, date] = {}
    for one in turns_of(requests):
        if one.run.ended_on is None and one.due is not None:
            found[one.key] = min(found.get(one.key, one.due), one.due)
    return found


def due_of(record: Agreement) -> date | None:
    """By when the draft must be agreed or signed, whichever it is now."""
    return due_days([record.data_request]).get(record.data_request_id)


def held_by_party(turns: Iterable[Turn]) -> list[tuple[Party, int]]:
    """How many business days each party has held a request so far; a preview holds it by its day, not by anybody."""
    days: dict[Party, int] = {}
    for one in turns:
        if one.run.stage is Stage.PREVIEW:
            continue
        days[one.run.party] = days.get(one.run.party, 0) + one.days
    return list(days.items())


@transaction.atomic
def keep_figures(ended: Iterable[Run]) -> None:
    """The medians of these turns, which ended lately. Safe to repeat; the register shows them."""
    for figure in clocks.medians(ended, closed_days()):
        ClockFigure.objects.update_or_create(
            stage=figure.stage,
            party=figure.party,
            defaults={"turns": figure.turns, "median_days": figure.median_days, "as_of": clock.today()},
        )


def figures() -> list[ClockFigure]:
    """What was worked out last, in the order of the way."""
    order = list(Stage)
    return sorted(ClockFigure.objects.all(), key=lambda one: order.index(Stage(one.stage)))


MEDIANS = (_t("Stage"), _t("Party"), _t("Turns"), _t("Median"))


def medians_shown() -> list[tuple[str, str, int, float]]:
    """The figures as pages show them, headed by MEDIANS: in business days, of turns that ended within two years."""
    return [
        (_(one.get_stage_display()), _(one.get_party_display()), one.turns, one.median_days)
        for one in figures()
    ]
