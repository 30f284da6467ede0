"""Every lifecycle over the whole product of status, action and role: what the table does not say is refused."""

from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from itertools import product
from pkgutil import iter_modules
from typing import Any

import pytest
from lifecycle_facts import AGAINST, APART_FROM, NOTHING_AGAINST, SPEAKS_AS

import charteroak.policy
from charteroak.policy import data_request, meeting, motion, office, release_request
from charteroak.policy.decision import Decision
from charteroak.policy.lifecycle import Lifecycle, Rule, Step
from charteroak.policy.request_rules import no_carried_motion
from charteroak.policy.roles import Role, must_stay_apart
from charteroak.policy.sentence import words

AnyLifecycle = Lifecycle[Any, Any, Any]
LIFECYCLES: dict[str, AnyLifecycle] = {
    found.name: module.LIFECYCLE
    for found in iter_modules(charteroak.policy.__path__)
    if hasattr(module := import_module(f"charteroak.policy.{found.name}"), "LIFECYCLE")
}
STEPS = [
    pytest.param(name, at, action, step, id=f"{name}: {words(at)} → {words(action)}")
    for name, lifecycle in LIFECYCLES.items()
    for (at, action), step in lifecycle.table.items()
]
RULES = [
    pytest.param(name, at, action, step, rule, id=f"{name}: {words(action)} {rule.__name__}")
    for name, lifecycle in LIFECYCLES.items()
    for (at, action), step in lifecycle.table.items()
    for rule in step.rules
]


def statuses(name: str) -> list[StrEnum | None]:
    """In order; first of all None, not yet there, where the table says who begins one."""
    begins = [None] if any(at is None for at, _ in LIFECYCLES[name].table) else []
    return [*begins, *import_module(f"charteroak.policy.{name}").Status]


def actions(name: str) -> list[StrEnum]:
    return list(import_module(f"charteroak.policy.{name}").Action)


def clear(name: str, action: StrEnum) -> Any:
    return replace(NOTHING_AGAINST[name], **APART_FROM.get((name, action.value), {}))


@pytest.mark.parametrize("name", LIFECYCLES)
def test_what_is_not_offered_to_a_role_is_refused_to_it_whatever_the_facts(name: str) -> None:
    for status, role in product(statuses(name), Role):
        offered = LIFECYCLES[name].offered(status, {role})
        for action in actions(name):
            decision = LIFECYCLES[name].may(status, action, {role}, clear(name, action))
            apart = {reason.rule for reason in decision.reasons} & {"wrong_status", "wrong_role"}
            assert bool(apart) is (action not in offered), (status, role, action)


@pytest.mark.parametrize("name", LIFECYCLES)
def test_a_step_that_is_not_in_the_table_is_refused_to_everyone(name: str) -> None:
    table = LIFECYCLES[name].table
    for status, action, role in product(statuses(name), actions(name), Role):
        decision = LIFECYCLES[name].may(status, action, {role}, clear(name, action))
        rules = [reason.rule for reason in decision.reasons]
        if (status, action) not in table:
            assert rules == ["wrong_status"], f"{role} may {action} while {status}"
        elif role in table[status, action].roles:
            assert rules == [], f"{role} may not {action} while {status}"
        else:
            assert rules == ["wrong_role"], f"{role} may {action} while {status}"


@pytest.mark.parametrize("name", LIFECYCLES)
def test_everyone_together_may_do_no_more_than_the_table_says(name: str) -> None:
    for status in statuses(name):
        allowed = {at for at in LIFECYCLES[name].table if at[0] == status}
        for action in actions(name):
            decision = LIFECYCLES[name].may(status, action, set(Role), clear(name, action))
            assert decision.allowed == ((status, action) in allowed)


@pytest.mark.parametrize(("name", "at", "action", "step", "rule"), RULES)
def test_a_rule_refuses_under_its_fact_and_by_its_name(
    name: str, at: StrEnum | None, action: StrEnum, step: Step[Any, Any], rule: Rule[Any]
) -> None:
    facts = replace(clear(name, action), **AGAINST[name, rule.__name__])
    decision = LIFECYCLES[name].may(at, action, step.roles, facts)
    assert [reason.rule for reason in decision.reasons] == [SPEAKS_AS.get(rule.__name__, rule.__name__)]
    assert all(reason.message.endswith(".") for reason in decision.reasons)


