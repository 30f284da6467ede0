"""Every write about an agreement: drafted, redlined, opened for signature, signed, executed, ended, closed."""

import hashlib
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from charteroak.adapters import clock
from charteroak.adapters.environment import governance_only
from charteroak.agencies.models import Person
from charteroak.agencies.queries import administration_on, authority_of, holders
from charteroak.agreements import amending, drafting, retention, round_trip
from charteroak.agreements.models import (
    Agreement,
    Clause,
    DestructionDuty,
    Party,
    Recipient,
    Redline,
    Signature,
)
from charteroak.agreements.queries import draft_decision, facts, roles_of, terms, text_hash
from charteroak.audit import actions as audit
from charteroak.policy.agreement import LIFECYCLE, Action, Status
from charteroak.policy.decision import Reason, Refused, refuse
from charteroak.policy.roles import Role, must_stay_apart
from charteroak.requests.models import DataRequest


def locked(pk: int) -> Agreement:
    every = Agreement.every.select_for_update(of=("self",))
    return every.select_related("data_request", "amends").get(pk=pk)


def require(record: Agreement, action: Action, by: Person, shown: str | None = None) -> None:
    LIFECYCLE.may(Status(record.status), action, roles_of(by, record), facts(record, by, shown)).require()


@transaction.atomic
def draft(*, data_request_pk: int, by: Person, sensitive_seen: bool | None = None) -> Agreement:
    """Generate the agreement from the request and what each agency decided; `sensitive_seen`: None as it stands."""
    request = DataRequest.objects.select_for_update().get(pk=data_request_pk)
    amends = amending.to_amend(request)
    if amends is not None:  # of two amendments drafted at once, the second finds the first
        amends = locked(amends.pk)
    draft_decision(request, by).require()
    parties = drafting.parties_to(request)
    seen = amending.sensitive_seen(request) if sensitive_seen is None else sensitive_seen
    drafted = drafting.draft(request, parties, amends.number if amends else "", sensitive_seen=seen)
    if amends is not None:
        drafted = amending.kept(drafted, amends)
    said = {clause.kind: clause.terms for clause in drafted}
    record = Agreement.every.create(
        amends=amends,
        number=request.number,
        data_request=request,
        starts_on=date.fromisoformat(said["term"]["starts_on"]),
        ends_on=date.fromisoformat(said["term"]["ends_on"]),
        drafted_by=by,
        drafted_at=clock.now(),
    )
    clauses = [Clause(agreement=record, position=at, **vars(clause)) for at, clause in enumerate(drafted)]
    Clause.objects.bulk_create(clauses)
    for party in parties:
        _add_party(record, party)
    for person in Person.objects.filter(username__in=said["people"]["people"]):
        must_stay_apart({*person.roles(clock.today()), Role.RECIPIENT}).require()
        Recipient.objects.create(agreement=record, person=person)
    audit.record(
        "agreements:agreement:draft",
        by=by,
        subject=record,
        number=record.number,
        request=audit.subject_of(request),
        amends=amends.number if amends else None,
        clauses=[clause.number for clause in clauses],
    )
    return record


def _add_party(record: Agreement, party: Party) -> None:
    signatory = holders(Role.SIGNATORY, party.agency).first()
    if signatory is None:
        message = _("%s has no signatory.") % party.agency.code
        raise Refused((Reason("no_signatory", message, _("Grant the role first.")),))
    party.agreement, party.signatory = record, signatory
    party.save()


@transaction.atomic
def redline(*, clause: int, by: Person, text: str, comment: str = "") -> None:
    """Change a clause's words before signature, and with them a value that its template leaves open."""
    record = locked(Clause.objects.values_list("agreement", flat=True).get(pk=clause))
    require(record, Action.REDLINE, by)
    changed = record.clauses.get(pk=clause)
    _redline(changed, by, text, comment)
    audit.record("agreements:clause:redline", by=by, subject=record, clause=changed.number)


@transaction.atomic
def take_in(*, pk: int, by: Person, file: bytes) -> list[str]:
    """Take in the agreement as it came back from Word: every change becomes a redline, or none does.

    Returns the numbers of the clauses that changed. Raises Refused with all that stands against the file.
    """
    record = locked(pk)
    require(record, Action.REDLINE, by)
    changes = round_trip.changes(record, file)
    for change in changes:
        _redline(change.clause, by, change.text, change.comment)
    numbers = [change.clause.number for change in changes]
    if numbers:
        audit.record(
            "agreements:agreement:take_in",
            by=by,
            subject=record,
            clauses=numbers,
            file=hashlib.sha256(file).hexdigest(),
        )
    return numbers


def _redline(changed: Clause, by: Person, text: str, comment: str) -> None:
    changed.wording.may_read(changed.number, changed.text, text).require()
    terms = changed.wording.terms(changed.terms, text)
    moved = terms != changed.terms
    Redline.objects.create(
        clause=changed,
        before=changed.text,
        after=text,
        terms_before=changed.terms if moved else None,
        terms_after=terms if moved else None,
        comment=comment,
        by=by,
        at=clock.now(),
    )
    changed.text, changed.terms = text, terms
    changed.save()


@transaction.atomic
def open_for_signature(*, pk: int, by: Person) -> None:
    """Freeze the text: from here on everyone signs the same hash."""
    record = locked(pk)
    require(record, Action.OPEN_FOR_SIGNATURE, by)
    record.status = LIFECYCLE.after(Status(record.status), Action.OPEN_FOR_SIGNATURE)
    record.opened_by, record.opened_at = by, clock.now()
    record.text_hash = text_hash(record.clauses.all())
    record.save()
    audit.record("agreements:agreement:open_for_signature", by=by, subject=record, text_hash=record.text_hash)


