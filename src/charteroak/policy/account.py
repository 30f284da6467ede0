"""A person's account: made by invitation, closed by the policy office the same day, never opened again."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    CLOSE = "close"


@dataclass(frozen=True)
class Facts:
    """Nothing but the role speaks for or against it."""


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "account", {(Status.OPEN, Action.CLOSE): step(Status.CLOSED, Role.POLICY_OFFICE)}
)
