"""Offices that must stay apart, whichever others a person holds beside them."""

from itertools import combinations

import pytest

from charteroak.policy.decision import ALLOWED, Decision, Reason, Refused, refuse
from charteroak.policy.roles import Role, must_stay_apart, pairs_apart

PAIRS = sorted(pairs_apart(), key=lambda pair: sorted(pair))


def ids(pair: frozenset[Role]) -> str:
    return " and ".join(sorted(pair))


@pytest.mark.parametrize("pair", PAIRS, ids=ids)
def test_two_offices_that_stay_apart_are_refused_to_one_person(pair: frozenset[Role]) -> None:
    decision = must_stay_apart(pair)
    assert [reason.rule for reason in decision.reasons] == ["roles_must_stay_apart"]
    assert pairs_apart()[pair] in decision.reasons[0].message


def test_every_other_pair_may_be_held_together() -> None:
    free = [pair for pair in combinations(Role, 2) if frozenset(pair) not in pairs_apart()]
    assert all(must_stay_apart(pair).allowed for pair in free)
    assert len(free) + len(PAIRS) == len(list(combinations(Role, 2)))


def test_a_third_office_does_not_hide_a_pair() -> None:
    held = {Role.HUB_OPERATOR, Role.RECIPIENT, Role.SIGNATORY}
    assert not must_stay_apart(held).allowed


def test_every_pair_held_is_named() -> None:
    assert len(must_stay_apart(set(Role)).reasons) == len(PAIRS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Role.HUB_OPERATOR, Role.RECIPIENT),
        (Role.OUTPUT_CHECKER, Role.AUTHOR),
        (Role.POLICY_OFFICE, Role.RECIPIENT),
        (Role.ENCLAVE_OPERATOR, Role.POLICY_OFFICE),
    ],
)
def test_the_separations_that_the_enclave_rests_on_are_kept(one: Role, other: Role) -> None:
    assert not must_stay_apart({one, other}).allowed


def test_a_decision_is_allowed_until_something_speaks_against_it() -> None:
    refused = refuse("own_request", "Nobody decides on their own request.", "Let a colleague decide.")
    both = Decision(clauses=("042/1",)) & refused
    assert ALLOWED.allowed
    assert not both.allowed
    assert both.clauses == ("042/1",)
    assert ALLOWED.require() is ALLOWED


def test_a_required_decision_raises_every_reason() -> None:
    refused = Decision((Reason("one", "First."), Reason("two", "Second.", "Mend it.")))
    with pytest.raises(Refused, match=r"^First\. Second\. Mend it\.$") as raised:
        refused.require()
    assert [reason.rule for reason in raised.value.reasons] == ["one", "two"]
