"""What was disclosed of each agency's records, to whom, when and why: CGS 4-193(c), read from the log.

The source is marked as unverified until counsel has read it. Before anything is destroyed, each agency that
contributed gets its record, which then stays as it was handed over.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from charteroak.adapters import clock
from charteroak.adapters.environment import process
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import agencies_where
from charteroak.agreements.models import Agreement, DestructionDuty, DisclosureRecord, Party
from charteroak.audit import actions as audit
from charteroak.audit.models import Event
from charteroak.audit.queries import told_of
from charteroak.policy.roles import Role

HUB, PEOPLE, USER, PUBLIC = noop("the data integration hub"), noop("the named people"), "", noop("the public")
ACTS = {
    "submissions:delivery:accept": (noop("file sent"), HUB),
    "elsewhere:happening:send": (noop("file sent"), HUB),
    "elsewhere:happening:deliver": (noop("matched file handed over"), PEOPLE),
    "submissions:finder_list:download": (noop("finder list handed over"), USER),
    "hub:link_run:show_pairs": (noop("records shown side by side"), USER),
    "hub:extract:build": (noop("extract made"), PEOPLE),
    "workspaces:session:open": (noop("used in a session"), USER),
    "workspaces:job:submit": (noop("used in a job"), USER),
    "outputs:release_request:release": (noop("figures released"), PUBLIC),
}
KINDS = tuple(dict.fromkeys(what for what, _to in ACTS.values()))
SEES_ALL = frozenset({Role.POLICY_OFFICE, Role.COUNSEL, Role.AUDITOR})
FEW = 50  # projects whose events are looked up one by one; of more, the log is read through
AT_ONCE = 250  # events read, and lines made, in one go
BEGINNING = re.compile(rb'"([^"/\\-]+)')
HEAD = ("day", "agency", "agreement", "what", "detail", "to", "why", "clauses", "event")
TEXT = Func(F("leaf"), Value("UTF8"), function="convert_from", output_field=TextField())


@dataclass(frozen=True)
class Sought:
    """What a reader narrows the record to; empty is everything. `what` is one of KINDS, `words` are in the lines."""

    words: str = ""
    what: str = ""

    def of(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Events that may have such a line, so that a rare word is not looked for in the lines of years."""
        if self.what:
            events = events.filter(name__in=[name for name, (what, _to) in ACTS.items() if what == self.what])
        for word in self.words.split():
            acts = [name for name, act in ACTS.items() if word.casefold() in _in_words(*act)]
            people = Person.objects.filter(name__icontains=word).values("username")
            found = Q(text_of_it__icontains=word) | Q(name__in=acts) | Q(by__in=people)
            events = events.alias(text_of_it=TEXT).filter(found)
        return events

    def keeps(self, one: "Disclosure") -> bool:
        """Whether each of the words is in what the line says; its purpose is its project's."""
        said = (
            f"{_in_words(one.what, one.to, one.detail)} {one.agency} {one.agreement} {' '.join(one.clauses)}"
        )
        return all(word in said.casefold() for word in self.words.casefold().split())


ALL = Sought()


def _in_words(*said: str) -> str:
    return " ".join(_(one) for one in said if one).casefold()


@dataclass(frozen=True)
class Disclosure:
    """One line of an agency's record; `event` is its number in the log."""

    day: date
    agency: str
    agreement: str
    what: str
    detail: str
    to: str
    why: str
    clauses: tuple[str, ...]
    event: int


def contributors(record: Agreement) -> list[Agency]:
    """Whose records have gone in, by any text that all have signed."""
    return list(Agency.objects.filter(pk__in=_parties(record).values("agency")).order_by("code"))


def _parties(record: Agreement) -> QuerySet[Party]:
    texts = Agreement.every.filter(Q(pk=record.pk) | Q(amends=record), executed_on__isnull=False)
    return Party.objects.filter(agreement__in=texts, part=Party.Part.CONTRIBUTOR)


