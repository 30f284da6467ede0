"""Changing what was approved: which kind of change may touch what, and what is then decided anew."""

from collections.abc import Iterable
from enum import StrEnum

from charteroak.policy import irb
from charteroak.policy.decision import Reason
from charteroak.policy.sentence import Sentence


class Kind(StrEnum):
    """As the policy office's log names them."""

    AMENDMENT = "amendment"  # anything but who asks
    EXTENSION = "extension"  # the day on which it ends
    CONTINUATION = "continuation"  # the same study, with later years of records
    STAFF_CHANGE = "staff_change"  # who works on it
    REPEAT = "repeat"  # the same once more, as a project of its own


TEAM, COLUMNS, PAPERS = "team", "columns", "papers"  # what a change may touch beside the form's answers
ALWAYS = frozenset({PAPERS, *irb.FIELDS})  # whatever changes, a board may have to say yes to it

# A kind that is not named here may touch everything.
TOUCHES: dict[Kind, frozenset[str]] = {
    Kind.EXTENSION: ALWAYS | {"ends_on"},
    Kind.CONTINUATION: ALWAYS | {"ends_on", "last_year", "schedule", "months", "funding"},
    Kind.STAFF_CHANGE: ALWAYS | {TEAM},
}

# What an agency's decision on a column rests on besides the column's own purpose and justification.
GROUNDS = frozenset({"purpose", "question", "legal_exception", "first_year", "last_year", "analysis_plan"})


def amends(kind: Kind | None) -> bool:
    """Whether it changes what was approved; a repeat leaves that as it is."""
    return kind is not None and kind is not Kind.REPEAT


def not_in_force(number: str) -> Reason:
    """Said before a change is begun and sent, and again before its agreement is drafted, opened and signed."""
    return Reason(
        "nothing_to_amend",
        Sentence("Agreement {number} is not in force, so nothing amends it.", number=number),
        "Ask for the same once more, as a project of its own.",
    )


def may_touch(kind: Kind | None, part: str) -> bool:
    """Whether this part may differ from what was approved; in a request that changes nothing, all may."""
    return kind is None or kind not in TOUCHES or part in TOUCHES[kind]


def beyond(kind: Kind, changed: Iterable[str]) -> tuple[str, ...]:
    """The changed parts that this kind of change is not for, in order."""
    return tuple(part for part in changed if not may_touch(kind, part))


def carries_over(changed: Iterable[str]) -> bool:
    """Whether decisions on columns that stay as they were still stand: none of their grounds has changed.

    They stand in a repeat too, even where no agreement ever came of what it repeats: an agency decides on columns and
    grounds, not on whether all sign in time. What it did not decide, the board does, and every party signs anew.
    """
    return not GROUNDS.intersection(changed)
