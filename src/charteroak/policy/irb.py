"""What is on record of a review by an institutional review board, and what a request still lacks of it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

CLAUSE = "irb"  # the kind of clause by which a rule of law asks for the review


class Determination(StrEnum):
    APPROVED = "approved"
    EXEMPT = "exempt_from_review"
    NOT_RESEARCH = "not_human_subjects_research"


BOARD, NUMBER, DETERMINATION = "irb_board", "irb_number", "irb_determination"
APPROVED_ON, EXPIRES_ON = "irb_approved_on", "irb_expires_on"
FIELDS = (BOARD, NUMBER, DETERMINATION, APPROVED_ON, EXPIRES_ON)
NEEDED = (BOARD, NUMBER, DETERMINATION, APPROVED_ON)  # a board may set no end: 45 CFR 46.109(f)


def missing(said: Mapping[str, object], *, asked: bool) -> tuple[str, ...]:
    """The fields still to be said: all that are needed once the law asks for a review, or one is begun."""
    begun = any(said.get(name) not in (None, "") for name in FIELDS)
    return tuple(name for name in NEEDED if said.get(name) in (None, "")) if asked or begun else ()


def not_current(approved_on: date | None, expires_on: date | None, today: date) -> bool:
    """Whether the determination does not hold today: made later than today, over, or over before it was made."""
    ahead = approved_on is not None and approved_on > today
    over = expires_on is not None and (
        expires_on < today or (approved_on is not None and expires_on < approved_on)
    )
    return ahead or over
