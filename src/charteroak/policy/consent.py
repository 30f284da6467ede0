"""A nation's consent to the use of records about its members: recorded with its paper, and withdrawn."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason, refuse
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

CLAUSE = "consent"  # the kind of clause by which a rule of law asks for it


class Status(StrEnum):
    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    RECORD = "record"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Facts:
    said: bool = True  # who consents, and to what publication
    days_in_order: bool = True  # given by today, and not over before it was given
    request_over: bool = False
    paper: Decision = ALLOWED  # whether the nation's letter can be taken
    because_said: bool = True
    actor_on_team: bool = False


def consent_unsaid(facts: Facts) -> Reason | None:
    if not facts.said:
        return Reason(
            "consent_unsaid",
            "The consent is not said whole.",
            "Say which nation consents, and what may be published.",
        )
    return None


def days_not_in_order(facts: Facts) -> Reason | None:
    if not facts.days_in_order:
        return Reason(
            "days_not_in_order",
            "These days cannot be the consent’s.",
            "It is given by today, and ends on or after the day on which it was given.",
        )
    return None


def request_over(facts: Facts) -> Reason | None:
    return Reason("request_over", "The request was declined or withdrawn.") if facts.request_over else None


def letter_not_taken(facts: Facts) -> Decision | None:
    return facts.paper if facts.paper.reasons else None


def own_request(facts: Facts) -> Reason | None:
    if facts.actor_on_team:
        return Reason("own_request", "Nobody decides on their own request.", "Let a colleague decide.")
    return None


def because_missing(facts: Facts) -> Reason | None:
    if not facts.because_said:
        return Reason("because_missing", "Say why it is withdrawn.", "It stays on record.")
    return None


def not_on_record(nations: tuple[str, ...], stands: bool) -> Decision:
    """Refused while the consent that an agreement rests on is not on record, or is over, or was taken back."""
    if stands:
        return Decision()
    said = Sentence("The consent of each of these does not stand: {nations}.", nations=nations)
    return refuse("consent_not_standing", said, "Ask the nation. The policy office records its consent anew.")


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "consent",
    {
        (None, Action.RECORD): step(
            Status.RECORDED, Role.POLICY_OFFICE, Role.COUNSEL,
            rules=(own_request, consent_unsaid, days_not_in_order, request_over, letter_not_taken),
        ),
        (Status.RECORDED, Action.WITHDRAW): step(
            Status.WITHDRAWN, Role.POLICY_OFFICE, Role.COUNSEL, rules=(because_missing,)
        ),
    },
)  # fmt: skip
