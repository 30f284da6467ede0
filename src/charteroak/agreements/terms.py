"""An agreement's clauses as the value that the system enforces."""

from datetime import date
from typing import Any

from charteroak.agencies.reading import once
from charteroak.agreements.checklist import law_in
from charteroak.agreements.models import Agreement, Clause
from charteroak.policy import consent, irb
from charteroak.policy.clauses import Elements, Terms


class _Clauses(dict[str, Clause]):
    """By kind; one that is missing is named."""

    number = ""

    def __missing__(self, kind: str) -> Clause:
        raise LookupError(f"agreement {self.number} has no clause on {kind}")


@once
def terms(record: Agreement, held: Agreement | None = None) -> Terms:
    """The terms, each with the number of the clause in which it was signed, as `held` says them: the text of another
    day, or, without it, of the amendment signed last.

    Raises LookupError when a clause that the system enforces is missing: such an agreement covers nothing.
    """
    held = held or record.held
    clauses = _Clauses({one.kind: one for one in held.clauses.all() if one.kind != "elements"})
    clauses.number = held.number
    hub, term = clauses["hub"].terms, clauses["term"].terms
    return Terms(
        number=held.number,
        executed_on=record.executed_on,
        starts_on=date.fromisoformat(term["starts_on"]),
        ends_on=date.fromisoformat(term["ends_on"]),
        ended_on=record.ended_on,
        purpose=clauses["purpose"].terms["purpose"],
        purpose_clause=clauses["purpose"].number,
        elements={
            one.terms["agency"]: _elements(one) for one in held.clauses.all() if one.kind == "elements"
        },
        people=frozenset(clauses["people"].terms["people"]),
        people_clause=clauses["people"].number,
        place=clauses["place"].terms["place"],
        place_clause=clauses["place"].number,
        sensitive_seen=clauses["place"].terms.get("sensitive_seen", False),
        hub=hub["agency"],
        hub_clause=clauses["hub"].number,
        preview_days=clauses["preview"].terms["days"],
        preview_clause=clauses["preview"].number,
        preclear_days=clauses["preview"].terms.get("preclear_days", 0),
        destroy_within_days=clauses["destruction"].terms["within_days"],
        destroy_clause=clauses["destruction"].number,
        appetites=tuple(clauses["thresholds"].terms["appetites"]),
        appetite_clause=clauses["thresholds"].number,
        hub_keys=hub["keys"],
        **_review(clauses.get(irb.CLAUSE)),
        nations=tuple(clauses[consent.CLAUSE].terms["nations"]) if consent.CLAUSE in clauses else (),
    )


def preclears(record: Agreement) -> bool:
    """Whether the text signed last lets a board clear outputs ahead; an amendment's page leaves it to its project's."""
    try:
        return record.executed_on is not None and record.amends_id is None and terms(record).preclear_days > 0
    except LookupError:
        return False


def _review(clause: Clause | None) -> dict[str, Any]:
    ends = clause.terms["expires_on"] if clause else None
    return (
        {"review_expires_on": date.fromisoformat(ends), "review_clause": clause.number}
        if clause and ends
        else {}
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
        law=law_in(said),
    )
