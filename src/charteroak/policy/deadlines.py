"""When something is due, counted in the State's business days."""

from collections.abc import Collection
from datetime import date, timedelta

from charteroak.policy import legal

# Days on which state offices are closed. CGS 1-4: a holiday on a Saturday is kept on the Friday before, one on a
# Sunday on the Monday after. Good Friday and Thanksgiving are the Governor's to appoint.
HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2026-01-01", "2026-01-19", "2026-02-12", "2026-02-16", "2026-04-03", "2026-05-25", "2026-06-19",
        "2026-07-03", "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
        "2027-01-01", "2027-01-18", "2027-02-12", "2027-02-15", "2027-03-26", "2027-05-31", "2027-06-18",
        "2027-07-05", "2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-24", "2027-12-31",
    )
)  # fmt: skip


def is_business_day(day: date) -> bool:
    """Whether state offices are open. Outside the years of `HOLIDAYS` only weekends are known: clocks end early."""
    return day.weekday() < 5 and day not in HOLIDAYS


def business_days_after(day: date, count: int) -> date:
    """The `count`-th business day after `day`, which itself does not count. `count` of 0 is `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def identifiers_due(confirmed_on: date, agencies: Collection[str], business_days: int) -> date:
    """The last day for destroying identifiers, after the stewards of `agencies` (codes) confirmed the match.

    `business_days` is what the agreement says; one agency whose law counts in days brings all of them forward.
    """
    signed, days = (
        business_days_after(confirmed_on, business_days),
        legal.on_agencies(agencies).identifiers_days,
    )
    return signed if days is None else min(signed, confirmed_on + timedelta(days=days))
