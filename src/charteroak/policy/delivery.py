"""An agency's delivery: received encrypted, checked whole, accepted or rejected with causes and cures."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Status(StrEnum):
    QUARANTINED = "quarantined"  # received; nothing of it has been used
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # its bytes stay in quarantine
    DESTROYED = "destroyed"


class Action(StrEnum):
    RECEIVE = "receive"
    ACCEPT = "accept"
    REJECT = "reject"
    DESTROY = "destroy"


class FileKind(StrEnum):
    MATCHING = "matching"
    ANALYSIS = "analysis"


@dataclass(frozen=True)
class Facts:
    files_destroyed: bool = False  # the hub's files of this kind under this agreement, and their keys
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of the agency sending a file, today
    findings: int = 0
    another_accepted: bool = False  # of the same agency and kind under this agreement


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


def destroyed(facts: Facts) -> Reason | None:
    if facts.files_destroyed:
        return Reason("destroyed", "The hub has destroyed its files of this kind, and its keys.")
    return None


def findings_open(facts: Facts) -> Reason | None:
    if facts.findings:
        return Reason(
            "findings_open",
            Sentence("Findings that speak against accepting this file: {findings}.", findings=facts.findings),
            "Send it anew.",
        )
    return None


def another_accepted(facts: Facts) -> Reason | None:
    if facts.another_accepted:
        return Reason("another_accepted", "A file of this kind from this agency was accepted already.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "delivery",
    {
        (None, Action.RECEIVE): step(
            Status.QUARANTINED, Role.DATA_STEWARD, rules=(another_accepted, destroyed, not_covered)
        ),
        (Status.QUARANTINED, Action.ACCEPT): step(
            Status.ACCEPTED, Role.SYSTEM, rules=(findings_open, another_accepted, not_covered)
        ),
        (Status.QUARANTINED, Action.REJECT): step(Status.REJECTED, Role.SYSTEM, Role.HUB_OPERATOR),
        (Status.ACCEPTED, Action.DESTROY): step(Status.DESTROYED, Role.SYSTEM),
        (Status.REJECTED, Action.DESTROY): step(Status.DESTROYED, Role.SYSTEM),
    },
)
