"""Under which series of the State's retention schedule something is destroyed, and who approved that."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    APPROVED = "approved"


class Action(StrEnum):
    RECORD = "record"


@dataclass(frozen=True)
class Facts:
    said: bool = True  # series, approval and day
    approved_ahead: bool = False  # on a day that is not yet


def approval_unsaid(facts: Facts) -> Reason | None:
    if not facts.said:
        return Reason(
            "approval_unsaid", "Name the series and the approval.", "Both stand on the certificate."
        )
    return None


def approved_ahead(facts: Facts) -> Reason | None:
    if facts.approved_ahead:
        return Reason("approved_ahead", "The day of the approval lies ahead.", "Record it once it is given.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "retention approval",
    {
        (None, Action.RECORD): step(
            Status.APPROVED, Role.POLICY_OFFICE, rules=(approval_unsaid, approved_ahead)
        ),
    },
)
