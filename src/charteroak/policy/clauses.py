"""The one question below every route: does a signed clause cover this use, person, purpose and day?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import reduce
from operator import or_

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.legal import Law
from charteroak.policy.roles import Role, must_stay_apart
from charteroak.policy.sentence import Sentence
from charteroak.policy.standing import Standing

ANEW = "Ask for the same once more, as a project of its own."


class Use(StrEnum):
    """What is about to happen to data."""

    SUBMIT = "submit"  # an agency sends a file
    FIND = "find"  # the hub asks an agency for the records behind a list of numbers
    LINK = "link"  # the hub compares identifiers
    EXTRACT = "extract"  # columns are copied for the project
    OPEN = "open"  # a person opens the workspace, or starts a job in it
    MOUNT = "mount"  # the extract is mounted in a sandbox
    REVIEW = "review"  # a checker or steward looks at an output
    RELEASE = "release"  # bytes leave


@dataclass(frozen=True)
class Elements:
    """What one agency agreed to share: names by file, and the years."""

    clause: str
    linking: frozenset[str]  # columns of its matching file
    study: frozenset[str]  # columns that go into the extract
    evidence: frozenset[str] = frozenset()  # columns for the airlock's checks only
    years: tuple[int, int] = (1900, 2999)
    law: Law = field(default_factory=Law)  # the rules that bind these elements

    @property
    def all(self) -> frozenset[str]:
        return self.linking | self.study | self.evidence


@dataclass(frozen=True)
class Terms:
    """An agreement as the value that the system enforces. Clause numbers say where each term was signed."""

    number: str
    executed_on: date | None
    starts_on: date
    ends_on: date
    ended_on: date | None  # terminated or suspended early
    purpose: str
    purpose_clause: str
    elements: Mapping[str, Elements]  # by agency code
    people: frozenset[str]  # user names of the data recipients
    people_clause: str
    place: str  # "enclave"
    place_clause: str
    hub: str  # agency code of the data integration hub
    hub_clause: str
    preview_days: int
    preview_clause: str
    destroy_within_days: int
    destroy_clause: str
    appetites: tuple[str, ...] = ()
    appetite_clause: str = ""
    hub_keys: Mapping[str, str] = field(default_factory=dict)  # file kind → key fingerprint
    review_expires_on: date | None = None  # of the review board's determination, where the law asks for one
    review_clause: str = ""
    sensitive_seen: bool = False  # sensitive columns may be shown in a session, as a picture
    preclear_days: int = 0  # for how long a class of outputs may be cleared ahead; 0: none may
    nations: tuple[str, ...] = ()  # whose consent must be on record

    @property
    def law(self) -> Law:
        """The strictest of all contributors' law."""
        return reduce(or_, (shared.law for shared in self.elements.values()), Law())


@dataclass(frozen=True)
class Asked:
    """One use, as a page, job or mount puts it."""

    use: Use
    on: date
    agency: str | None = None
    elements: frozenset[str] = frozenset()
    person: Standing | None = None  # who will see or handle data; None for the platform's own workers
    purpose: str | None = None
    place: str = "enclave"


def covers(terms: Terms | None, asked: Asked) -> Decision:
    """Allowed, with the clauses it rests on, or every reason why not. Fails closed: no terms, no use."""
    if terms is None:
        return Decision(
            (
                Reason(
                    "no_agreement",
                    "No executed agreement covers this.",
                    "A data sharing agreement must be signed by every party first.",
                ),
            )
        )
    return (
        _in_force(terms, asked)
        & _reviewed(terms, asked)
        & _agency_and_elements(terms, asked)
        & terms.law.may_be_shared()
        & _person(terms, asked)
        & _purpose_and_place(terms, asked)
    )


