"""Under which series of the State's retention schedule something is destroyed, and who approved that."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

ASKED_AHEAD = timedelta(
    days=30
)  # before a due day the policy office is asked for what the certificate is to cite


class Status(StrEnum):
    APPROVED = "approved"


class Action(StrEnum):
    RECORD = "record"


@dataclass(frozen=True)
class Facts:
    said: bool = True  # series, number of the approval, and who gave it
    approved_ahead: bool = False  # on a day that is not yet


def approval_unsaid(facts: Facts) -> Reason | None:
    if not facts.said:
        return Reason(
            "approval_unsaid",
            "Name the series, the approval’s number and who gave it.",
            "All three stand on the certificate.",
        )
    return None


def approved_ahead(facts: Facts) -> Reason | None:
    if facts.approved_ahead:
        return Reason("approved_ahead", "The day of the approval lies ahead.", "Record it once it is given.")
    return None


def retention_unapproved(what: tuple[str | Sentence, ...]) -> Reason | None:
    """Against an order to destroy before the day: `what` would go early without an approval on record.

    What its clock makes due is never asked about: that day is the law's or the agreement's.
    """
    if what:
        return Reason(
            "retention_unapproved",
            Sentence("Not due yet, and without a retention approval on record: {what}.", what=what),
            "The policy office puts them on record under “Records retention”; without them it goes on its due day.",
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "retention approval",
    {
        (None, Action.RECORD): step(
            Status.APPROVED, Role.POLICY_OFFICE, rules=(approval_unsaid, approved_ahead)
        ),
    },
)
