"""What the board promised: recorded while it meets, reported to the advisory board once."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    PROMISED = "promised"
    REPORTED = "reported"


class Action(StrEnum):
    ADD = "add"
    REPORT = "report"


@dataclass(frozen=True)
class Facts:
    meeting_open: bool = False


def meeting_not_open(facts: Facts) -> Reason | None:
    if not facts.meeting_open:
        return Reason("meeting_not_open", "Follow-ups are recorded while the meeting is open.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "follow-up",
    {
        (None, Action.ADD): step(Status.PROMISED, Role.BOARD_CHAIR, rules=(meeting_not_open,)),
        (Status.PROMISED, Action.REPORT): step(Status.REPORTED, Role.POLICY_OFFICE),
    },
)