def _since(records: Iterable[Agreement]) -> dict[str, dict[str, date]]:
    """By agreement, from which day on each agency is in it: that of the first text naming it that all have signed."""
    held = list(records)
    theirs = Q(agreement__in=held) | Q(agreement__amends__in=held)
    named = Party.objects.filter(theirs, part=Party.Part.CONTRIBUTOR, agreement__executed_on__isnull=False)
    found: dict[str, dict[str, date]] = {one.number: {} for one in held}
    for own, amended, code, day in named.order_by("-agreement__executed_on").values_list(
        "agreement__number", "agreement__amends__number", "agency__code", "agreement__executed_on"
    ):
        if day is not None:
            found[amended or own][code] = day  # the earliest stays
    return found


def of(
    record: Agreement, agencies: Iterable[Agency], after: int = -1, sought: Sought = ALL
) -> Iterator[Disclosure]:
    """What the log tells of these agencies' records under the agreement and its amendments, the oldest first; `after`
    an event. The log is read as far as lines are taken.
    """
    codes = {one.code for one in agencies}
    for told in _decoded(_in_order(sought.of(told_of([record.number], ACTS)), after)):
        yield from filter(sought.keeps, _told(told, {record.number: record}, codes))


def part(lines: Iterator[Disclosure], size: int) -> tuple[list[Disclosure], int | None]:
    """At least `size` lines, all that an event has; and the event after which the next part begins, None at the end."""
    found = list(islice(lines, size))
    for one in lines:
        if one.event != found[-1].event:
            return found, found[-1].event
        found.append(one)
    return found, None


def across(
    agency: Agency, year: int | None = None, after: int = -1, sought: Sought = ALL
) -> Iterator[Disclosure]:
    """What of one agency's records was disclosed under all its agreements, in a year or ever, the oldest first; `after`
    an event. The log is read as far as lines are taken.
    """
    texts = Party.objects.filter(
        agency=agency, part=Party.Part.CONTRIBUTOR, agreement__executed_on__isnull=False
    )
    own = texts.values_list("agreement__number", "agreement__amends__number")
    projects = {amended or number for number, amended in own}
    if not projects:
        return  # or the whole log would be read for nothing
    numbers = {one.encode() for one in projects}
    events = told_of(projects, ACTS) if len(projects) <= FEW else Event.objects.filter(name__in=ACTS)
    if year is not None:
        first, end = (clock.midnight(date(one, 1, 1)) for one in (year, year + 1))
        events = events.filter(domain_at__gte=first, domain_at__lt=end)
    about = (one for one in _in_order(sought.of(events), after) if not numbers.isdisjoint(_said(one)))
    for told in _decoded(about):
        theirs = Agreement.objects.filter(number__in={_number(facts) for _, facts in told})
        records = {one.number: one for one in theirs.select_related("data_request")}
        yield from filter(sought.keeps, _told(told, records, {agency.code}))


def _decoded(about: Iterator[Event]) -> Iterator[list[tuple[Event, dict[str, Any]]]]:
    """Events with their facts, as many at once as lines are made of in one go."""
    while told := [(one, json.loads(one.text)["facts"]) for one in islice(about, AT_ONCE)]:
        yield told


def _in_order(events: QuerySet[Event], after: int) -> Iterator[Event]:
    """A part after the other: who reads the first lines waits for no others."""
    while batch := list(events.filter(index__gt=after).order_by("index")[:AT_ONCE]):
        yield from batch
        after = batch[-1].index


def _said(event: Event) -> list[bytes]:
    """The beginnings of the values in the bytes as they were hashed; a project's number is among them."""
    return BEGINNING.findall(event.leaf)


