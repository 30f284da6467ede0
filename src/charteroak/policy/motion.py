"""A board's motion: moved in a noticed meeting, voted by those it concerns, carried or lost on the record."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Status(StrEnum):
    ON_AGENDA = "on_agenda"
    CARRIED = "carried"
    LOST = "lost"
    SUPERSEDED = "superseded"  # a later motion to reconsider was carried
    POSTPONED = "postponed"  # a member concerned was absent, say; a later agenda may take it up


class Action(StrEnum):
    ADD = "add"
    VOTE = "vote"
    DECLARE_CARRIED = "declare_carried"
    DECLARE_LOST = "declare_lost"
    POSTPONE = "postpone"
    SET_CONDITIONS = "set_conditions"
    SUPERSEDE = "supersede"
    PUT_BACK = "put_back"  # its meeting is cancelled


class Choice(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    NOTE = "note"  # present; the motion does not concern this member's agency
    RECUSE = "recuse"


class Majority(StrEnum):
    """Of the votes for and against, what carries a motion: each board's own; the manual's is unanimity."""

    UNANIMITY = "unanimity"
    TWO_THIRDS = "two_thirds"
    MORE_THAN_HALF = "more_than_half"


@dataclass(frozen=True)
class Facts:
    agenda_open: bool = True  # the meeting's notice has not gone out
    ready: bool = True  # a request: every agency asked has decided; outputs: named, of an approved request
    meeting_open: bool = False
    sitting: Decision = ALLOWED  # whether the open meeting is still the one that was noticed
    meeting_cancelled: bool = False
    quorum: bool = False
    present_seats: int = 0
    seats_needed: int = 0
    actor_present: bool = False
    actor_conflicted: bool = False  # on the request's team or employed by its applicant's unit: must recuse
    actor_votes: bool = True  # seats of this kind vote on this board
    choice: Choice | None = None
    actor_concerned: bool = False  # the motion is for this seat to decide (`seat.decides`)
    concerned_not_voted: tuple[str, ...] = ()
    majority: Majority = Majority.UNANIMITY
    approvals: int = 0
    agencies_approving: int = 0  # of those whose records are asked for
    rejections: int = 0
    votes_cast: int = 0
    reconsidered: bool = True  # a motion to reconsider it was carried


def carries(facts: Facts) -> bool:
    """Whether the votes, once complete, carry the motion: never against every agency whose records are asked for."""
    cast = facts.approvals + facts.rejections
    reached = {
        Majority.UNANIMITY: facts.approvals == cast,
        Majority.TWO_THIRDS: 3 * facts.approvals >= 2 * cast,
        Majority.MORE_THAN_HALF: 2 * facts.approvals > cast,
    }[facts.majority]
    return facts.agencies_approving > 0 and reached


def agenda_closed(facts: Facts) -> Reason | None:
    if not facts.agenda_open:
        return Reason("agenda_closed", "The agenda was published with the notice.", "Plan another meeting.")
    return None


def not_ready(facts: Facts) -> Reason | None:
    if not facts.ready:
        return Reason(
            "not_ready",
            "The board cannot decide on this yet.",
            "A request comes to the board once every agency asked has decided; outputs by their number, "
            "once their request is approved.",
        )
    return None


def not_before_the_board(facts: Facts) -> Reason | None:
    """What was ready when the agenda was set need not be so any more: a request may be withdrawn on the day itself."""
    if not facts.ready:
        return Reason(
            "not_before_the_board",
            "This is before the board no longer: it was withdrawn, sent back or decided meanwhile.",
            "The chair postpones the motion; nobody needs to vote.",
        )
    return None


def meeting_not_open(facts: Facts) -> Reason | None:
    if not facts.meeting_open:
        return Reason(
            "meeting_not_open", "Votes are cast only inside a noticed, open meeting.", "Open the meeting."
        )
    return None


def sitting_over(facts: Facts) -> Decision:
    return facts.sitting


def meeting_not_cancelled(facts: Facts) -> Reason | None:
    if not facts.meeting_cancelled:
        return Reason("meeting_not_cancelled", "The meeting is to be held.", "Postpone the motion there.")
    return None


def no_quorum(facts: Facts) -> Reason | None:
    if not facts.quorum:
        return Reason(
            "no_quorum",
            Sentence(
                "Seats present: {present}; for a quorum: {quorum}.",
                present=facts.present_seats,
                quorum=facts.seats_needed,
            ),
            "More members take their seats, or who stands in for them; otherwise postpone the motion.",
        )
    return None


def not_present(facts: Facts) -> Reason | None:
    if not facts.actor_present:
        return Reason(
            "not_present", "Only members present may vote.", "Ask the chair to record your attendance."
        )
    return None


def must_recuse(facts: Facts) -> Reason | None:
    if facts.actor_conflicted and facts.choice is not Choice.RECUSE:
        return Reason("must_recuse", "A member with a stake in the request must recuse.", "Choose “recuse”.")
    return None


def not_concerned(facts: Facts) -> Reason | None:
    if facts.choice in (Choice.APPROVE, Choice.REJECT) and facts.actor_votes and not facts.actor_concerned:
        return Reason(
            "not_concerned",
            "Of the contributing members, only those whose agency's records are asked for decide.",
            "Choose “note”.",
        )
    return None


def seat_without_vote(facts: Facts) -> Reason | None:
    if facts.choice in (Choice.APPROVE, Choice.REJECT) and not facts.actor_votes:
        return Reason("seat_without_vote", "Seats of this kind do not vote on this board.", "Choose “note”.")
    return None


def votes_cast(facts: Facts) -> Reason | None:
    if facts.votes_cast:
        return Reason(
            "votes_cast",
            "Votes have been cast on the motion as it stands.",
            "Postpone it, and put it on a later agenda with its conditions.",
        )
    return None


def not_reconsidered(facts: Facts) -> Reason | None:
    if not facts.reconsidered:
        return Reason(
            "not_reconsidered",
            "The board has not carried a motion to reconsider this.",
            "Put a motion to reconsider it on an agenda; once that is carried, the earlier decision falls.",
        )
    return None


def must_decide(facts: Facts) -> Reason | None:
    if facts.choice is Choice.NOTE and facts.actor_concerned:
        return Reason(
            "must_decide",
            "This motion is for your seat to decide: noting is not enough.",
            "Approve or reject.",
        )
    return None


def votes_missing(facts: Facts) -> Reason | None:
    if facts.concerned_not_voted:
        return Reason(
            "votes_missing",
            Sentence("No vote yet from: {agencies}.", agencies=facts.concerned_not_voted),
            "Each of them votes, or who stands in for them; otherwise postpone the motion.",
        )
    return None


def majority_missed(facts: Facts) -> Reason | None:
    if carries(facts):
        return None
    if facts.approvals and not facts.agencies_approving:
        said: str = "No agency whose records are asked for has approved."
    else:
        said = Sentence(
            "For: {approvals}; against: {rejections}. What carries a motion on this board: {majority}.",
            approvals=facts.approvals,
            rejections=facts.rejections,
            majority=facts.majority,
        )
    return Reason(
        "majority_missed",
        said,
        "A vote may be changed until the result is declared; as the votes stand, declare the motion lost.",
    )


def majority_reached(facts: Facts) -> Reason | None:
    if carries(facts):
        return Reason("majority_reached", "The votes carry the motion.", "Declare the motion carried.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "motion",
    {
        (None, Action.ADD): step(
            Status.ON_AGENDA, Role.POLICY_OFFICE, Role.BOARD_CHAIR, rules=(agenda_closed, not_ready)
        ),
        (Status.ON_AGENDA, Action.VOTE): step(
            Status.ON_AGENDA,
            Role.BOARD_MEMBER,
            rules=(
                meeting_not_open,
                sitting_over,
                not_before_the_board,
                no_quorum,
                not_present,
                must_recuse,
                seat_without_vote,
                not_concerned,
                must_decide,
            ),
        ),
        (Status.ON_AGENDA, Action.DECLARE_CARRIED): step(
            Status.CARRIED,
            Role.BOARD_CHAIR,
            rules=(
                meeting_not_open,
                sitting_over,
                not_before_the_board,
                no_quorum,
                votes_missing,
                majority_missed,
            ),
        ),
        (Status.ON_AGENDA, Action.DECLARE_LOST): step(
            Status.LOST,
            Role.BOARD_CHAIR,
            rules=(
                meeting_not_open,
                sitting_over,
                not_before_the_board,
                no_quorum,
                votes_missing,
                majority_reached,
            ),
        ),
        (Status.ON_AGENDA, Action.SET_CONDITIONS): step(
            Status.ON_AGENDA, Role.BOARD_CHAIR, rules=(meeting_not_open, sitting_over, votes_cast)
        ),
        (Status.CARRIED, Action.SUPERSEDE): step(
            Status.SUPERSEDED, Role.BOARD_CHAIR, rules=(not_reconsidered,)
        ),
        (Status.LOST, Action.SUPERSEDE): step(Status.SUPERSEDED, Role.BOARD_CHAIR, rules=(not_reconsidered,)),
        (Status.ON_AGENDA, Action.POSTPONE): step(
            Status.POSTPONED, Role.BOARD_CHAIR, rules=(meeting_not_open,)
        ),
        (Status.ON_AGENDA, Action.PUT_BACK): step(
            Status.POSTPONED, Role.POLICY_OFFICE, Role.BOARD_CHAIR, rules=(meeting_not_cancelled,)
        ),
    },
)
