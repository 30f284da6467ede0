"""Data sharing agreements, what is destroyed under them, and the mail about both."""

from charteroak.agreements.models.agreement import (
    Agreement,
    Clause,
    Paper,
    Party,
    Recall,
    Recipient,
    Redline,
    Signature,
)
from charteroak.agreements.models.destruction import (
    WHAT,
    DestructionDuty,
    DisclosureRecord,
    RetentionApproval,
)
from charteroak.agreements.models.letters import ClockFigure, Letter

__all__ = [
    "WHAT",
    "Agreement",
    "Clause",
    "ClockFigure",
    "DestructionDuty",
    "DisclosureRecord",
    "Letter",
    "Paper",
    "Party",
    "Recall",
    "Recipient",
    "Redline",
    "RetentionApproval",
    "Signature",
]
