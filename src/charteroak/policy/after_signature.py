"""The clocks of an executed agreement by its own dates: the end that comes, destruction, the closing."""

from dataclasses import dataclass
from datetime import date, timedelta

from charteroak.policy.clocks import ALLOWED, Party, Run, Stage
from charteroak.policy.deadlines import Closed, business_days_after

WARNED = timedelta(days=60)  # before the last day: a change takes the way of a request, and that takes weeks


@dataclass(frozen=True)
class Duty:
    """What must be destroyed. `began_on` is None where the end of the agreement starts its clock."""

    due_on: date | None
    done_on: date | None = None
    began_on: date | None = None


@dataclass(frozen=True)
class Signed:
    """What is on record of an agreement that every party has signed."""

    executed_on: date
    last_day: date  # by its own words, or ended early
    identifiers: Duty  # begun on the day on which the stewards confirmed the match
    rest: tuple[Duty, ...] = ()
    ended_early: bool = False
    closed_on: date | None = None


def match_elsewhere(signed: Signed, today: date) -> Run:
    """The hub's turn where files and match go beside the platform, until the stewards have confirmed the match."""
    matched = signed.identifiers.began_on or signed.identifiers.done_on
    if matched is None and _over(signed, today):
        matched = signed.last_day
    return Run(Stage.MATCH, Party.HUB, "", signed.executed_on, matched)


def match_due(executed_on: date, closed: Closed) -> date:
    """By when files are sent, linked and the match confirmed, if each takes the time it may."""
    return business_days_after(executed_on, ALLOWED[Stage.MATCH], closed)


def _over(signed: Signed, today: date) -> bool:
    return today > signed.last_day or signed.ended_early


def runs_after(signed: Signed, today: date) -> list[Run]:
    """Destruction, end and closing, as far as they have begun by `today`, in the order of the way.

    The warning that the end comes is there from WARNED before it to the last day, and leaves no trace.
    """
    over, found = _over(signed, today), []
    confirmed = signed.identifiers.began_on
    if confirmed is not None:
        duty = signed.identifiers
        found.append(Run(Stage.DESTRUCTION, Party.HUB, "", confirmed, duty.done_on, fixed_due=duty.due_on))
    warned = max(signed.executed_on, signed.last_day - WARNED)
    if not over and warned <= today:
        found.append(Run(Stage.END, Party.APPLICANT, "", warned, fixed_due=signed.last_day))
    return found + (_wound_up(signed) if over else [])


def _wound_up(signed: Signed) -> list[Run]:
    """The policy office sees the rest destroyed by the day of the agreement, and closes it when that is done."""
    left = [duty for duty in signed.rest if duty.due_on is not None]
    if not left:
        return []
    due = max(duty.due_on for duty in left if duty.due_on is not None)
    days = [duty.done_on for duty in (*signed.rest, signed.identifiers)]
    done = None if None in days else max(day for day in days if day is not None)
    found = [Run(Stage.REST, Party.POLICY_OFFICE, "", signed.last_day, done, fixed_due=due)]
    if done is not None:
        found.append(Run(Stage.CLOSING, Party.POLICY_OFFICE, "", done, signed.closed_on))
    return found
