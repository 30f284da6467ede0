"""The kinds of statistic that an author declares, held against those that a derivation builds."""

from typing import get_args

import pytest

from charteroak.disclosure.derivation import Statistic as Derived
from charteroak.policy import output_class
from charteroak.policy.explained import Kind, kinds_differ


def test_every_kind_that_is_built_or_cleared_ahead_can_be_declared() -> None:
    assert {*get_args(Derived), *output_class.Statistic} <= set(Kind)


@pytest.mark.parametrize(
    ("declared", "derived"),
    [
        ([], ["mean"]),
        (["mean"], []),
        (["mean"], ["mean"]),
        (["count", "mean"], ["mean"]),
        (["count"], ["count"]),
    ],
)
def test_nothing_is_remarked_where_both_agree_or_one_is_unknown(
    declared: list[str], derived: list[str]
) -> None:
    assert kinds_differ(declared, derived) is None


@pytest.mark.parametrize(
    ("declared", "derived"),
    [
        (["count"], ["mean"]),
        (["mean"], ["count"]),
        (["mean", "sum"], ["mean"]),
        (["mean", "share"], ["count"]),
    ],
)
def test_each_difference_is_remarked_with_both_words(declared: list[str], derived: list[str]) -> None:
    said = kinds_differ(declared, derived)
    assert said is not None
    assert all(word in said for word in (*declared, *derived))


def test_a_kind_of_several_words_is_said_in_words() -> None:
    assert "coefficients of a model" in str(kinds_differ(["coefficients_of_a_model"], ["mean"]))
