"""Every write about a matter: recorded, handed over, its duties done, closed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.audit import actions as audit
from charteroak.exceptions.models import Duty, Matter
from charteroak.exceptions.queries import facts, may_record, projects_of
from charteroak.policy.matter import LIFECYCLE, Action, Clock, Facts, Ground, Kind, Status, duties

NEEDED = {
    Kind.LEGAL_HOLD: ("what", "number", "clocks"),
    Kind.SUSPENSION: ("what",),
    Kind.SUBPOENA: ("what", "agency"),
    Kind.RECORDS_REQUEST: ("what", "agency", "asked_by"),
}


@transaction.atomic
def record(*, by: Person, kind: Kind, known_on: date, **said: Any) -> Matter:
    """Put a matter on record, with the duties that begin; who records it owns it until it is handed over."""
    given: Mapping[str, Any] = {name: value for name, value in said.items() if value}
    unsaid = tuple(name for name in NEEDED.get(kind, ("what",)) if not given.get(name))
    if kind is Kind.SUSPENSION and not (given.get("number") or given.get("person")):
        unsaid += ("number",)
    may_record(by, kind, unsaid).require()
    made = Matter.objects.create(
        kind=kind,
        what=given["what"],
        known_on=known_on,
        data_request=projects_of(by).get(number=given["number"]) if "number" in given else None,
        person=Person.objects.get(username=given["person"]) if "person" in given else None,
        agency=Agency.objects.get(code=given["agency"]) if "agency" in given else None,
        clocks=sorted({Clock(one).value for one in given.get("clocks", [])}),
        asked_by=given.get("asked_by", ""),
        wages=given.get("wages", False),
        social_security_numbers=given.get("social_security_numbers", False),
        owner=by,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    begun = duties(kind, known_on, social_security_numbers=made.social_security_numbers, wages=made.wages)
    Duty.objects.bulk_create([Duty(matter=made, **vars(one)) for one in begun])
    audit.record(
        "exceptions:matter:record", by=by, subject=made, kind=kind.value, number=given.get("number"),
        person=given.get("person"), agency=given.get("agency"), clocks=made.clocks, known_on=str(known_on),
    )  # fmt: skip
    return made


@transaction.atomic
def hand_over(*, pk: int, by: Person, to: str) -> None:
    """Somebody else owns it from now on."""
    found = _locked(pk)
    owner = Person.objects.with_access().filter(username=to).first()
    _require(
        found, Action.HAND_OVER, by, facts(Kind(found.kind), by, found, unsaid=() if owner else ("owner",))
    )
    found.owner = owner or found.owner
    found.save(update_fields=["owner"])
    audit.record("exceptions:matter:hand_over", by=by, subject=found, to=to)


@transaction.atomic
def do(*, pk: int, by: Person, duty: str, how: str = "") -> None:
    """One of its duties is done."""
    found = _locked(pk)
    _require(found, Action.DO, by, facts(Kind(found.kind), by, found))
    done = found.duties.filter(name=duty, done_at__isnull=True).get()
    done.done_by, done.done_at, done.how = by, clock.now(), how
    done.save(update_fields=["done_by", "done_at", "how"])
    audit.record("exceptions:duty:do", by=by, subject=found, duty=duty)


@transaction.atomic
def close(
    *, pk: int, by: Person, outcome: str, disclosed: bool = False, ground: Ground = Ground.NOT_DISCLOSED
) -> None:
    """It has ended: clocks run and access is back as far as this matter stood in their way."""
    found = _locked(pk)
    known = facts(
        Kind(found.kind), by, found, outcome=bool(outcome.strip()), disclosed=disclosed, ground=ground
    )
    _require(found, Action.CLOSE, by, known)
    found.status = LIFECYCLE.after(Status(found.status), Action.CLOSE)
    found.outcome, found.disclosed, found.ground = outcome, disclosed, ground
    found.closed_by, found.closed_at = by, clock.now()
    found.save(update_fields=["status", "outcome", "disclosed", "ground", "closed_by", "closed_at"])
    audit.record("exceptions:matter:close", by=by, subject=found, disclosed=disclosed, ground=ground.value)


def _locked(pk: int) -> Matter:
    return Matter.objects.select_for_update(of=("self",)).get(pk=pk)


def _require(found: Matter, action: Action, by: Person, known: Facts) -> None:
    LIFECYCLE.may(Status(found.status), action, by.roles(clock.today()), known).require()
