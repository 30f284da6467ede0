"""An office that a person holds: granted by the policy office to somebody else, ended by it the same day."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

OF_AN_AGENCY = frozenset({Role.DATA_STEWARD, Role.SIGNATORY, Role.BOARD_MEMBER})
OFFICES = frozenset(Role) - {Role.APPLICANT, Role.RECIPIENT, Role.AUTHOR, Role.SYSTEM}


class Status(StrEnum):
    HELD = "held"
    ENDED = "ended"


class Action(StrEnum):
    GRANT = "grant"
    END = "end"


@dataclass(frozen=True)
class Facts:
    role: Role = Role.RESEARCHER
    agency: bool = False  # held for an agency
    actor_is_holder: bool = False
    account_open: bool = True
    awaited: bool = False  # a key was sent by post, and nobody has signed in with it yet
    held: bool = False  # the same office, for the same agency, today
    until: date | None = None  # its last day, when one is named
    on: date = date.min
    passes_on: date | None = None  # a day to come from which another agency answers for that responsibility
    answers: bool = True  # the holder's employer answers for the responsibility that carries this office
    apart: Decision = ALLOWED  # what policy.roles.must_stay_apart says of all that the person would hold


def own_role(facts: Facts) -> Reason | None:
    return Reason("own_role", "Nobody grants a role to themselves.") if facts.actor_is_holder else None


def not_an_office(facts: Facts) -> Reason | None:
    if facts.role not in OFFICES:
        return Reason("not_an_office", "This role comes with a record; nobody grants it.")
    return None


def agency_missing(facts: Facts) -> Reason | None:
    if facts.role in OF_AN_AGENCY and not facts.agency:
        return Reason("agency_missing", "This office is held for an agency.", "Name the agency.")
    return None


def account_closed(facts: Facts) -> Reason | None:
    return None if facts.account_open else Reason("account_closed", "This account is closed.")


def not_signed_in_yet(facts: Facts) -> Reason | None:
    """Whoever reads the mail that brings the key must find nothing behind it."""
    if not facts.awaited:
        return None
    return Reason(
        "not_signed_in_yet",
        "This person has not signed in yet.",
        "Grant it after the first sign-in, once you have spoken to them.",
    )


def held_already(facts: Facts) -> Reason | None:
    """Held twice it would have to be ended twice."""
    return Reason("held_already", "This person holds the office already.") if facts.held else None


def ends_before_it_begins(facts: Facts) -> Reason | None:
    if facts.until is not None and facts.until < facts.on:
        return Reason("ends_before_it_begins", "The last day of the office is past.", "Choose a later one.")
    return None


def another_agencys_office(facts: Facts) -> Reason | None:
    """The responsibilities matrix grants the roles: an agency administers, links or operates, through its people."""
    if not facts.answers:
        return Reason(
            "another_agencys_office",
            "This office is held by people of the agency that answers for it.",
            "See who answers for what; a transfer is recorded there.",
        )
    return None


def outlives_a_transfer(facts: Facts) -> Reason | None:
    """What is recorded of days to come holds for who is granted the office today, as for who holds it."""
    if facts.passes_on is None or (facts.until is not None and facts.until < facts.passes_on):
        return None
    return Reason(
        "outlives_a_transfer",
        Sentence("From {day} on another agency answers for this office.", day=facts.passes_on),
        Sentence("Grant it until {day} at the latest.", day=facts.passes_on - timedelta(days=1)),
    )


def roles_must_stay_apart(facts: Facts) -> Decision:
    return facts.apart


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "office",
    {
        (None, Action.GRANT): step(
            Status.HELD,
            Role.POLICY_OFFICE,
            rules=(
                own_role, not_an_office, agency_missing, account_closed, not_signed_in_yet, held_already,
                ends_before_it_begins, another_agencys_office, outlives_a_transfer, roles_must_stay_apart,
            ),
        ),
        (Status.HELD, Action.END): step(Status.ENDED, Role.POLICY_OFFICE),
    },
)  # fmt: skip
