"""What is foretold of a linkage is near what was measured of it, and memory is never more than foretold by much."""

from itertools import pairwise

import pytest

from charteroak.linkage.forecast import forecast

GIVEN = [(9_999, 31_000, 0.21, 278), (99_999, 310_000, 0.74, 357), (1_000_001, 3_100_000, 4.4, 964),
         (10_000_000, 31_000_000, 63.1, 6_194)]  # fmt: skip
"""Records, pairs, seconds on two cores, megabytes: the state of `bench/linkage` of ten fields, rules given."""


@pytest.mark.parametrize(("records", "pairs", "seconds", "megabytes"), GIVEN)
def test_the_forecast_is_near_what_was_measured(
    records: int, pairs: int, seconds: float, megabytes: float
) -> None:
    said = forecast(records, 10, 2, pairs)
    assert seconds / 2 < said.seconds < seconds * 2
    assert megabytes * 0.95 < said.megabytes < megabytes * 1.4


@pytest.mark.parametrize(("records", "megabytes"), [(9_999, 264), (99_999, 530), (1_000_001, 1_068)])
def test_choosing_rules_takes_time_and_memory_of_its_own(records: int, megabytes: float) -> None:
    said, given = forecast(records, 10, 2), forecast(records, 10, 2, 3 * records)
    assert said.seconds > given.seconds
    assert megabytes * 0.95 < said.megabytes < megabytes * 1.4


def test_more_records_cost_more_and_more_cores_less() -> None:
    sizes = [forecast(records, 10, 2) for records in (1, 100, 10_000, 1_000_000, 100_000_000)]
    assert all(a.seconds < b.seconds and a.megabytes < b.megabytes for a, b in pairwise(sizes))
    assert forecast(1_000_000, 10, 8).seconds < forecast(1_000_000, 10, 2).seconds
