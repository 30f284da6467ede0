"""An agreement as the value that the system enforces, and the one question every route asks of it."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.models import Agreement, Clause
from charteroak.policy.clauses import Asked, Elements, Terms, covers
from charteroak.policy.decision import Decision
from charteroak.policy.roles import Role

OFFICES = frozenset(
    {
        Role.POLICY_OFFICE, Role.COUNSEL, Role.SIGNATORY, Role.DATA_STEWARD, Role.BOARD_CHAIR, Role.BOARD_MEMBER,
        Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR, Role.OUTPUT_CHECKER, Role.AUDITOR,
    }
)  # fmt: skip


def coverage(agreement: Agreement | None, asked: Asked) -> Decision:
    """Whether a signed clause covers this use; fails closed without an agreement."""
    return covers(terms(agreement) if agreement is not None else None, asked)


def terms(agreement: Agreement) -> Terms:
    """The agreement's terms, each with the number of the clause in which it was signed.

    Raises LookupError when a clause that the system enforces is missing: such an agreement covers nothing.
    """
    clauses = {clause.kind: clause for clause in agreement.clauses.all() if clause.kind != "elements"}

    def said(kind: str) -> dict[str, Any]:
        if kind not in clauses:
            raise LookupError(f"agreement {agreement.number} has no clause on {kind}")
        return dict(clauses[kind].terms)

    hub = said("hub")
    return Terms(
        number=agreement.number,
        executed_on=agreement.executed_on,
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        ended_on=agreement.ended_on,
        purpose=said("purpose")["purpose"],
        purpose_clause=clauses["purpose"].number,
        elements={
            clause.terms["agency"]: _elements(clause)
            for clause in agreement.clauses.all()
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


def contributors(agreement: Agreement) -> list[str]:
    """Codes of the agencies whose records go in, in order."""
    return sorted(terms(agreement).elements)


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
