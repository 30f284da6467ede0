"""An agency's delivery: received encrypted, checked whole, accepted or rejected with causes and cures."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    QUARANTINED = "quarantined"  # received; nothing of it has been used
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # its bytes stay in quarantine
    DESTROYED = "destroyed"


class Action(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    DESTROY = "destroy"


class FileKind(StrEnum):
    MATCHING = "matching"
    ANALYSIS = "analysis"


@dataclass(frozen=True)
class Facts:
    findings: int = 0
    another_accepted: bool = False  # of the same agency and kind under this agreement


def findings_open(facts: Facts) -> Reason | None:
    if facts.findings:
        return Reason(
            "findings_open", f"{facts.findings} findings speak against accepting this file.", "Send it anew."
        )
    return None


def another_accepted(facts: Facts) -> Reason | None:
    if facts.another_accepted:
        return Reason("another_accepted", "A file of this kind from this agency was accepted already.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "delivery",
    {
        (Status.QUARANTINED, Action.ACCEPT): step(
            Status.ACCEPTED, Role.SYSTEM, rules=(findings_open, another_accepted)
        ),
        (Status.QUARANTINED, Action.REJECT): step(Status.REJECTED, Role.SYSTEM, Role.HUB_OPERATOR),
        (Status.ACCEPTED, Action.DESTROY): step(Status.DESTROYED, Role.SYSTEM),
        (Status.REJECTED, Action.DESTROY): step(Status.DESTROYED, Role.SYSTEM),
    },
)
