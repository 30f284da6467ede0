"""What contributors accept, written down, read back and combined."""

import pytest

from charteroak.disclosure import Appetite, explain, shipped, strictest
from charteroak.disclosure.rules import p_percent_sensitive, top_share


def test_every_rule_that_ships_names_its_source() -> None:
    for name in ("sde", "board", "dol"):
        appetite = shipped(name)
        for rule in ("minimum_people", "minimum_denominator", "minimum_employers", "largest_employer"):
            assert not getattr(appetite, rule) or appetite.sources[rule]


def test_the_strictest_of_all_contributors_wins_rule_by_rule() -> None:
    joint = strictest(shipped("sde"), shipped("board"), shipped("dol"))
    assert (joint.minimum_people, joint.minimum_denominator) == (10, 20)
    assert (joint.minimum_employers, joint.largest_employer) == (3, 0.8)
    assert (
        strictest(shipped("dol"), shipped("sde")).sources["minimum_people"]
        == shipped("dol").sources["minimum_people"]
    )


def test_an_appetite_survives_its_own_toml() -> None:
    joint = strictest(shipped("sde"), shipped("dol"))
    assert Appetite.from_toml(joint.to_toml()) == joint


def test_an_unknown_rule_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="minimum_peple"):
        Appetite.from_toml('name = "x"\nminimum_peple = 3')


def test_the_plain_text_says_what_is_suppressed_and_by_whose_rule() -> None:
    text = explain(shipped("sde"))
    assert "about 1 to 5 people" in text
    assert "fewer than 20 people in its denominator" in text
    assert "Connecticut SDE" in text


def test_the_p_percent_rule_is_strict_at_its_limit() -> None:
    assert not p_percent_sensitive(160, (100, 50), 10)
    assert p_percent_sensitive(159, (100, 50), 10)


def test_the_two_largest_of_twelve_hold_nearly_everything() -> None:
    assert top_share(160, (100, 50), 2) == pytest.approx(0.9375)
