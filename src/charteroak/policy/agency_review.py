"""One agency's review of a request: a question, an answer, then a decision on each of its columns."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Status(StrEnum):
    WAITING = "waiting"
    QUESTION_ASKED = "question_asked"
    DECIDED = "decided"


class Action(StrEnum):
    ASK = "ask"
    ANSWER = "answer"
    TAKE_QUESTION_BACK = "take_question_back"  # a question that waits for its answer
    DECIDE = "decide"
    CORRECT = "correct"  # what was decided, while nobody relies on it


class Choice(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    MASK = "mask"
    CONDITION = "condition"  # allowed as it is, under a condition that the agreement states


SHARED = (
    Choice.ALLOW,
    Choice.MASK,
    Choice.CONDITION,
)  # what an agency's column may be when it is shared at all
STATED = (
    Choice.DENY,
    Choice.MASK,
    Choice.CONDITION,
)  # what takes a reason, a coarser form or a condition in words


@dataclass(frozen=True)
class Facts:
    actor_on_team: bool = False
    undecided_columns: tuple[str, ...] = ()
    reasonless_columns: tuple[str, ...] = ()  # denied, masked or conditional without words
    unconsented_columns: tuple[str, ...] = ()  # shared though a nation's consent is not on record
    request_in_review: bool = True
    carried: bool = False  # nothing new is asked: its decision on an earlier request stands


def own_request(facts: Facts) -> Reason | None:
    if facts.actor_on_team:
        return Reason("own_request", "Nobody decides on their own request.", "Let a colleague decide.")
    return None


def not_in_review(facts: Facts) -> Reason | None:
    if not facts.request_in_review:
        return Reason("not_in_review", "The request is not under review by the agencies now.")
    return None


def nothing_new_asked(facts: Facts) -> Reason | None:
    if facts.carried:
        said = "Nothing new is asked of this agency: its earlier decision stands."
        return Reason("nothing_new_asked", said, "A change that asks for more is decided anew.")
    return None


def columns_undecided(facts: Facts) -> Reason | None:
    if facts.undecided_columns:
        return Reason(
            "columns_undecided",
            Sentence("No decision yet on: {columns}.", columns=facts.undecided_columns),
            "Silence never approves: decide each.",
        )
    return None


def reason_missing(facts: Facts) -> Reason | None:
    if facts.reasonless_columns:
        return Reason(
            "reason_missing",
            Sentence(
                "Denied, masked or conditional without words: {columns}.", columns=facts.reasonless_columns
            ),
            "Say why, or under which condition.",
        )
    return None


def nation_not_consented(facts: Facts) -> Reason | None:
    if facts.unconsented_columns:
        return Reason(
            "nation_not_consented",
            Sentence("The nation’s consent is not on record: {columns}.", columns=facts.unconsented_columns),
            "Deny them, or ask the policy office to record the consent first.",
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "agency review",
    {
        (Status.WAITING, Action.ASK): step(
            Status.QUESTION_ASKED, Role.DATA_STEWARD, rules=(own_request, not_in_review)
        ),
        (Status.QUESTION_ASKED, Action.ANSWER): step(Status.WAITING, Role.APPLICANT, rules=(not_in_review,)),
        (Status.QUESTION_ASKED, Action.TAKE_QUESTION_BACK): step(
            Status.WAITING, Role.DATA_STEWARD, rules=(own_request, not_in_review)
        ),
        (Status.DECIDED, Action.CORRECT): step(
            Status.DECIDED,
            Role.DATA_STEWARD,
            rules=(
                own_request, not_in_review, nothing_new_asked, columns_undecided, reason_missing, nation_not_consented,
            ),
        ),
        (Status.WAITING, Action.DECIDE): step(
            Status.DECIDED,
            Role.DATA_STEWARD,
            rules=(own_request, not_in_review, columns_undecided, reason_missing, nation_not_consented),
        ),
    },
)  # fmt: skip
