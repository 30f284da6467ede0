"""Clocks in business days, against request 042's calendar and the State's holidays."""

from datetime import date, timedelta

import pytest

from charteroak.policy.deadlines import HOLIDAYS, business_days_after, identifiers_due, is_business_day

DAY_0 = date(2026, 9, 8)
CALENDAR_042 = (
    0, 6, 9, 17, 20, 21, 22, 23, 31, 35, 44, 52, 55, 56, 57, 58, 59, 62, 66, 69, 94, 97, 99, 101, 129, 133, 136,
)  # fmt: skip


@pytest.mark.parametrize("day", CALENDAR_042)
def test_every_day_of_the_scenario_is_a_working_day(day: int) -> None:
    assert is_business_day(DAY_0 + timedelta(days=day))


@pytest.mark.parametrize("year", [2026, 2027])
def test_a_year_has_thirteen_holidays_and_none_on_a_weekend(year: int) -> None:
    kept = sorted(day for day in HOLIDAYS if day.year == year)
    new_year_brought_forward = year == 2027  # 1 January 2028 is a Saturday
    assert len(kept) == 13 + new_year_brought_forward
    assert all(day.weekday() < 5 for day in kept)


def test_a_weekend_and_a_holiday_do_not_count() -> None:
    friday = date(2026, 11, 6)
    assert business_days_after(friday, 1) == date(2026, 11, 9)
    assert business_days_after(friday, 3) == date(2026, 11, 12), "Veterans Day lies between"


def test_no_days_is_the_day_itself() -> None:
    assert business_days_after(date(2026, 11, 8), 0) == date(2026, 11, 8)


def test_the_identifiers_of_042_are_due_on_its_day_69() -> None:
    confirmed_on = DAY_0 + timedelta(days=59)
    assert identifiers_due(confirmed_on, ["CSC", "DOL", "SDE"], 5) == DAY_0 + timedelta(days=69)


def test_one_agency_on_the_24_hour_clock_brings_all_forward() -> None:
    friday = date(2026, 11, 6)
    assert identifiers_due(friday, ["CCIC", "DOL"], 5) == date(2026, 11, 7)


def test_beyond_the_known_years_a_clock_ends_early_rather_than_late() -> None:
    christmas_eve = date(2029, 12, 24)
    assert business_days_after(christmas_eve, 1) == date(2029, 12, 25)