def _in_force(terms: Terms, asked: Asked) -> Decision:
    number = terms.number
    if terms.executed_on is None or asked.on < terms.executed_on:
        why = Reason(
            "not_executed",
            Sentence("Agreement {number} is not signed by every party.", number=number),
            "Ask who has yet to sign.",
        )
    elif terms.ended_on is not None and asked.on >= terms.ended_on:
        why = Reason(
            "agreement_ended",
            Sentence("Agreement {number} ended on {day}.", number=number, day=terms.ended_on),
            ANEW,
        )
    elif asked.on < terms.starts_on:
        why = Reason(
            "not_yet_in_force",
            Sentence("Agreement {number} starts on {day}.", number=number, day=terms.starts_on),
            "Wait for that day.",
        )
    elif asked.on > terms.ends_on:
        why = Reason(
            "agreement_expired",
            Sentence("Agreement {number} expired on {day}.", number=number, day=terms.ends_on),
            ANEW,
        )
    else:
        return Decision(clauses=(f"{number}/signatures",))
    return Decision((why,))


def _reviewed(terms: Terms, asked: Asked) -> Decision:
    ends = terms.review_expires_on
    if ends is None:
        return Decision()
    if asked.on > ends:
        said = Sentence("The review board’s determination expired on {day}.", day=ends)
        mend = "Ask the board to renew it, then begin a change of the request with the new day."
        return Decision((Reason("review_expired", said, mend),))
    return Decision(clauses=(f"{terms.number}/{terms.review_clause}",))


def _agency_and_elements(terms: Terms, asked: Asked) -> Decision:
    if asked.agency is None:
        return Decision()
    shared = terms.elements.get(asked.agency)
    if shared is None:
        nothing = Sentence(
            "{agency} shares nothing under agreement {number}.", agency=asked.agency, number=terms.number
        )
        enters = "An amendment of the request brings an agency in, once all have signed it."
        return Decision((Reason("agency_not_a_party", nothing, enters),))
    allowed = {
        Use.SUBMIT: shared.all,
        Use.FIND: shared.linking,
        Use.LINK: shared.linking,
        Use.EXTRACT: shared.study | shared.evidence,
    }.get(asked.use, shared.study)
    over = sorted(asked.elements - allowed)
    if over:
        return Decision(
            (
                Reason(
                    "element_not_covered",
                    Sentence(
                        "Under agreement {number} {agency} does not share: {columns}.",
                        number=terms.number,
                        agency=asked.agency,
                        columns=tuple(over),
                    ),
                    "Leave these columns out, or amend the agreement.",
                ),
            )
        )
    return Decision(clauses=(f"{terms.number}/{shared.clause}",))


def _person(terms: Terms, asked: Asked) -> Decision:
    if asked.person is None:
        return Decision()
    named = asked.person.username in terms.people
    found = asked.person.good(asked.on)
    found &= must_stay_apart(asked.person.roles | ({Role.RECIPIENT} if named else frozenset()))
    if asked.use not in (Use.OPEN, Use.MOUNT):
        return found
    reasons: list[Reason] = []
    if not named:
        reasons.append(
            Reason(
                "person_not_named",
                Sentence("This person is not named in agreement {number}.", number=terms.number),
                "A staff change must be signed first.",
            )
        )
    reasons += terms.law.may_see(state_employee=asked.person.state_employee).reasons
    return found & Decision(tuple(reasons), () if reasons else (f"{terms.number}/{terms.people_clause}",))


def _purpose_and_place(terms: Terms, asked: Asked) -> Decision:
    reasons: list[Reason] = []
    if asked.purpose is not None and asked.purpose != terms.purpose:
        reasons.append(
            Reason(
                "purpose_differs",
                Sentence("Agreement {number} was signed for another purpose.", number=terms.number),
                "Ask anew.",
            )
        )
    if asked.use in (Use.OPEN, Use.MOUNT) and asked.place != terms.place:
        only = Sentence(
            "Agreement {number} allows work in the {place} only.", number=terms.number, place=terms.place
        )
        reasons.append(Reason("place_not_covered", only, "Work there, or ask for an amendment."))
    clauses = {
        Use.OPEN: (terms.purpose_clause, terms.place_clause),
        Use.MOUNT: (terms.purpose_clause, terms.place_clause),
        Use.FIND: (terms.hub_clause,),
        Use.LINK: (terms.hub_clause,),
        Use.EXTRACT: (terms.hub_clause, terms.place_clause),
        Use.REVIEW: (terms.preview_clause,),
        Use.RELEASE: (terms.purpose_clause, terms.appetite_clause, terms.preview_clause),
    }.get(asked.use, ())
    return Decision(tuple(reasons), tuple(f"{terms.number}/{clause}" for clause in clauses if clause))
