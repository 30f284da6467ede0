"""Runs other people's code in a sealed sandbox on this machine."""

from charteroak.adapters.sandboxes.examination import Capability, capabilities, limits_enforced
from charteroak.adapters.sandboxes.execution import (
    STRANGER,
    Ended,
    LimitsNotEnforced,
    NotStarted,
    run,
)
from charteroak.adapters.sandboxes.pipes import OnOutput
from charteroak.adapters.sandboxes.quota import full_at

__all__ = [
    "STRANGER",
    "Capability",
    "Ended",
    "LimitsNotEnforced",
    "NotStarted",
    "OnOutput",
    "capabilities",
    "full_at",
    "limits_enforced",
    "run",
]
