"""When something is due, counted in the State's business days. Which days are closed is an argument."""

from collections.abc import Collection, Container
from datetime import date, timedelta

from charteroak.policy import legal

Closed = Container[
    date
]  # days on which state offices are closed, weekends aside (CGS 1-4 and what is proclaimed)


def is_business_day(day: date, closed: Closed) -> bool:
    """Whether state offices are open."""
    return day.weekday() < 5 and day not in closed


def business_days_after(day: date, count: int, closed: Closed) -> date:
    """The `count`-th business day after `day`, which itself does not count. `count` of 0 is `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day, closed)
    return day


def business_days_between(first: date, last: date, closed: Closed) -> int:
    """How many business days lie after `first`, up to and with `last`; 0 when `last` is not later."""
    days = (first + timedelta(days=past) for past in range(1, (last - first).days + 1))
    return sum(is_business_day(day, closed) for day in days)


def identifiers_due(
    confirmed_on: date, agencies: Collection[str], business_days: int, closed: Closed
) -> date:
    """The last day for destroying identifiers, after the stewards of `agencies` (codes) confirmed the match.

    `business_days` is what the agreement says; one agency whose law counts in days brings all of them forward.
    """
    signed, days = (
        business_days_after(confirmed_on, business_days, closed),
        legal.on_agencies(agencies).identifiers_days,
    )
    return signed if days is None else min(signed, confirmed_on + timedelta(days=days))
