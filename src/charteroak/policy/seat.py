"""A seat on a board: of a kind, held by one person at a time, taken in their place by an alternate or a proxy."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role


class Status(StrEnum):
    HELD = "held"


class Action(StrEnum):
    REFILL = "refill"
    NAME_STAND_IN = "name_stand_in"


class Kind(StrEnum):
    """What a seat is for; each board says which kinds vote and which count towards its quorum."""

    CONTRIBUTING = "contributing"  # of an agency that shares records
    ADMINISTERING = "administering"  # of the policy office
    TECHNOLOGY = "technology"  # of the technology department
    RESIDENT = "resident"


def decides(kind: Kind, *, votes: bool, asked: bool) -> bool:
    """Whether a motion is for a seat of this kind to decide, on a board where that kind `votes`.

    A contributing seat decides where its agency's records are `asked` for, and notes otherwise (P20 WIN manual); a
    seat of another kind, which shares no records, on every motion.
    """
    return votes and (asked or kind is not Kind.CONTRIBUTING)


@dataclass(frozen=True)
class Facts:
    """Of the person who is to take the seat."""

    in_office: bool = True  # holds the office of a board member for the seat's agency
    holds_it: bool = False
    apart: Decision = ALLOWED  # from the offices that a board member may not hold too
    letter_dated: bool = True  # on or before the day on which it is recorded
    meeting_over: bool = False
    board_meets: bool = False  # a meeting of the board is open, or was held today


def not_in_office(facts: Facts) -> Reason | None:
    if not facts.in_office:
        return Reason(
            "not_in_office",
            "Who takes this seat holds the office of a board member for its agency.",
            "The policy office grants the office first.",
        )
    return None


def holds_it_already(facts: Facts) -> Reason | None:
    if facts.holds_it:
        return Reason("holds_it_already", "This person holds the seat already.", "Name somebody else.")
    return None


def roles_must_stay_apart(facts: Facts) -> Decision:
    return facts.apart


def letter_not_dated(facts: Facts) -> Reason | None:
    if not facts.letter_dated:
        return Reason(
            "letter_not_dated",
            "A stand-in is named by a letter with a date, which is not still to come.",
            "Write the date of the letter.",
        )
    return None


def meeting_over(facts: Facts) -> Reason | None:
    if facts.meeting_over:
        return Reason(
            "meeting_over", "The meeting is closed or cancelled.", "Name the stand-in for a later one."
        )
    return None


def board_meets(facts: Facts) -> Reason | None:
    if facts.board_meets:
        return Reason(
            "board_meets",
            "The board meets today: who came, votes and the quorum count each seat once.",
            "Give the seat to its new holder from tomorrow, once the meeting is closed.",
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "seat",
    {
        (Status.HELD, Action.REFILL): step(
            Status.HELD,
            Role.POLICY_OFFICE,
            Role.BOARD_CHAIR,
            rules=(board_meets, not_in_office, holds_it_already, roles_must_stay_apart),
        ),
        (Status.HELD, Action.NAME_STAND_IN): step(
            Status.HELD,
            Role.POLICY_OFFICE,
            Role.BOARD_CHAIR,
            rules=(letter_not_dated, meeting_over, holds_it_already, roles_must_stay_apart),
        ),
    },
)
