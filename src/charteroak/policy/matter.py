"""What breaks the ordinary course: holds, subpoenas, breaches, suspensions, records requests, complaints, findings."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.legal import everybody
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Kind(StrEnum):
    LEGAL_HOLD = "legal_hold"  # while open, the destruction clocks that it names stand still
    SUSPENSION = "suspension"  # while open, its project or person touches nothing
    SUBPOENA = "subpoena"
    BREACH = "breach"
    RECORDS_REQUEST = "records_request"
    COMPLAINT = "complaint"
    AUDIT_FINDING = "audit_finding"


class Clock(StrEnum):
    """A destruction clock that a hold can stop."""

    IDENTIFIERS = "identifiers"
    PAYLOAD = "payload"
    EXTRACT = "extract"
    OUTPUTS = "outputs"


DESTROYS = {
    Clock.IDENTIFIERS: Sentence("Identifiers, pairs and crosswalk"),
    Clock.PAYLOAD: Sentence("Analysis files"),
    Clock.EXTRACT: Sentence("Extract and evidence"),
    Clock.OUTPUTS: Sentence("Unreleased outputs"),
}


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    RECORD = "record"
    HAND_OVER = "hand_over"
    DO = "do"  # one of its duties
    CLOSE = "close"


class Ground(StrEnum):
    """Why wage records went, or did not go, to a court: 20 CFR 603.7."""

    NOT_DISCLOSED = "not_disclosed"
    MOTION_DENIED = "motion_to_quash_denied"
    EXCEPTION = "exception_on_record"


OFFICE, COUNSEL = Role.POLICY_OFFICE, Role.COUNSEL
RECORDS = {
    Kind.LEGAL_HOLD: frozenset({COUNSEL}),
    Kind.SUSPENSION: frozenset({OFFICE, COUNSEL, Role.BOARD_CHAIR}),
    Kind.SUBPOENA: frozenset({COUNSEL}),
    Kind.BREACH: frozenset({OFFICE, COUNSEL, Role.DATA_STEWARD, Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR}),
    Kind.RECORDS_REQUEST: frozenset({OFFICE, COUNSEL, Role.DATA_STEWARD}),
    Kind.COMPLAINT: frozenset({OFFICE, COUNSEL}),
    Kind.AUDIT_FINDING: frozenset({Role.AUDITOR}),
}
CLOSES = RECORDS | {
    Kind.SUSPENSION: frozenset({OFFICE, Role.BOARD_CHAIR}),
    Kind.BREACH: frozenset({OFFICE, COUNSEL}),
    Kind.RECORDS_REQUEST: frozenset({OFFICE, COUNSEL}),
}
WORKS = frozenset().union(*RECORDS.values())
KEEPS = frozenset({OFFICE, COUNSEL, Role.AUDITOR})


@dataclass(frozen=True)
class Facts:
    kind: Kind = Kind.COMPLAINT
    may_record: bool = True  # one of the actor's offices records this kind
    may_close: bool = True
    works_on_it: bool = True  # the actor owns it, or keeps all of them
    unsaid: tuple[str, ...] = ()  # what this kind must name
    not_done: int = 0  # duties
    outcome: bool = True
    wages: bool = False  # a subpoena for unit-level wage records …
    disclosed: bool = False  # … that were handed over
    ground: Ground = Ground.NOT_DISCLOSED


def another_office(facts: Facts) -> Reason | None:
    if not facts.may_record:
        return Reason("another_office", Sentence("Another office records this: {kind}.", kind=facts.kind))
    return None


def not_named(facts: Facts) -> Reason | None:
    if facts.unsaid:
        return Reason("not_named", Sentence("Still to be named: {what}.", what=facts.unsaid))
    return None


def not_yours_to_do(facts: Facts) -> Reason | None:
    if not facts.works_on_it:
        return Reason("not_yours_to_do", "Its owner does this, or an office that keeps all of them.")
    return None


def closed_by_another(facts: Facts) -> Reason | None:
    if not facts.may_close:
        return Reason("closed_by_another", Sentence("Another office closes this: {kind}.", kind=facts.kind))
    return None


def duties_left(facts: Facts) -> Reason | None:
    if facts.not_done:
        return Reason(
            "duties_left",
            Sentence("Duties still to do: {count}.", count=facts.not_done),
            "Record each here once it is done.",
        )
    return None


def outcome_missing(facts: Facts) -> Reason | None:
    return None if facts.outcome else Reason("outcome_missing", "Say how it ended.", "It stays on record.")


def wages_protected(facts: Facts) -> Reason | None:
    """20 CFR 603.7: a motion to quash comes first, or the exception is written down."""
    if facts.wages and facts.disclosed and facts.ground is Ground.NOT_DISCLOSED:
        return Reason(
            "wages_protected",
            "Wage records go to a court only once a motion to quash is denied, or under a recorded exception.",
            "Record the ruling, or the exception of 20 CFR 603.7 that applies.",
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "matter",
    {
        (None, Action.RECORD): step(Status.OPEN, *WORKS, rules=(another_office, not_named)),
        (Status.OPEN, Action.HAND_OVER): step(Status.OPEN, *KEEPS, rules=(not_named,)),
        (Status.OPEN, Action.DO): step(Status.OPEN, *Role, rules=(not_yours_to_do,)),
        (Status.OPEN, Action.CLOSE): step(
            Status.CLOSED, *WORKS, rules=(closed_by_another, duties_left, outcome_missing, wages_protected)
        ),
    },
)


@dataclass(frozen=True)
class Duty:
    """What must be done because of a matter: its name, by when (None: promptly), under which law."""

    name: str
    says: str
    due_on: date | None
    source: str
    verified: bool


class Notice(StrEnum):
    """What a duty's owner is told, each once; days of the law are calendar days."""

    MONTH = "a_month_before"
    WEEK = "a_week_before"
    DAY = "a_day_before"
    OVERDUE = "overdue"


