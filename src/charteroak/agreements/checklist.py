"""What the law requires of an agreement: of everybody, and by what its own terms say binds its elements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as noop

from charteroak.agreements.models import Clause
from charteroak.policy import legal
from charteroak.policy.legal import Law, Rule
from charteroak.policy.sentence import Sentence

KINDS = {
    "purpose": noop("purpose"),
    "elements": noop("elements"),
    "people": noop("people"),
    "place": noop("place"),
    "hub": noop("linking"),
    "thresholds": noop("disclosure rules"),
    "preview": noop("preview"),
    "destruction": noop("destruction"),
    "onward": noop("onward sharing"),
    "breach": noop("breach"),
    "parties": noop("parties"),
    "term": noop("term"),
    "records": noop("records requests"),
    "consent": noop("consent of a nation"),
    "irb": noop("review by an institutional review board"),
}


@dataclass(frozen=True)
class Required:
    """A kind of clause that the agreement must have, the rules that ask for it, and the clauses that say it."""

    kind: str
    rules: list[Rule]
    clauses: list[str]

    @property
    def named(self) -> Sentence:
        return Sentence(KINDS[self.kind])

    @property
    def asked_by(self) -> Sentence:
        """The kind with its sources, as a refusal says it."""
        sources = tuple(sorted({rule.source for rule in self.rules}))
        return Sentence("{kind} ({sources})", kind=self.named, sources=sources)


def law_in(terms: Mapping[str, Any]) -> Law:
    """The rules that bind the elements of one agency, by the terms of its clause."""
    if "law" in terms:
        return legal.named(terms["law"])
    return legal.named(["ui_wages.wages_for_state_employees_only"] if terms["wages"] else [])  # signed before


def law_of(clauses: Iterable[Clause]) -> Law:
    law = legal.everybody()
    for clause in clauses:
        if clause.kind == "elements":
            law |= law_in(clause.terms)
    return law


def checklist(clauses: Iterable[Clause]) -> list[Required]:
    """Every kind of clause that the law asks for; one without a clause, or with an empty one, is missing."""
    held = list(clauses)
    return [
        Required(
            kind, rules, [clause.number for clause in held if clause.kind == kind and clause.text.strip()]
        )
        for kind, rules in law_of(held).clauses.items()
    ]
