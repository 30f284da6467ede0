"""Clocks in business days, against request 042's calendar and the State's holidays."""

from collections.abc import Container
from datetime import date, timedelta

import pytest

from charteroak.adapters.calendar import closed_days
from charteroak.policy.deadlines import (
    business_days_after,
    business_days_between,
    identifiers_due,
    is_business_day,
)

DAY_0 = date(2026, 9, 8)
CALENDAR_042 = (
    0, 6, 9, 17, 20, 21, 22, 23, 31, 35, 44, 52, 55, 56, 57, 58, 59, 62, 66, 69, 94, 97, 99, 101, 129, 133, 136,
)  # fmt: skip
# As the State published them. CGS 1-4: a holiday on a Saturday is kept on the Friday before, one on a Sunday on the
# Monday after. Good Friday and Thanksgiving are the Governor's to appoint.
PUBLISHED = {
    2026: (
        "2026-01-01", "2026-01-19", "2026-02-12", "2026-02-16", "2026-04-03", "2026-05-25", "2026-06-19",
        "2026-07-03", "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
    ),
    2027: (
        "2027-01-01", "2027-01-18", "2027-02-12", "2027-02-15", "2027-03-26", "2027-05-31", "2027-06-18",
        "2027-07-05", "2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-24", "2027-12-31",
    ),
}  # fmt: skip


@pytest.fixture
def closed() -> Container[date]:
    return closed_days()


@pytest.mark.parametrize("day", CALENDAR_042)
def test_every_day_of_the_scenario_is_a_working_day(day: int, closed: Container[date]) -> None:
    assert is_business_day(DAY_0 + timedelta(days=day), closed)


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_calendar_closes_exactly_the_days_that_the_state_published(
    year: int, closed: Container[date]
) -> None:
    days = (date(year, 1, 1) + timedelta(days=past) for past in range(365))
    assert tuple(str(day) for day in days if day.weekday() < 5 and day in closed) == PUBLISHED[year]


def test_a_day_that_the_governor_proclaims_closes_the_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTEROAK_CLOSED_DAYS", "2026-09-10, 2026-09-11")
    with_mourning = closed_days.__wrapped__()
    assert business_days_after(date(2026, 9, 9), 1, with_mourning) == date(2026, 9, 14)


def test_a_weekend_and_a_holiday_do_not_count(closed: Container[date]) -> None:
    friday = date(2026, 11, 6)
    assert business_days_after(friday, 1, closed) == date(2026, 11, 9)
    assert business_days_after(friday, 3, closed) == date(2026, 11, 12), "Veterans Day lies between"
    assert business_days_between(friday, date(2026, 11, 12), closed) == 3


def test_no_days_is_the_day_itself(closed: Container[date]) -> None:
    assert business_days_after(date(2026, 11, 8), 0, closed) == date(2026, 11, 8)
    assert business_days_between(DAY_0, DAY_0 - timedelta(days=3), closed) == 0


def test_the_identifiers_of_042_are_due_on_its_day_69(closed: Container[date]) -> None:
    confirmed_on = DAY_0 + timedelta(days=59)
    assert identifiers_due(confirmed_on, ["CSC", "DOL", "SDE"], 5, closed) == DAY_0 + timedelta(days=69)


def test_one_agency_on_the_24_hour_clock_brings_all_forward(closed: Container[date]) -> None:
    friday = date(2026, 11, 6)
    assert identifiers_due(friday, ["CCIC", "DOL"], 5, closed) == date(2026, 11, 7)


def test_a_year_far_ahead_is_known_too(closed: Container[date]) -> None:
    assert business_days_after(date(2029, 12, 24), 1, closed) == date(2029, 12, 26)
