"""An extract: exactly the agreement's columns, years and people under the project's own pseudonyms."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Status(StrEnum):
    ORDERED = "ordered"
    BUILT = "built"
    CLEARED = "cleared"  # passed the policy office's review before access
    DESTROYED = "destroyed"


class Action(StrEnum):
    BUILD = "build"
    CLEAR = "clear"
    DESTROY = "destroy"


@dataclass(frozen=True)
class Facts:
    run_confirmed: bool = False
    columns_beyond: tuple[str, ...] = ()  # in the extract but not in the agreement
    identifiers_found: tuple[str, ...] = ()
    actor_is_recipient: bool = False


def run_not_confirmed(facts: Facts) -> Reason | None:
    if not facts.run_confirmed:
        return Reason(
            "run_not_confirmed",
            "The stewards have not confirmed the match.",
            "It is built once the last of them has.",
        )
    return None


def beyond_the_agreement(facts: Facts) -> Reason | None:
    if facts.columns_beyond:
        return Reason(
            "beyond_the_agreement",
            Sentence("Not in the agreement: {columns}.", columns=facts.columns_beyond),
            "Nobody opens it until an amendment that all have signed covers them.",
        )
    return None


def identifiers_found(facts: Facts) -> Reason | None:
    if facts.identifiers_found:
        return Reason(
            "identifiers_found",
            Sentence("Direct identifiers in: {columns}.", columns=facts.identifiers_found),
            "Nobody opens it: record a finding, and ask for the same once more without these columns.",
        )
    return None


def own_access(facts: Facts) -> Reason | None:
    if facts.actor_is_recipient:
        return Reason("own_access", "Nobody clears their own access.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "extract",
    {
        (Status.ORDERED, Action.BUILD): step(Status.BUILT, Role.SYSTEM, rules=(run_not_confirmed,)),
        (Status.BUILT, Action.CLEAR): step(
            Status.CLEARED, Role.POLICY_OFFICE, rules=(beyond_the_agreement, identifiers_found, own_access)
        ),
        (Status.BUILT, Action.DESTROY): step(Status.DESTROYED, Role.SYSTEM),
        (Status.CLEARED, Action.DESTROY): step(Status.DESTROYED, Role.SYSTEM),
    },
)
