"""A project's sealed workspace: opened on a cleared extract, closed when the agreement ends."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    SUBMIT_JOB = "submit_job"
    REQUEST_RELEASE = "request_release"
    CLOSE = "close"


@dataclass(frozen=True)
class Facts:
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of this person, today


def not_covered(facts: Facts) -> Reason | None:
    """The clauses' own first reason, so that every route names the same one."""
    return facts.coverage.reasons[0] if facts.coverage.reasons else None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "workspace",
    {
        (Status.OPEN, Action.SUBMIT_JOB): step(Status.OPEN, Role.RECIPIENT, rules=(not_covered,)),
        (Status.OPEN, Action.REQUEST_RELEASE): step(Status.OPEN, Role.RECIPIENT, rules=(not_covered,)),
        (Status.OPEN, Action.CLOSE): step(Status.CLOSED, Role.ENCLAVE_OPERATOR, Role.SYSTEM),
    },
)
