"""A person's account: made by invitation; closed the same day, or within 24 hours of notice that the person leaves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.office import OFFICES
from charteroak.policy.roles import Role

AFTER_NOTICE = timedelta(
    hours=24
)  # P20 WIN's manual: departures are notified, and access ended, within 24 hours


class Status(StrEnum):
    OPEN = "open"
    LEAVING = "leaving"
    CLOSED = "closed"


class Action(StrEnum):
    GIVE_NOTICE = "give_notice"
    CLOSE = "close"


@dataclass(frozen=True)
class Facts:
    colleague: bool = True  # the actor is the person, works for the same employer, or administers


def not_a_colleague(facts: Facts) -> Reason | None:
    if not facts.colleague:
        return Reason(
            "not_a_colleague", "Notice is given by the person, their employer or the policy office."
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "account",
    {
        (Status.OPEN, Action.GIVE_NOTICE): step(
            Status.LEAVING,
            *sorted(OFFICES),
            rules=(not_a_colleague,),
        ),
        (Status.OPEN, Action.CLOSE): step(Status.CLOSED, Role.POLICY_OFFICE),
        (Status.LEAVING, Action.CLOSE): step(Status.CLOSED, Role.POLICY_OFFICE),
    },
)


def access_ends_at(noticed_at: datetime) -> datetime:
    """When access is over whoever has acted by then: 24 hours after the notice."""
    return noticed_at + AFTER_NOTICE


def gone_by(now: datetime, on: date) -> tuple[date, datetime]:
    """Who has left at `now`, on the day `on`: last day before the first of these, or noticed by the second."""
    return on, now - AFTER_NOTICE


def has_left(last_day: date, noticed_at: datetime, now: datetime, on: date) -> bool:
    """Whether a person of whom notice was given may touch nothing more at `now`, on the day `on`."""
    day, instant = gone_by(now, on)
    return last_day < day or noticed_at <= instant
