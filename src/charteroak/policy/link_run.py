"""A link run: files compared, doubtful pairs decided by people, the match confirmed by the stewards."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    STARTED = "started"
    IN_CLERICAL_REVIEW = "in_clerical_review"
    SETTLED = "settled"
    CONFIRMED = "confirmed"  # every contributing steward confirmed the match
    FAILED = "failed"


class Action(StrEnum):
    LINK = "link"
    FAIL = "fail"
    DECIDE_PAIR = "decide_pair"
    SETTLE = "settle"
    REOPEN = "reopen"  # the clerks' decisions contradict each other
    CONFIRM = "confirm"
    COMPLETE_CONFIRMATION = "complete_confirmation"


@dataclass(frozen=True)
class Facts:
    pairs_undecided: int = 0
    actor_is_recipient: bool = False
    confirmed_by: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    actor_agency_confirmed: bool = False


def pairs_undecided(facts: Facts) -> Reason | None:
    if facts.pairs_undecided:
        return Reason("pairs_undecided", f"{facts.pairs_undecided} doubtful pairs wait for a decision.")
    return None


def recipient_links(facts: Facts) -> Reason | None:
    if facts.actor_is_recipient:
        return Reason("recipient_links", "Who will analyse the records must not link them.")
    return None


def agency_confirmed(facts: Facts) -> Reason | None:
    if facts.actor_agency_confirmed:
        return Reason("agency_confirmed", "This agency has confirmed.")
    return None


def confirmations_missing(facts: Facts) -> Reason | None:
    missing = [agency for agency in facts.to_confirm if agency not in facts.confirmed_by]
    if missing:
        return Reason("confirmations_missing", f"Not yet confirmed by: {', '.join(missing)}.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "link run",
    {
        (Status.STARTED, Action.LINK): step(Status.IN_CLERICAL_REVIEW, Role.SYSTEM),
        (Status.STARTED, Action.FAIL): step(Status.FAILED, Role.SYSTEM),
        (Status.IN_CLERICAL_REVIEW, Action.DECIDE_PAIR): step(
            Status.IN_CLERICAL_REVIEW, Role.HUB_OPERATOR, rules=(recipient_links,)
        ),
        (Status.IN_CLERICAL_REVIEW, Action.SETTLE): step(
            Status.SETTLED, Role.HUB_OPERATOR, rules=(recipient_links, pairs_undecided)
        ),
        (Status.SETTLED, Action.REOPEN): step(Status.IN_CLERICAL_REVIEW, Role.SYSTEM),
        (Status.SETTLED, Action.CONFIRM): step(Status.SETTLED, Role.DATA_STEWARD, rules=(agency_confirmed,)),
        (Status.SETTLED, Action.COMPLETE_CONFIRMATION): step(
            Status.CONFIRMED, Role.DATA_STEWARD, rules=(confirmations_missing,)
        ),
    },
)
