"""When a matter's duty is told: a month, a week and a day ahead, in the statute's calendar days, then overdue."""

from datetime import date, timedelta

import pytest

from charteroak.policy.matter import Notice, notice

DUE = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (31, None),
        (30, Notice.MONTH),
        (8, Notice.MONTH),
        (7, Notice.WEEK),
        (2, Notice.WEEK),
        (1, Notice.DAY),
        (0, Notice.DAY),
        (-1, Notice.OVERDUE),
        (-90, Notice.OVERDUE),
    ],
)
def test_the_nearest_notice_that_is_reached_is_said(before: int, said: Notice | None) -> None:
    assert notice(DUE, DUE - timedelta(days=before)) is said