def test_every_rule_has_a_fact_to_test_it_by() -> None:
    assert set(AGAINST) == {
        (name, rule.__name__)
        for name, lifecycle in LIFECYCLES.items()
        for step in lifecycle.table.values()
        for rule in step.rules
    }


@pytest.mark.parametrize("name", LIFECYCLES)
def test_a_stranger_without_any_role_may_do_nothing(name: str) -> None:
    for status in statuses(name):
        facts = NOTHING_AGAINST[name]
        assert LIFECYCLES[name].permitted(status, set(), facts) == []


@pytest.mark.parametrize("name", LIFECYCLES)
def test_permitted_and_may_say_the_same(name: str) -> None:
    for status, role in product(statuses(name), Role):
        facts = NOTHING_AGAINST[name]
        permitted = LIFECYCLES[name].permitted(status, {role}, facts)
        assert permitted == [
            action
            for (at, action) in LIFECYCLES[name].table
            if at == status and LIFECYCLES[name].may(at, action, {role}, facts).allowed
        ]


@pytest.mark.parametrize(("name", "at", "action", "step"), STEPS)
def test_a_step_leads_to_the_status_in_the_table(
    name: str, at: StrEnum | None, action: StrEnum, step: Step[Any, Any]
) -> None:
    assert LIFECYCLES[name].after(at, action) == step.to
    assert step.roles, "a step that nobody may take is no step"


@pytest.mark.parametrize("name", LIFECYCLES)
def test_every_status_can_be_reached_and_every_action_taken(name: str) -> None:
    first = statuses(name)[0]
    assert reachable(name, first) == set(statuses(name))
    assert {action for (_, action) in LIFECYCLES[name].table} == set(actions(name))


def reachable(name: str, first: StrEnum | None, without: StrEnum | None = None) -> set[StrEnum | None]:
    """Statuses that any sequence of steps leads to from `first`, never passing through `without`."""
    found, left = {first}, [first]
    while left:
        here = left.pop()
        for (at, _), step in LIFECYCLES[name].table.items():
            if at == here and step.to not in found and (without is None or step.to != without):
                found.add(step.to)
                left.append(step.to)
    return found


@pytest.mark.parametrize(
    ("name", "goal", "through"),
    [
        ("data_request", "approved", ["submitted", "in_review", "recommended"]),
        ("agreement", "executed", ["in_signature"]),
        ("meeting", "open", ["noticed"]),
        ("link_run", "confirmed", ["settled"]),
        ("extract", "cleared", ["built"]),
        ("job", "succeeded", ["running"]),
        ("release_request", "released", ["submitted", "checked", "reviewed", "in_preview", "approved"]),
    ],
)
def test_there_is_no_way_around(name: str, goal: str, through: list[str]) -> None:
    states = {status.value: status for status in statuses(name) if status is not None}
    first = statuses(name)[0]
    for stage in through:
        assert states[goal] not in reachable(name, first, without=states[stage]), f"around “{stage}”"


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("data_request", {"withdrawn"}),
        ("agency_review", {"decided"}),
        ("agreement", {"closed", "withdrawn"}),
        ("meeting", {"closed", "cancelled"}),
        ("motion", {"postponed", "superseded"}),
        ("follow_up", {"reported"}),
        ("finder_list", {"made"}),
        ("office", {"ended"}),
        ("account", {"closed"}),
        ("delivery", {"destroyed"}),
        ("link_run", {"confirmed", "failed"}),
        ("extract", {"destroyed"}),
        ("workspace", {"closed"}),
        ("job", {"succeeded", "failed", "refused", "cancelled"}),
        ("release_request", {"revoked", "withdrawn"}),
        ("matter", {"closed"}),
        ("membership", set()),  # who was refused, withdrew or left may ask again
        ("session", {"ended", "refused"}),
        ("token", {"revoked"}),
    ],
)
def test_what_is_decided_stays_decided(name: str, last: set[str]) -> None:
    begun = {at for (at, _), found in LIFECYCLES[name].table.items() if found.to != at}
    assert {status.value for status in statuses(name) if status is not None and status not in begun} == last


def test_a_decided_request_goes_on_by_reconsidering_and_appeal_alone() -> None:
    at, out = data_request.Status, data_request.Action
    ways = {
        at.APPROVED: {out.RECONSIDER, out.CHANGE},
        at.DECLINED: {out.RECONSIDER, out.APPEAL},
        at.APPEALED: {out.APPROVE, out.DECLINE, out.WITHDRAW_APPEAL},
    }
    for status, actions_ in ways.items():
        assert {action for (here, action) in data_request.LIFECYCLE.table if here is status} == actions_


