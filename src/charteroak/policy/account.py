"""A person's account: made by invitation; closed the same day, or within 24 hours of notice that the person leaves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.office import OFFICES
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

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
    MOVE = "move"


@dataclass(frozen=True)
class Facts:
    colleague: bool = True  # the actor is the person, works for the same employer, or administers
    actor_is_holder: bool = False
    changes: bool = True  # another employer, or another kind of employment, than is on file
    since: date = date.min  # the first day at the new employer
    last_since: date | None = None  # … and at the one before, when that is on file
    on: date = date.min


def not_a_colleague(facts: Facts) -> Reason | None:
    if not facts.colleague:
        return Reason(
            "not_a_colleague", "Notice is given by the person, their employer or the policy office."
        )
    return None


def own_employer(facts: Facts) -> Reason | None:
    """Some law rests on it: unit-level wages are for state employees alone (CGS 31-254)."""
    if facts.actor_is_holder:
        return Reason(
            "own_employer", "Nobody changes their own employer.", "Ask a colleague of the policy office."
        )
    return None


def employed_so_already(facts: Facts) -> Reason | None:
    if not facts.changes:
        return Reason(
            "employed_so_already",
            "This is the employer and the kind that are on file.",
            "Choose what changed.",
        )
    return None


def begins_later(facts: Facts) -> Reason | None:
    """The rules of today ask for the employer of today."""
    if facts.since > facts.on:
        return Reason(
            "begins_later",
            "The first day at the new employer is still to come.",
            "Record the move on that day.",
        )
    return None


def before_the_move_before(facts: Facts) -> Reason | None:
    if facts.last_since is not None and facts.since < facts.last_since:
        return Reason(
            "before_the_move_before",
            Sentence("The move on file is of {day}.", day=facts.last_since),
            "Choose that day or a later one.",
        )
    return None


_MOVES = (own_employer, employed_so_already, begins_later, before_the_move_before)
LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "account",
    {
        (Status.OPEN, Action.GIVE_NOTICE): step(
            Status.LEAVING,
            *sorted(OFFICES),
            rules=(not_a_colleague,),
        ),
        (Status.OPEN, Action.MOVE): step(Status.OPEN, Role.POLICY_OFFICE, rules=_MOVES),
        (Status.LEAVING, Action.MOVE): step(Status.LEAVING, Role.POLICY_OFFICE, rules=_MOVES),
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
