"""Amendments: what stands is kept word for word, what changed is shown, and once signed it takes the place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from operator import attrgetter

from django.utils.translation import gettext_noop as noop

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.difference import Piece, difference
from charteroak.agreements.drafting import Draft
from charteroak.agreements.enforcement import enforced
from charteroak.agreements.models import Agreement, Clause, DestructionDuty, Recipient
from charteroak.agreements.terms import terms
from charteroak.audit import actions as audit
from charteroak.catalog.models import Variable
from charteroak.policy import wording
from charteroak.policy.request_change import amends
from charteroak.requests.changes import family
from charteroak.requests.models import DataRequest
from charteroak.requests.queries import allowed_columns

# why what is not identifiers must be destroyed, unless something was ordered
AT_THE_END = noop("end of the agreement")


def to_amend(request: DataRequest) -> Agreement | None:
    """The agreement that an approved change of its request amends; a repeat gets one of its own."""
    if not amends(request.kind_of_change):
        return None
    return Agreement.objects.filter(data_request__in=family(request)).select_related("version").first()


def sensitive_seen(request: DataRequest) -> bool:
    """Whether the agreement that a draft would amend lets a session show sensitive columns."""
    standing = to_amend(request)
    return standing is not None and terms(standing).sensitive_seen


def unsigned(record: Agreement | None) -> str:
    """The number of an amendment of it that is drafted and not signed; empty without one."""
    if record is None:
        return ""
    waiting = Agreement.every.filter(amends=record, executed_on__isnull=True, withdrawn_at__isnull=True)
    return waiting.values_list("number", flat=True).first() or ""


def kept(drafted: Iterable[Draft], record: Agreement) -> list[Draft]:
    """The drafted clauses, with every word and settled value that stands and follows from no decision that changed."""
    standing = {clause.number: clause for clause in record.held.clauses.all()}
    return [_kept(one, standing.get(one.number)) for one in drafted]


def _kept(one: Draft, stands: Clause | None) -> Draft:
    if stands is None or stands.kind != one.kind:
        return one
    if one.kind == "term":
        one = replace(one, terms=one.terms | {"starts_on": stands.terms["starts_on"]})
    template = wording.made_of(one.template, one.kind)
    settled = template.usual().keys()
    moved = any(said != stands.terms.get(name) for name, said in one.terms.items() if name not in settled)
    if template.locked and (moved or one.text != stands.text):
        return one
    if moved:  # an open clause whose law has changed: counsel settles its values anew
        return one
    return replace(
        one, heading=stands.heading, text=stands.text, terms=dict(stands.terms), template=stands.template
    )


def identifiers_destroyed(request: DataRequest, held: Agreement | None) -> bool:
    """Whether a change asks for records that would have to be linked, and what links them is destroyed for good."""
    gone = DestructionDuty.objects.filter(
        agreement=held, what=DestructionDuty.What.IDENTIFIERS, done_at__isnull=False
    )
    return held is not None and gone.exists() and _asks_for_more(request, held)


def _asks_for_more(request: DataRequest, held: Agreement) -> bool:
    """Whether an agency allowed a column, or a year, that the text which holds does not name."""
    said = {one.terms["agency"]: one.terms for one in held.held.clauses.all() if one.kind == "elements"}
    named = {(code, name) for code, of in said.items() for use in Variable.Use.values for name in of[use]}
    allowed = {(one.variable.dataset.agency.code, one.variable.name) for one in allowed_columns(request)}
    firsts, lasts = zip(*(of["years"] for of in said.values()), strict=True)
    earlier = request.first_year is not None and request.first_year < min(firsts)
    later = request.last_year is not None and request.last_year > max(lasts)
    return not allowed <= named or earlier or later


def newcomers_not_cleared(record: Agreement) -> int:
    """How many people an amendment names who are not named now and may not touch data today."""
    if record.amends is None:
        return 0
    named = record.amends.recipients.values("person")
    new = Person.objects.filter(pk__in=record.recipients.values("person")).exclude(pk__in=named)
    return sum(not person.standing().good(clock.today()) for person in new)


def take_effect(record: Agreement, held: Agreement, by: Person, destroy_within_days: int) -> None:
    """An amendment signed by all: its terms hold for the agreement, locked, from now on."""
    before = held.held
    held.version, held.ends_on = record, record.ends_on
    held.save()
    named = set(record.recipients.values_list("person", flat=True))
    held.recipients.exclude(person__in=named).delete()
    there = set(held.recipients.values_list("person", flat=True))
    Recipient.objects.bulk_create(
        Recipient(agreement=held, person_id=person) for person in sorted(named - there)
    )
    last_day = record.ends_on + timedelta(days=destroy_within_days)
    held.duties.filter(reason=AT_THE_END, done_at__isnull=True).update(due_on=last_day)
    audit.record(
        "agreements:agreement:amend",
        by=by,
        subject=held,
        number=held.number,
        version=record.number,
        superseded=before.number,
        text_hash=record.text_hash,
        ends_on=str(record.ends_on),
    )


@dataclass(frozen=True)
class Compared:
    """A clause of an amendment beside the one that it replaces: words, and what the system does because of them."""

    number: str
    heading: str
    words: list[Piece]
    no_longer: list[str]
    instead: list[str]


def replaced(record: Agreement) -> Agreement | None:
    """The text that was in force before this amendment, or is until it is signed."""
    if record.amends is None:
        return None
    signed = Agreement.every.filter(amends=record.amends, executed_at__isnull=False)
    if record.executed_at is not None:
        signed = signed.filter(executed_at__lt=record.executed_at)
    return signed.order_by("-executed_at").first() or record.amends


def compared(record: Agreement) -> list[Compared]:
    """Every clause that reads or is enforced otherwise than in the text that an amendment replaces."""
    before = replaced(record)
    if before is None:
        return []
    old = {clause.number: clause for clause in before.clauses.all()}
    new = {clause.number: clause for clause in record.clauses.all()}
    found = [_compared(old.get(number), new.get(number)) for number in [*new, *(old.keys() - new.keys())]]
    return [one for one in found if one is not None]


def _compared(old: Clause | None, new: Clause | None) -> Compared | None:
    said = new or old
    before, after = (enforced(one) if one else [] for one in (old, new))
    words = difference(old.text if old else "", new.text if new else "")
    moved = (old.terms if old else {}) != (new.terms if new else {})
    if said is None or (not moved and all(kind == "kept" for kind, _words in words)):
        return None
    return Compared(
        said.number,
        said.heading,
        words,
        [one for one in before if one not in after],
        [one for one in after if one not in before],
    )


def held_on(record: Agreement, day: date) -> Agreement:
    """The text that held on that day: its own, or that of the amendment that had been signed last by then."""
    signed = [one for one in record.amendments.all() if one.executed_on and one.executed_on <= day]
    return max(signed, key=attrgetter("executed_at"), default=record)


def versions(record: Agreement) -> list[Agreement]:
    """The text first signed and every amendment signed since, oldest first; the last one holds."""
    first = record.amends or record
    signed = Agreement.every.filter(amends=first, executed_at__isnull=False).order_by("executed_at")
    return [first, *signed]
