"""Every write about legal instruments: put on record, and what they authorise passes from one agency to another."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Authority, Instrument, Person, RoleHeld
from charteroak.agencies.queries.authority import may_record, may_transfer
from charteroak.audit import actions as audit
from charteroak.policy import instrument
from charteroak.policy.responsibility import CARRIES, Kind


@transaction.atomic
def record(
    *,
    by: Person,
    number: str,
    kind: str,
    title: str,
    citation: str,
    effective_on: date,
    says: str,
    parties: list[str],
    authorises: list[str],
    expires_on: date | None = None,
    supersedes: str = "",
) -> Instrument:
    """Put an instrument on record; from its day on it stands in place of the one it supersedes."""
    before = Instrument.objects.get(number=supersedes) if supersedes else None
    signed = list(Agency.objects.filter(code__in=parties).order_by("code"))
    known = instrument.Facts(
        kind=instrument.Kind(kind),
        parties=len(signed),
        unknown=tuple(sorted(set(parties) - {one.code for one in signed})),
        effective_on=effective_on,
        expires_on=expires_on,
        known=Instrument.objects.filter(number=number).exists(),
        superseded=before is not None and Instrument.objects.filter(supersedes=before).exists(),
        authorises=bool(says.strip()),
    )
    may_record(by, known).require()
    made = Instrument.objects.create(
        number=number, kind=kind, title=title, citation=citation, effective_on=effective_on, expires_on=expires_on,
        supersedes=before, authorises=[Kind(one).value for one in authorises], says=says, verified=True,
        recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    made.parties.set(signed)
    audit.record(
        "agencies:instrument:record", by=by, subject=made, number=number, kind=kind,
        parties=[one.code for one in signed], authorises=made.authorises, effective_on=str(effective_on),
    )  # fmt: skip
    return made


@transaction.atomic
def transfer(*, by: Person, kind: Kind, agency: str, since: date, under: str) -> Authority:
    """From `since` on another agency answers for this; the offices that go with it end with the day before."""
    to = Agency.objects.select_for_update().get(code=agency)
    instrument_ = Instrument.objects.get(number=under)
    may_transfer(by, kind, to, since, instrument_).require()
    made = Authority.objects.create(
        agency=to, kind=kind, citation=instrument_.citation, instrument=instrument_.title, since=since,
        until=instrument_.expires_on, verified=instrument_.verified, under=instrument_, recorded_by=by,
        recorded_at=clock.now(),
    )  # fmt: skip
    ended = _end_offices(kind, to, since, by)
    audit.record(
        "agencies:responsibility:transfer", by=by, subject=made, kind=kind.value, agency=agency, since=str(since),
        instrument=under, offices_ended=ended,
    )  # fmt: skip
    return made


def _end_offices(kind: Kind, to: Agency, since: date, by: Person) -> int:
    """The matrix grants the role: people of another agency hold it no longer than theirs answered for it."""
    if kind not in CARRIES:
        return 0
    last_day = since - timedelta(days=1)
    later = Q(until__isnull=True) | Q(until__gt=last_day)
    others = RoleHeld.objects.filter(later, role=CARRIES[kind]).exclude(person__employer=to)
    return others.update(until=last_day, changed_by=by)


def load(given: Mapping[str, Any]) -> None:
    """An instrument from a setup file. Safe to repeat."""
    supersedes = given.get("supersedes")
    made, _made = Instrument.objects.update_or_create(
        number=given["number"],
        defaults={
            "kind": instrument.Kind(given["kind"]),
            "title": given["title"],
            "citation": given["citation"],
            "effective_on": given["effective_on"],
            "expires_on": given.get("expires_on"),
            "supersedes": Instrument.objects.get(number=supersedes) if supersedes else None,
            "authorises": [Kind(one).value for one in given.get("authorises", [])],
            "says": given["says"],
            "verified": given["verified"],
        },
    )
    made.parties.set(Agency.objects.filter(code__in=given.get("parties", [])))
