"""Putting on record what happened beside the platform; clocks and certificates follow from it."""

from datetime import date, datetime, time

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.agreements.destruction import start_identifiers
from charteroak.agreements.disclosures import hand_over
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.agreements.retention import cited
from charteroak.audit import actions as audit
from charteroak.elsewhere.models import Happening
from charteroak.elsewhere.queries import facts, happenings, may, unconfirmed
from charteroak.policy.decision import Decision
from charteroak.policy.delivery import FileKind
from charteroak.policy.elsewhere import DESTROYED_AS, Action

What = DestructionDuty.What


@transaction.atomic
def send(
    *, number: str, by: Person, agency: str, kind: FileKind, file_name: str, sha256: str, on: date, way: str
) -> Happening:
    """An agency's file went to the hub on that day; here stays its hash."""
    record, sender = _locked(number), Agency.objects.get(code=agency)
    known = facts(record, by, Action.SEND, on=on, agency=sender, kind=FileKind(kind), sha256=sha256)
    allowed = may(record, by, Action.SEND, known).require()
    made = _put(
        record, by, Action.SEND, on, agency=sender, kind=kind, file_name=file_name, sha256=sha256, way=way
    )
    _say(made, allowed, agency=agency, kind=kind.value, sha256=sha256)
    return made


@transaction.atomic
def match(*, number: str, by: Person, on: date) -> Happening:
    """The hub has matched the files."""
    record = _locked(number)
    allowed = may(record, by, Action.MATCH, facts(record, by, Action.MATCH, on=on)).require()
    made = _put(record, by, Action.MATCH, on)
    _say(made, allowed)
    return made


@transaction.atomic
def confirm(*, number: str, by: Person, agency: str, on: date) -> Happening:
    """A steward confirms the match for an agency; the last one starts the clock of the identifiers."""
    record, whose = _locked(number), Agency.objects.get(code=agency)
    allowed = may(
        record, by, Action.CONFIRM, facts(record, by, Action.CONFIRM, on=on, agency=whose)
    ).require()
    last = unconfirmed(record) == [agency]
    if last:
        may(
            record, by, Action.COMPLETE_CONFIRMATION, facts(record, by, Action.COMPLETE_CONFIRMATION, on=on)
        ).require()
    made = _put(record, by, Action.CONFIRM, on, agency=whose)
    due = _start_clock(record) if last else None
    _say(made, allowed, agency=agency, identifiers_due=str(due) if due else None)
    return made


def _start_clock(record: Agreement) -> date:
    """From the latest day on which a steward confirmed."""
    confirmed = happenings(record).filter(act=Action.CONFIRM).values_list("on", flat=True)
    return start_identifiers(record, max(confirmed))


@transaction.atomic
def deliver(*, number: str, by: Person, file_name: str, sha256: str, on: date, way: str) -> Happening:
    """The matched file went to those whom the agreement names; here stays its hash."""
    record = _locked(number)
    known = facts(record, by, Action.DELIVER, on=on, sha256=sha256)
    allowed = may(record, by, Action.DELIVER, known).require()
    made = _put(record, by, Action.DELIVER, on, file_name=file_name, sha256=sha256, way=way)
    _say(made, allowed, sha256=sha256)
    return made


@transaction.atomic
def destroy(*, number: str, by: Person, what: str, on: date, way: str) -> Happening:
    """Who held it certifies that it is gone, and how."""
    record = _locked(number)
    known = facts(record, by, Action.DESTROY, on=on, what=What(what), way=way)
    allowed = may(record, by, Action.DESTROY, known).require()
    duty = DestructionDuty.objects.select_for_update().get(agreement=record, what=what)
    hand_over(record, what, by)
    made = _put(record, by, Action.DESTROY, on, what=what, way=way)
    gone = happenings(record).exclude(sha256="")
    kinds = [kind.value for kind, duty_of in DESTROYED_AS.items() if duty_of == what] or [""]
    objects = [f"{one.file_name} {one.sha256}" for one in gone.filter(kind__in=kinds)]
    end_of_the_day = datetime.combine(on, time.max, clock.STATE_TIME)
    duty.done_at = min(clock.now(), end_of_the_day)
    duty.certificate = {
        "plans": {},
        "retention": cited(what, record),
        "parts": {by.name: {"objects": objects, "keys": [], "also": [], "how": [way], "at": str(on)}},
    }
    duty.save()
    _say(made, allowed, what=what, duty=audit.subject_of(duty))
    return made


def _locked(number: str) -> Agreement:
    return Agreement.objects.select_for_update(of=("self",)).get(number=number, executed_on__isnull=False)


def _put(record: Agreement, by: Person, act: Action, on: date, **said: object) -> Happening:
    return Happening.objects.create(agreement=record, act=act, on=on, by=by, at=clock.now(), **said)


def _say(made: Happening, allowed: Decision, **said: str | None) -> None:
    audit.record(
        f"elsewhere:happening:{made.act}", by=made.by, subject=made, number=made.agreement.number,
        on=made.on.isoformat(), clauses=sorted(set(allowed.clauses)), **said,
    )  # fmt: skip
