"""What the board promised: recorded while it meets, done by somebody, and reported to the advisory board."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    PROMISED = "promised"
    DONE = "done"
    REPORTED_UNDONE = "reported_undone"  # how it stands was reported; it is still to be done
    REPORTED = "reported"


class Action(StrEnum):
    ADD = "add"
    FINISH = "finish"
    REPORT = "report"


AWAITS = {  # the one step that each waits for; that an undone one may be reported, nobody waits for
    Status.PROMISED: Action.FINISH,
    Status.REPORTED_UNDONE: Action.FINISH,
    Status.DONE: Action.REPORT,
}


@dataclass(frozen=True)
class Facts:
    meeting_open: bool = False
    sitting: Decision = ALLOWED  # whether the meeting's day, and its night, have not passed
    outcome_said: bool = True


def meeting_not_open(facts: Facts) -> Reason | None:
    if not facts.meeting_open:
        return Reason(
            "meeting_not_open",
            "Follow-ups are recorded while the meeting is open.",
            "Record it in the next meeting.",
        )
    return None


def sitting_over(facts: Facts) -> Decision:
    return facts.sitting


def outcome_missing(facts: Facts) -> Reason | None:
    if not facts.outcome_said:
        return Reason("outcome_missing", "Say what was done.", "The advisory board reads it.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "follow-up",
    {
        (None, Action.ADD): step(Status.PROMISED, Role.BOARD_CHAIR, rules=(meeting_not_open, sitting_over)),
        **{
            (status, Action.FINISH): step(
                Status.DONE, Role.POLICY_OFFICE, Role.BOARD_CHAIR, rules=(outcome_missing,)
            )
            for status in (Status.PROMISED, Status.REPORTED_UNDONE)
        },
        (Status.DONE, Action.REPORT): step(Status.REPORTED, Role.POLICY_OFFICE),
        (Status.PROMISED, Action.REPORT): step(Status.REPORTED_UNDONE, Role.POLICY_OFFICE),
    },
)