def _told(
    told: list[tuple[Event, dict[str, Any]]], records: dict[str, Agreement], codes: set[str]
) -> list[Disclosure]:
    told = [(event, facts) for event, facts in told if _number(facts) in records]
    names = dict(Person.objects.filter(username__in={e.by for e, _ in told}).values_list("username", "name"))
    since = _since(records.values())
    return [
        _line(records[_number(facts)], event, facts, code, names)
        for event, facts in told
        for code in _whose(facts, since[_number(facts)], clock.day_of(event.domain_at))
        if code in codes
    ]


def _whose(facts: dict[str, Any], since: dict[str, date], day: date) -> list[str]:
    """Whose records an event is about: as it says, or else all that were in it on its day."""
    if facts.get("agency"):
        return [facts["agency"]]
    return facts.get("agencies") or sorted(code for code, first in since.items() if first <= day)


def _number(facts: dict[str, Any]) -> str:
    """The project's: 042 of 042-A1/2.SDE too; a release's own number is another."""
    clause = next(iter(facts.get("clauses", [])), "")
    said = facts.get("request") or clause.partition("/")[0] or facts.get("number", "")
    return str(said).partition("-")[0]


def _line(
    record: Agreement, event: Event, facts: dict[str, Any], code: str, names: dict[str, str]
) -> Disclosure:
    what, to = ACTS[event.name]
    detail = facts.get("kind") or ", ".join(facts.get("names", []))
    return Disclosure(
        clock.day_of(event.domain_at),
        code,
        record.number,
        what,
        detail,
        to or names.get(event.by, event.by),
        record.data_request.purpose,
        tuple(facts.get("clauses", [])),
        event.index,
    )


def seen_by(person: Person, record: Agreement) -> list[Agency]:
    """The agencies whose record this person may read: their stewards their own, the offices that answer for it all."""
    whose = contributors(record)
    if person.roles(clock.today()) & SEES_ALL:
        return whose
    own = agencies_where(person, Role.DATA_STEWARD)
    return [one for one in whose if one in own]


def reads_accounts(person: Person) -> bool:
    """Whether one of this person's offices reads the record of a whole agency."""
    return bool(person.roles(clock.today()) & (SEES_ALL | {Role.DATA_STEWARD}))


def answered_for(person: Person) -> list[Agency]:
    """The agencies whose whole record this person may read: those that contributed, or a steward's own."""
    if person.roles(clock.today()) & SEES_ALL:
        signed = Party.objects.filter(part=Party.Part.CONTRIBUTOR, agreement__executed_on__isnull=False)
        return list(Agency.objects.filter(pk__in=signed.values("agency")).order_by("code"))
    return sorted(agencies_where(person, Role.DATA_STEWARD), key=lambda one: one.code)


def cells(one: Disclosure) -> list[object]:
    return [
        one.day,
        one.agency,
        one.agreement,
        one.what,
        one.detail,
        one.to,
        one.why,
        " ".join(one.clauses),
        one.event,
    ]


@transaction.atomic
def hand_over(record: Agreement, what: str, by: Person | str | None = None) -> None:
    """Give each agency its record of what was disclosed, before `what` is destroyed; once, however often asked."""
    DestructionDuty.objects.select_for_update(of=("self",)).get(agreement=record, what=what)  # one at a time
    whose = contributors(record)
    had = set(DisclosureRecord.objects.filter(agreement=record, what=what).values_list("agency", flat=True))
    lines = list(of(record, whose))
    made = []
    for agency in (one for one in whose if one.pk not in had):
        content = [asdict(one) | {"day": str(one.day)} for one in lines if one.agency == agency.code]
        sha256 = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        made.append(
            DisclosureRecord(
                agreement=record,
                agency=agency,
                what=what,
                content=content,
                sha256=sha256,
                made_at=clock.now(),
            )
        )
    if made:
        DisclosureRecord.objects.bulk_create(made)
        audit.record(
            "agreements:disclosure_record:hand_over", by=by or process(), subject=record, number=record.number,
            what=what, records=[f"{one.agency.code}:{one.sha256}" for one in made],
        )  # fmt: skip