BEFORE = {Notice.DAY: 1, Notice.WEEK: 7, Notice.MONTH: 30}  # days before the due day, the nearest first


def notice(due_on: date, today: date) -> Notice | None:
    """What is to be said of a duty that is not done, on this day; None while it is further off."""
    if today > due_on:
        return Notice.OVERDUE
    left = (due_on - today).days
    return next((one for one, days in BEFORE.items() if left <= days), None)


def duties(kind: Kind, on: date, *, social_security_numbers: bool = False, wages: bool = False) -> list[Duty]:
    """The duties that begin on the day `on`, on which the matter became known; statutory days are calendar days."""
    if kind is Kind.BREACH:
        return _after_a_breach(on, social_security_numbers)
    if kind is Kind.RECORDS_REQUEST:
        refer = "Refer the request to the agency the records came from, and write to who asked."
        return [Duty("refer", refer, None, "CGS 4-67dd", True)]
    if kind is Kind.SUBPOENA:
        tell = Duty("tell_agency", "Tell the agency the records came from.", on, "E-MOU", False)
        quash = Duty(
            "move_to_quash", "Move to quash, or write down the exception.", None, "20 CFR 603.7", False
        )
        return [tell, quash] if wages else [tell]
    if kind is Kind.COMPLAINT:
        return [Duty("answer", "Answer who complained.", None, "E-MOU", False)]
    if kind is Kind.AUDIT_FINDING:
        return [Duty("correct", "Correct what was found, and say how.", None, "E-MOU", False)]
    return []


def _after_a_breach(on: date, social_security_numbers: bool) -> list[Duty]:
    days = everybody().breach_notice_days
    last = on + timedelta(days=days) if days is not None else None
    found = [
        Duty("tell_agencies", "Tell every agency whose records are concerned.", on, "DSA", False),
        Duty("tell_board", "Report to the data governing board.", None, "Data governance manual", False),
        Duty("tell_residents", "Write to the residents concerned.", last, "CGS 36a-701b", True),
        Duty("tell_attorney_general", "Tell the Attorney General, no later.", last, "CGS 36a-701b", True),
    ]
    if social_security_numbers:
        monitor = "Offer 24 months of credit monitoring."
        found.append(Duty("offer_credit_monitoring", monitor, last, "CGS 36a-701b", True))
    return found


def may_destroy(holds: tuple[str, ...]) -> Decision:
    """Whether a destruction clock runs: no open legal hold (by their names) stops it."""
    return Decision(
        tuple(
            Reason(
                "legal_hold",
                Sentence("Legal hold {hold} stops this destruction.", hold=hold),
                "Counsel lifts it by closing it.",
            )
            for hold in holds
        )
    )


def may_proceed(suspensions: tuple[str, ...]) -> Decision:
    """Whether a project, or a person, may touch data: no open suspension (by their names) is about it."""
    return Decision(
        tuple(
            Reason(
                "suspended",
                Sentence("Suspension {suspension} stops every use.", suspension=suspension),
                "The policy office or the board lifts it.",
            )
            for suspension in suspensions
        )
    )