def test_every_reason_is_given_at_once() -> None:
    facts = data_request.Facts(missing=("purpose",), columns_without_purpose=("SDE gpa",), agencies_asked=1)
    decision = data_request.LIFECYCLE.may(
        data_request.Status.DRAFT, data_request.Action.SUBMIT, {Role.APPLICANT}, facts
    )
    assert [reason.rule for reason in decision.reasons] == [
        "incomplete", "purpose_missing", "fewer_than_two_agencies",
    ]  # fmt: skip


def test_the_wrong_role_learns_nothing_of_the_facts() -> None:
    facts = data_request.Facts(missing=("purpose",))
    decision = data_request.LIFECYCLE.may(
        data_request.Status.DRAFT, data_request.Action.SUBMIT, {Role.AUDITOR}, facts
    )
    assert [reason.rule for reason in decision.reasons] == ["wrong_role"]


@pytest.mark.parametrize(("seats", "quorum"), [(1, 1), (3, 2), (4, 3), (6, 4), (7, 5), (15, 10)])
def test_a_quorum_is_two_thirds_rounded_up(seats: int, quorum: int) -> None:
    assert meeting.Facts(seats=seats).quorum == quorum


@pytest.mark.parametrize("choice", [motion.Choice.APPROVE, motion.Choice.REJECT, motion.Choice.NOTE])
def test_a_member_with_a_stake_may_only_recuse(choice: motion.Choice) -> None:
    facts = replace(NOTHING_AGAINST["motion"], actor_conflicted=True, choice=choice)
    assert motion.must_recuse(facts) is not None
    assert motion.must_recuse(replace(facts, choice=motion.Choice.RECUSE)) is None


@pytest.mark.parametrize("choice", motion.Choice)
def test_a_member_whose_agency_is_not_asked_notes_or_recuses(choice: motion.Choice) -> None:
    facts = replace(NOTHING_AGAINST["motion"], actor_concerned=False, choice=choice)
    decides = choice in (motion.Choice.APPROVE, motion.Choice.REJECT)
    assert (motion.not_concerned(facts) is not None) == decides


def test_a_motion_that_nobody_approved_is_lost_and_never_carried() -> None:
    facts = replace(NOTHING_AGAINST["motion"], approvals=0, agencies_approving=0)
    assert motion.majority_missed(facts) is not None
    assert motion.majority_reached(facts) is None


def test_a_recipient_of_the_project_checks_nothing_of_it_either() -> None:
    facts = replace(NOTHING_AGAINST["release_request"], actor_is_recipient=True)
    assert release_request.own_request(facts) is not None


def test_a_rule_that_hands_on_a_decision_refuses_with_all_its_reasons_and_rests_on_its_clauses() -> None:
    covered = Decision(clauses=("042/4",))
    known = replace(NOTHING_AGAINST["office"], apart=covered)
    grant = office.LIFECYCLE.may(None, office.Action.GRANT, {Role.POLICY_OFFICE}, known)
    assert grant.allowed
    assert grant.clauses == ("042/4",)
    held = {Role.POLICY_OFFICE, Role.HUB_OPERATOR, Role.OUTPUT_CHECKER}
    known = replace(known, apart=must_stay_apart(held))
    grant = office.LIFECYCLE.may(None, office.Action.GRANT, {Role.POLICY_OFFICE}, known)
    assert [reason.rule for reason in grant.reasons] == ["roles_must_stay_apart"] * 2


def test_what_a_board_has_decided_is_undone_by_its_own_later_decision_alone() -> None:
    for status in (data_request.Status.APPROVED, data_request.Status.DECLINED):
        ways_out = {action for (at, action) in data_request.LIFECYCLE.table if at == status}
        begins_another = {data_request.Action.CHANGE}  # a request of its own; this one stays as it is
        assert ways_out - begins_another <= {data_request.Action.RECONSIDER, data_request.Action.APPEAL}
        assert no_carried_motion in data_request.LIFECYCLE.table[status, data_request.Action.RECONSIDER].rules
    for decided in (motion.Status.CARRIED, motion.Status.LOST):
        assert {action for (at, action) in motion.LIFECYCLE.table if at == decided} == {
            motion.Action.SUPERSEDE
        }
