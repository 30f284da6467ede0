"""A reason that stops somebody's work says what mends it."""

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest
from lifecycle_facts import AGAINST, SPEAKS_AS
from test_policy_clauses import DAY, END, MAYA, TERMS
from test_policy_lifecycles import LIFECYCLES, clear

from charteroak.policy.clauses import Asked, Use, covers
from charteroak.policy.lifecycle import Rule
from charteroak.policy.matter import Action, Status

# Reasons after which nothing is left to do, or whose words already say who acts.
NOTHING_TO_MEND = {
    ("agency_review", "not_in_review"),
    ("agreement", "decided_before"),
    ("agreement", "drafted_already"),
    ("agreement", "nothing_left"),
    ("agreement", "signed_already"),
    ("data_request", "decided_before"),
    ("extract", "own_access"),
    ("link_run", "agency_confirmed"),
    ("link_run", "no_recipe"),
    ("link_run", "run_exists"),
    ("membership", "not_a_member"),
    ("membership", "not_own_agency"),
    ("membership", "spoken_already"),
}
ROOMS = ("agency_review", "agreement", "data_request", "extract", "link_run", "membership", "retention")
ASKED = [
    pytest.param(name, at, action, rule, id=f"{name}: {action} {rule.__name__}")
    for name in ROOMS
    for (at, action), step in LIFECYCLES[name].table.items()
    for rule in step.rules
    if rule.__name__ not in SPEAKS_AS
]


@pytest.mark.parametrize(("name", "at", "action", "rule"), ASKED)
def test_a_reason_says_what_mends_it_unless_nothing_does(
    name: str, at: StrEnum | None, action: StrEnum, rule: Rule[Any]
) -> None:
    facts = replace(clear(name, action), **AGAINST[name, rule.__name__])
    for reason in LIFECYCLES[name].may(at, action, LIFECYCLES[name].table[at, action].roles, facts).reasons:
        assert bool(reason.mend) is ((name, reason.rule) not in NOTHING_TO_MEND), reason


def test_what_is_left_to_do_about_a_matter_is_said() -> None:
    facts = replace(clear("matter", Action.CLOSE), **AGAINST["matter", "duties_left"])
    roles = LIFECYCLES["matter"].table[Status.OPEN, Action.CLOSE].roles
    found = LIFECYCLES["matter"].may(Status.OPEN, Action.CLOSE, roles, facts)
    assert [reason.mend for reason in found.reasons] == ["Record each here once it is done."]


@pytest.mark.parametrize(
    ("terms", "asked", "rule"),
    [
        (replace(TERMS, ended_on=DAY), Asked(Use.LINK, DAY), "agreement_ended"),
        (TERMS, Asked(Use.LINK, END + timedelta(days=1)), "agreement_expired"),
        (replace(TERMS, starts_on=END), Asked(Use.LINK, DAY), "not_yet_in_force"),
        (TERMS, Asked(Use.LINK, DAY, agency="DCF"), "agency_not_a_party"),
        (TERMS, Asked(Use.OPEN, DAY, person=MAYA, place="office"), "place_not_covered"),
        (replace(TERMS, executed_on=date.max), Asked(Use.LINK, DAY), "not_executed"),
    ],
)
def test_what_a_clause_does_not_cover_says_the_way_on(terms: Any, asked: Asked, rule: str) -> None:
    found = {reason.rule: reason.mend for reason in covers(terms, asked).reasons}
    assert found[rule]
