"""What a project is charged: set by the policy office from a day on, and never changed; the next takes its place."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    SET = "set"


class Action(StrEnum):
    SET = "set"


@dataclass(frozen=True)
class Facts:
    basis_said: bool = True  # the decision or policy that it rests on
    backdated: bool = False  # from a day that is over
    amounts_in_order: bool = True  # none below zero, whole cents


def basis_unsaid(facts: Facts) -> Reason | None:
    if not facts.basis_said:
        return Reason(
            "basis_unsaid", "Say under which decision these fees are set.", "It is shown with them."
        )
    return None


def backdated(facts: Facts) -> Reason | None:
    if facts.backdated:
        return Reason(
            "backdated", "Fees are not set for a day that is over.", "Let them begin today or later."
        )
    return None


def amounts_not_in_order(facts: Facts) -> Reason | None:
    if not facts.amounts_in_order:
        return Reason(
            "amounts_not_in_order", "An amount is below zero, or no whole cents.", "Zero is no fee."
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "fee schedule",
    {
        (None, Action.SET): step(
            Status.SET, Role.POLICY_OFFICE, rules=(basis_unsaid, backdated, amounts_not_in_order)
        ),
    },
)
