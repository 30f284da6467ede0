"""The time that a report is about: a quarter or a year of the calendar, as `2026-Q4` or `2026`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_NAMED = re.compile(r"([12]\d{3})(?:-Q([1-4]))?")


@dataclass(frozen=True)
class Period:
    year: int
    quarter: int | None = None

    def __str__(self) -> str:
        return f"{self.year}-Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * (self.quarter or 1) - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        month = 3 * (self.quarter or 4)
        return date(self.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def period(name: str) -> Period | None:
    """The period of that name; None when it is none."""
    said = _NAMED.fullmatch(name)
    return Period(int(said[1]), int(said[2]) if said[2] else None) if said else None


def quarter_of(day: date) -> Period:
    return Period(day.year, (day.month + 2) // 3)


def until(day: date, first: date) -> list[Period]:
    """Every quarter and year with a day from `first` to `day`, the latest first; a year before its quarters."""
    found: list[Period] = []
    for year in range(day.year, first.year - 1, -1):
        found.append(Period(year))
        quarters = (Period(year, number) for number in (4, 3, 2, 1))
        found += [one for one in quarters if one.first <= day and one.last >= first]
    return found