@transaction.atomic
def sign(*, party: int, by: Person, text_hash: str, intent: str, confirmed_at: datetime | None) -> None:
    """Sign for a party what was shown (`text_hash`), with a statement of intent. The last signature executes.

    `confirmed_at` is when the signer last proved who they are; long ago, or never, is refused.
    """
    wanted = Party.objects.select_related("agency").get(pk=party)
    record = locked(wanted.agreement_id)
    if record.amends_id is not None:  # while the last one signs, nobody ends what it amends
        record.amends = locked(record.amends_id)
    known = facts(record, by, text_hash, wanted, confirmed_at)
    LIFECYCLE.may(Status(record.status), Action.SIGN, roles_of(by, record), known).require()
    if not intent.strip():
        refuse("no_intent", _("Say that you mean to sign."), _("Tick the statement of intent.")).require()
    Signature.objects.create(
        party=wanted,
        given_for=wanted,
        by=by,
        at=clock.now(),
        on=clock.today(),
        intent=intent,
        text_hash=text_hash,
        confirmed_at=confirmed_at,
    )
    authority = authority_of(wanted.agency, clock.today())
    last = not record.parties.filter(signature__isnull=True).exists()
    if last:
        _execute(record, by, text_hash)
    audit.record(
        "agreements:agreement:sign",
        by=by,
        subject=record,
        number=record.number,
        party=wanted.agency.code,
        part=wanted.part,
        text_hash=text_hash,
        authority=authority.code if authority else None,
    )
    if last:
        _record_execution(record, by)


def _execute(record: Agreement, by: Person, shown: str) -> None:
    require(record, Action.EXECUTE, by, shown)
    record.status = LIFECYCLE.after(Status(record.status), Action.EXECUTE)
    record.executed_on, record.executed_at = clock.today(), clock.now()
    record.save()
    within = terms(record).destroy_within_days
    from charteroak.agreements import tasks  # the jobs import this room's actions

    tasks.order_paper(record.number)
    if record.amends is not None:
        amending.take_effect(record, record.amends, by, within)
        return
    last_day = record.ends_on + timedelta(days=within)
    for (
        what
    ) in DestructionDuty.What:  # the clock of the identifiers starts when the stewards confirm the match
        at_the_end = what != DestructionDuty.What.IDENTIFIERS
        DestructionDuty.objects.create(
            agreement=record,
            what=what,
            due_on=last_day if at_the_end else None,
            reason=amending.AT_THE_END if at_the_end else "",
        )
    if not governance_only():
        tasks.order_keys(record.number)


def _record_execution(record: Agreement, by: Person) -> None:
    administration = administration_on(clock.today())
    audit.record(
        "agreements:agreement:execute",
        by=by,
        subject=record,
        number=record.number,
        request=audit.subject_of(record.data_request),
        text_hash=record.text_hash,
        clauses=[clause.number for clause in record.clauses.all()],
        parties=[str(party) for party in record.parties.select_related("agency")],
        administration=f"{administration.agency.code}:{administration.code}" if administration else None,
    )


@transaction.atomic
def withdraw(*, pk: int, by: Person, because: str) -> None:
    """Give up an amendment that not everybody has signed, or a text whose last day came before the last signature.

    What an amendment amends holds as it is, and another may be drafted.
    """
    record = locked(pk)
    require(record, Action.WITHDRAW, by)
    if not because.strip():
        refuse("comment_missing", _("Say why it is withdrawn."), _("Its parties read it.")).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.WITHDRAW)
    record.withdrawn_by, record.withdrawn_at = by, clock.now()
    record.withdrawn_because = because.strip()
    record.save()
    audit.record("agreements:agreement:withdraw", by=by, subject=record, number=record.number)


@transaction.atomic
def terminate(*, pk: int, by: Person, because: str) -> None:
    """End the agreement today: every route refuses from now on, and the destruction clocks start."""
    record = locked(pk)
    require(record, Action.TERMINATE, by)
    if not because.strip():
        refuse("comment_missing", _("Say why it ends."), _("The certificates name it.")).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.TERMINATE)
    record.ended_on, record.ended_by, record.ended_at = clock.today(), by, clock.now()
    record.save()
    due = record.ended_on + timedelta(days=terms(record).destroy_within_days)
    sooner = Q(due_on__isnull=True) | Q(due_on__gt=due)
    record.duties.filter(sooner, done_at__isnull=True).update(due_on=due, reason=because)
    audit.record("agreements:agreement:terminate", by=by, subject=record, number=record.number)


@transaction.atomic
def destroy(*, pk: int, by: Person) -> None:
    """After the end: everything is due for destruction today; each room's own processes see to it."""
    record = locked(pk)
    require(record, Action.DESTROY, by)
    today = clock.today()
    later = record.duties.filter(Q(due_on__isnull=True) | Q(due_on__gt=today), done_at__isnull=True)
    approvals = retention.rested_on(record, later)
    later.update(due_on=today, reason=noop("ordered after the end"))
    audit.record(
        "agreements:agreement:destroy", by=by, subject=record, number=record.number, approvals=approvals
    )


@transaction.atomic
def close(*, pk: int, by: Person) -> None:
    """Close an ended agreement once everything under it is destroyed and certified."""
    record = locked(pk)
    require(record, Action.CLOSE, by)
    record.status = LIFECYCLE.after(Status(record.status), Action.CLOSE)
    record.save()
    audit.record("agreements:agreement:close", by=by, subject=record, number=record.number)
