"""The key that an agency has its finder lists encrypted to: its own steward's word, and the newest counts."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    REGISTERED = "registered"


class Action(StrEnum):
    REGISTER = "register"


@dataclass(frozen=True)
class Facts:
    """Nothing but the office: whoever is steward of the agency may always name another key."""


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "agency key", {(None, Action.REGISTER): step(Status.REGISTERED, Role.DATA_STEWARD)}
)
