"""Whether a class of outputs clears a release request: every way in which it must not."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from charteroak.policy.output_class import Judged, OutputClass, falls_into

TODAY = date(2026, 10, 1)
CLASS = OutputClass(
    number="042-C1", statistics=frozenset({"count", "share"}), minimum_people=10, until=date(2026, 12, 31),
    strictest_people=10, days=90, ends_on=date(2027, 7, 31), carried_on=date(2026, 9, 1),
)  # fmt: skip
FILE = Judged("flow.csv", passed=True, statistics=frozenset({"count"}), fewest=12)


def refused(one: OutputClass = CLASS, *files: Judged, on: date = TODAY) -> list[str]:
    return [reason.rule for reason in falls_into(one, files, on).reasons]


def test_files_of_its_kinds_that_pass_and_show_enough_people_are_cleared() -> None:
    assert refused(CLASS, FILE, replace(FILE, name="shares.csv", statistics=frozenset({"share"}))) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"days": 0}, "class_not_permitted"),
        ({"carried_on": None}, "class_not_carried"),
        ({"withdrawn": True}, "class_withdrawn"),
        ({"until": TODAY - timedelta(days=1)}, "class_expired"),
        ({"ends_on": TODAY - timedelta(days=1)}, "class_expired"),
        ({"days": 29}, "class_expired"),
        ({"strictest_people": 11}, "class_below_threshold"),
    ],
)
def test_a_class_that_does_not_hold_clears_nothing(changed: dict[str, Any], rule: str) -> None:
    assert refused(replace(CLASS, **changed), FILE) == [rule]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"passed": False}, "not_passed"),
        ({"statistics": frozenset({"mean"})}, "kind_outside_class"),
        ({"statistics": frozenset({"count", "mean"})}, "kind_outside_class"),
        ({"statistics": frozenset()}, "kind_outside_class"),
        ({"fewest": 9}, "too_few_people"),
        ({"fewest": None}, "too_few_people"),
    ],
)
def test_one_file_outside_it_keeps_the_whole_request_out(changed: dict[str, Any], rule: str) -> None:
    assert refused(CLASS, FILE, replace(FILE, name="other.csv", **changed)) == [rule]


def test_a_request_without_a_file_is_not_cleared() -> None:
    assert refused(CLASS) == ["too_few_people"]


def test_the_last_day_counts() -> None:
    last = replace(CLASS, days=30)
    assert refused(last, FILE, on=date(2026, 10, 1)) == []
    assert refused(last, FILE, on=date(2026, 10, 2)) == ["class_expired"]
