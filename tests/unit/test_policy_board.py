"""The boards' rules: each says how to mend what it refuses; who decides, and by when a meeting is taken up."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from board_facts import BOARD
from lifecycle_facts import NOTHING_AGAINST

from charteroak.policy import meeting, motion, seat
from charteroak.policy.decision import ALLOWED, Reason
from charteroak.policy.motion import Majority
from charteroak.policy.seat import Kind


@pytest.mark.parametrize(("record", "rule"), [(record, rule) for record, rule in BOARD])
def test_a_boards_rule_says_how_to_mend_what_it_refuses(record: str, rule: str) -> None:
    facts = replace(NOTHING_AGAINST[record], **BOARD[record, rule])
    found = getattr(import_module(f"charteroak.policy.{record}"), rule)(facts)
    assert found not in (None, ALLOWED)
    assert all(one.mend for one in ((found,) if isinstance(found, Reason) else found.reasons))


@pytest.mark.parametrize(("kind", "asked", "decides"), [
    (Kind.CONTRIBUTING, True, True), (Kind.CONTRIBUTING, False, False), (Kind.RESIDENT, False, True),
    (Kind.ADMINISTERING, False, True), (Kind.TECHNOLOGY, True, True),
])  # fmt: skip
def test_a_contributing_seat_decides_on_its_own_records_and_any_other_that_votes_on_every_motion(
    kind: Kind, asked: bool, decides: bool
) -> None:
    assert seat.decides(kind, votes=True, asked=asked) is decides
    assert not seat.decides(kind, votes=False, asked=asked)


@pytest.mark.parametrize(("majority", "approvals", "rejections", "carries"), [
    (Majority.UNANIMITY, 3, 0, True), (Majority.UNANIMITY, 3, 1, False),
    (Majority.TWO_THIRDS, 2, 1, True), (Majority.TWO_THIRDS, 3, 2, False),
    (Majority.MORE_THAN_HALF, 3, 2, True), (Majority.MORE_THAN_HALF, 2, 2, False),
])  # fmt: skip
def test_each_board_carries_a_motion_by_its_own_majority(
    majority: Majority, approvals: int, rejections: int, carries: bool
) -> None:
    facts = motion.Facts(majority=majority, approvals=approvals, rejections=rejections, agencies_approving=1)
    assert motion.carries(facts) is carries
    assert (motion.majority_missed(facts) is None) is carries
    assert (motion.majority_reached(facts) is None) is not carries


def test_no_majority_carries_what_no_agency_asked_approves() -> None:
    facts = motion.Facts(majority=Majority.MORE_THAN_HALF, approvals=3)
    refused = motion.majority_missed(facts)
    assert refused is not None
    assert "No agency whose records are asked for" in refused.message
    assert not motion.carries(motion.Facts(majority=Majority.MORE_THAN_HALF))


@pytest.mark.parametrize("wrong", [
    {"notice_hours": 23}, {"quorum": (0, 3)}, {"quorum": (4, 3)}, {"voting": ["chair"]}, {"counted": ["chair"]},
    {"voting": []}, {"counted": []}, {"majority": "plurality"},
])  # fmt: skip
def test_a_rule_that_no_board_may_have_is_refused(wrong: dict[str, Any]) -> None:
    rules: dict[str, Any] = {
        "notice_hours": 24, "quorum": (2, 3), "voting": [*Kind], "counted": [*Kind], "majority": "two_thirds",
    }  # fmt: skip
    assert meeting.no_rule_of_a_board(**rules).allowed
    assert len(meeting.no_rule_of_a_board(**rules | wrong).reasons) == 1
