"""A question to the project about an output, from who reviews or clears it, and the project's answer."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"


class Action(StrEnum):
    ASK = "ask"
    ANSWER = "answer"


@dataclass(frozen=True)
class Facts:
    actor_is_recipient: bool = False
    actor_reviews: bool = True  # it is this person's turn to review or to clear
    text_said: bool = True
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of this step, today


def own_request(facts: Facts) -> Reason | None:
    if facts.actor_is_recipient:
        return Reason("own_request", "Nobody checks, clears or releases an output of their own project.")
    return None


def not_your_turn(facts: Facts) -> Reason | None:
    if not facts.actor_reviews:
        return Reason(
            "not_your_turn",
            "Questions are for whoever reviews or clears the outputs now.",
            "Output checkers ask while they review, stewards of the contributing agencies while they clear.",
        )
    return None


def text_missing(facts: Facts) -> Reason | None:
    return None if facts.text_said else Reason("text_missing", "There is no text.")


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "release question",
    {
        (None, Action.ASK): step(
            Status.ASKED,
            Role.OUTPUT_CHECKER,
            Role.DATA_STEWARD,
            rules=(own_request, not_your_turn, text_missing, not_covered),
        ),
        (Status.ASKED, Action.ANSWER): step(
            Status.ANSWERED, Role.RECIPIENT, rules=(text_missing, not_covered)
        ),
    },
)
