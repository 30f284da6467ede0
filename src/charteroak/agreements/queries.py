"""An agreement as the value that the system enforces, and the one question every route asks of it."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.drafting import REQUIRED
from charteroak.agreements.models import Agreement, Clause, Party, Signature
from charteroak.policy import agreement, data_request
from charteroak.policy.clauses import Asked, Elements, Terms, covers
from charteroak.policy.decision import Decision, refuse
from charteroak.policy.roles import Role

OFFICES = frozenset(
    {
        Role.POLICY_OFFICE, Role.COUNSEL, Role.SIGNATORY, Role.DATA_STEWARD, Role.BOARD_CHAIR, Role.BOARD_MEMBER,
        Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR, Role.OUTPUT_CHECKER, Role.AUDITOR,
    }
)  # fmt: skip


def coverage(record: Agreement | None, asked: Asked) -> Decision:
    """Whether a signed clause covers this use; fails closed without an agreement or an enforced clause."""
    if record is None:
        return covers(None, asked)
    if record.executed_on is not None and not as_signed(record):
        return refuse(
            "not_as_signed",
            f"Agreement {record.number} no longer reads as it was signed.",
            "Tell the auditor.",
        )
    try:
        return covers(terms(record), asked)
    except LookupError as missing:
        return refuse("agreement_incomplete", str(missing), "Amend the agreement.")


def as_signed(record: Agreement) -> bool:
    """Whether the clauses on file are, to the letter, those that every party signed."""
    signed = set(Signature.objects.filter(party__agreement=record).values_list("text_hash", flat=True))
    return signed == {record.text_hash} == {text_hash(record.clauses.all())}


def terms(record: Agreement) -> Terms:
    """The agreement's terms, each with the number of the clause in which it was signed.

    Raises LookupError when a clause that the system enforces is missing: such an agreement covers nothing.
    """
    clauses = {clause.kind: clause for clause in record.clauses.all() if clause.kind != "elements"}

    def said(kind: str) -> dict[str, Any]:
        if kind not in clauses:
            raise LookupError(f"agreement {record.number} has no clause on {kind}")
        return dict(clauses[kind].terms)

    hub = said("hub")
    return Terms(
        number=record.number,
        executed_on=record.executed_on,
        starts_on=record.starts_on,
        ends_on=record.ends_on,
        ended_on=record.ended_on,
        purpose=said("purpose")["purpose"],
        purpose_clause=clauses["purpose"].number,
        elements={
            clause.terms["agency"]: _elements(clause)
            for clause in record.clauses.all()
            if clause.kind == "elements"
        },
        people=frozenset(said("people")["people"]),
        people_clause=clauses["people"].number,
        place=said("place")["place"],
        place_clause=clauses["place"].number,
        hub=hub["agency"],
        hub_clause=clauses["hub"].number,
        preview_days=said("preview")["days"],
        preview_clause=clauses["preview"].number,
        destroy_within_days=said("destruction")["within_days"],
        destroy_clause=clauses["destruction"].number,
        appetites=tuple(said("thresholds")["appetites"]),
        appetite_clause=clauses["thresholds"].number,
        hub_keys=hub["keys"],
    )


def _elements(clause: Clause) -> Elements:
    said = clause.terms
    first, last = said["years"]
    return Elements(
        clause=clause.number,
        linking=frozenset(said["linking"]),
        study=frozenset(said["study"]),
        evidence=frozenset(said["evidence"]),
        years=(first, last),
        wages=said["wages"],
    )


def text_hash(clauses: Iterable[Clause]) -> str:
    """SHA-256 over every clause's words and terms in order: what people sign and what the system enforces."""
    whole = [
        {"number": c.number, "kind": c.kind, "heading": c.heading, "text": c.text, "terms": c.terms}
        for c in clauses
    ]
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def contributors(record: Agreement) -> list[str]:
    """Codes of the agencies whose records go in, in order."""
    return sorted(terms(record).elements)


def in_force(number: str, on: date | None = None) -> Agreement | None:
    """The executed agreement of that number if it runs on that day (today by default)."""
    day = on or clock.today()
    return (
        Agreement.objects.filter(number=number, executed_on__lte=day, starts_on__lte=day, ends_on__gte=day)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))
        .first()
    )


def visible_to(person: Person) -> QuerySet[Agreement]:
    """Agreements that a person may read: those who hold an office here, and the people of the project."""
    if person.is_active and person.roles(clock.today()) & OFFICES:
        return Agreement.objects.all()
    return Agreement.objects.filter(
        Q(recipients__person=person)
        | Q(data_request__applicant=person)
        | Q(data_request__team__person=person)
    ).distinct()


def roles_of(person: Person, record: Agreement) -> frozenset[Role]:
    """Offices held today, and the recipient's role where the agreement names this person."""
    roles = person.roles(clock.today())
    return roles | {Role.RECIPIENT} if record.recipients.filter(person=person).exists() else roles


def facts(record: Agreement, by: Person, shown: str = "", party: Party | None = None) -> agreement.Facts:
    """What the rules need to know; `shown` is the hash of the text that the signer was shown."""
    clauses = list(record.clauses.all())
    present = {clause.kind for clause in clauses if clause.text.strip()}
    return agreement.Facts(
        missing_clauses=tuple(f"{kind} ({law})" for kind, law in REQUIRED.items() if kind not in present),
        request_approved=record.data_request.status == data_request.Status.APPROVED,
        signer_party=party is not None and party.signatory_id == by.pk,
        already_signed=party is not None and Signature.objects.filter(party=party).exists(),
        text_changed=bool(shown) and not shown == record.text_hash == text_hash(clauses),
        unsigned=tuple(
            f"{party.agency.code} ({party.get_part_display()})"
            for party in record.parties.filter(signature__isnull=True).select_related("agency")
        ),
        not_destroyed=tuple(duty.get_what_display() for duty in record.duties.filter(done_at__isnull=True)),
    )
