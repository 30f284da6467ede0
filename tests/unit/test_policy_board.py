"""The boards' rules: each says how to mend what it refuses; who decides, and by when a meeting is taken up."""

from dataclasses import replace
from importlib import import_module

import pytest
from board_facts import BOARD
from lifecycle_facts import NOTHING_AGAINST

from charteroak.policy.decision import ALLOWED, Reason


@pytest.mark.parametrize(("record", "rule"), [(record, rule) for record, rule in BOARD])
def test_a_boards_rule_says_how_to_mend_what_it_refuses(record: str, rule: str) -> None:
    facts = replace(NOTHING_AGAINST[record], **BOARD[record, rule])
    found = getattr(import_module(f"charteroak.policy.{record}"), rule)(facts)
    assert found not in (None, ALLOWED)
    assert all(one.mend for one in ((found,) if isinstance(found, Reason) else found.reasons))
