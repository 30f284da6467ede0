"""Runs other people's code in a sealed sandbox on this machine."""

from pathlib import Path

from charteroak.adapters.sandboxes.cgroups import Group
from charteroak.adapters.sandboxes.examination import (
    Capability,
    capabilities,
    limits_enforced,
    pixels_here,
    strict_tier_here,
)
from charteroak.adapters.sandboxes.execution import (
    STRANGER,
    Ended,
    LimitsNotEnforced,
    NotStarted,
    run,
)
from charteroak.adapters.sandboxes.pipes import OnOutput
from charteroak.adapters.sandboxes.quota import full_at, used

ARCHIVE = Path(__file__).with_name("archive.py")  # runs inside: python -I -c … pack|unpack DESCRIPTOR
JUPYTER = Path(__file__).with_name("lab.py")  # runs inside: python … DESCRIPTOR
KIOSK = Path(__file__).with_name("kiosk.py")  # runs inside, beside lab.py: python … DESCRIPTOR
STATEMENTS = Path(__file__).with_name("statements.py")  # runs inside: python … SCRIPT MEBIBYTES

__all__ = [
    "ARCHIVE",
    "JUPYTER",
    "KIOSK",
    "STATEMENTS",
    "STRANGER",
    "Capability",
    "Ended",
    "Group",
    "LimitsNotEnforced",
    "NotStarted",
    "OnOutput",
    "capabilities",
    "full_at",
    "limits_enforced",
    "pixels_here",
    "run",
    "strict_tier_here",
    "used",
]
