"""A public meeting of a board: noticed ahead, opened on its day with a quorum, closed with minutes; or cancelled."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.motion import Majority
from charteroak.policy.roles import Role
from charteroak.policy.seat import Kind
from charteroak.policy.sentence import Sentence

NOTICE = timedelta(days=7)  # the manual's week, where a board sets nothing else
FLOOR = timedelta(hours=24)  # the Freedom of Information Act's: no board may set less
TWO_THIRDS = Fraction(2, 3)  # the manual's quorum
NIGHT = timedelta(
    hours=6
)  # an open meeting may run on past midnight; taken up again by daylight it is another


class Status(StrEnum):
    PLANNED = "planned"
    NOTICED = "noticed"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    PLAN = "plan"
    NOTICE = "notice"
    ATTEND = "attend"
    OPEN = "open"
    CLOSE = "close"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Facts:
    until_start: timedelta = timedelta()
    since_day: timedelta = timedelta(
        hours=-1
    )  # since the midnight that ended the noticed day; before it, below zero
    because_said: bool = True  # why it is cancelled
    agenda_items: int = 0
    notice: timedelta = NOTICE  # the board's own
    share: Fraction = TWO_THIRDS  # of the seats that count, for a quorum: the board's own
    seats: int = 0  # that count towards the quorum
    present: int = 0  # of these
    undecided_motions: int = 0
    actor_seated: bool = False  # holds a seat of this board on the meeting's day, or stands in for its holder
    left_to_holder: bool = False  # what the actor could take waits for its holder (`waits_for_holder`)
    stand_in_voted: bool = False  # who sits in the actor's place has voted for the seat

    @property
    def quorum(self) -> int:
        """The board's share of the seats that count, rounded up (P20 WIN manual: two thirds)."""
        return -(-self.share.numerator * self.seats // self.share.denominator)


def no_rule_of_a_board(
    *,
    notice_hours: int,
    quorum: tuple[int, int],
    voting: Collection[str],
    counted: Collection[str],
    majority: str,
) -> Decision:
    """What speaks against these rules of a board; `quorum` is so many in so many of the seats `counted`."""
    kinds, against = {*Kind}, []
    if timedelta(hours=notice_hours) < FLOOR:
        against.append("The notice goes out at least 24 hours ahead.")
    if not 0 < quorum[0] <= quorum[1]:
        against.append("A quorum is some of the seats or all of them.")
    if not {*voting} <= kinds or not {*counted} <= kinds:
        against.append(Sentence("The kinds of seats are: {kinds}.", kinds=tuple(sorted(kinds))))
    if not voting or not counted:
        against.append("Seats of some kind vote, and seats of some kind count towards the quorum.")
    if majority not in {*Majority}:
        against.append(Sentence("What carries a motion is one of: {majorities}.", majorities=tuple(Majority)))
    return Decision(tuple(Reason("no_rule_of_a_board", said, "Mend the setup file.") for said in against))


def too_little_notice(facts: Facts) -> Reason | None:
    ahead = max(facts.notice, FLOOR)
    if facts.until_start < ahead:
        hours = int(ahead.total_seconds() // 3600)
        message = Sentence("A meeting of this board is noticed at least {hours} hours ahead.", hours=hours)
        return Reason("too_little_notice", message, "Choose a later day.")
    return None


def empty_agenda(facts: Facts) -> Reason | None:
    if not facts.agenda_items:
        return Reason("empty_agenda", "The agenda is empty.", "Add a motion first.")
    return None


def no_seat(facts: Facts) -> Reason | None:
    if not facts.actor_seated:
        return Reason(
            "no_seat",
            "You hold no seat on this board.",
            "A holder names who stands in for them by a dated letter; the chair or the policy office records it.",
        )
    return None


def waits_for_holder(*, own: bool, by_letter: bool, until_start: timedelta) -> bool:
    """Whether a seat is not yet to be taken: neither one's own nor by a letter for this meeting, before its hour."""
    return not own and not by_letter and until_start > timedelta()


def holder_may_come(facts: Facts) -> Reason | None:
    if facts.left_to_holder:
        return Reason(
            "holder_may_come",
            "An alternate sits in for somebody absent: until the noticed hour, the seat waits for its holder.",
            "Take the seat at the noticed hour.",
        )
    return None


def stand_in_voted(facts: Facts) -> Reason | None:
    if facts.stand_in_voted:
        return Reason(
            "stand_in_voted",
            "Who sits in your place has voted for the seat in this meeting.",
            "They may change a vote until its result is declared.",
        )
    return None


def before_its_time(facts: Facts) -> Reason | None:
    if facts.until_start > timedelta():
        return Reason(
            "before_its_time", "The meeting opens at the noticed hour, not before.", "Open it at that hour."
        )
    return None


def day_passed(facts: Facts) -> Reason | None:
    if facts.since_day >= timedelta():
        return Reason(
            "day_passed",
            "The day that was noticed for this meeting has passed.",
            "Cancel it, and plan and notice another: no vote is cast outside a noticed meeting.",
        )
    return None


def sitting_over(facts: Facts) -> Reason | None:
    """An open meeting runs into the night after its day and no further."""
    if facts.since_day >= NIGHT:
        return Reason(
            "sitting_over",
            "The day that was noticed for this meeting, and the night after it, have passed.",
            "Postpone what is undecided, close the meeting, and notice another for it.",
        )
    return None


def because_missing(facts: Facts) -> Reason | None:
    if not facts.because_said:
        return Reason("because_missing", "Say why the meeting is cancelled.", "The public reads it.")
    return None


def over(status: Status, since_day: timedelta) -> bool:
    """Whether nothing is left to do with a meeting but to cancel it or to close it."""
    return since_day >= (NIGHT if status is Status.OPEN else timedelta())


def no_quorum(facts: Facts) -> Reason | None:
    if facts.present < facts.quorum:
        return Reason(
            "no_quorum",
            Sentence(
                "Seats present: {present}; for a quorum: {quorum}.",
                present=facts.present,
                quorum=facts.quorum,
            ),
            "More members take their seats, or who stands in for them; otherwise cancel this meeting and plan another.",
        )
    return None


def motions_undecided(facts: Facts) -> Reason | None:
    if facts.undecided_motions:
        return Reason(
            "motions_undecided",
            Sentence("Motions neither carried nor lost: {motions}.", motions=facts.undecided_motions),
            "Declare the result of each, or postpone it.",
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "meeting",
    {
        (None, Action.PLAN): step(Status.PLANNED, Role.POLICY_OFFICE, Role.BOARD_CHAIR),
        (Status.PLANNED, Action.NOTICE): step(
            Status.NOTICED, Role.POLICY_OFFICE, Role.BOARD_CHAIR, rules=(too_little_notice, empty_agenda)
        ),
        **{
            (status, Action.ATTEND): step(
                status,
                Role.BOARD_MEMBER,
                Role.BOARD_CHAIR,
                rules=(no_seat, holder_may_come, stand_in_voted, late),
            )
            for status, late in ((Status.NOTICED, day_passed), (Status.OPEN, sitting_over))
        },
        (Status.NOTICED, Action.OPEN): step(
            Status.OPEN, Role.BOARD_CHAIR, rules=(before_its_time, day_passed, no_quorum)
        ),
        (Status.OPEN, Action.CLOSE): step(Status.CLOSED, Role.BOARD_CHAIR, rules=(motions_undecided,)),
        **{
            (status, Action.CANCEL): step(
                Status.CANCELLED, Role.POLICY_OFFICE, Role.BOARD_CHAIR, rules=(because_missing,)
            )
            for status in (Status.PLANNED, Status.NOTICED)
        },
    },
)
