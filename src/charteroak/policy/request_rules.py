"""What the rules of a data request know, and each rule, named by its reason to refuse."""

from dataclasses import dataclass

from charteroak.policy.decision import Reason
from charteroak.policy.request_change import not_in_force
from charteroak.policy.sentence import Sentence

APPEAL_DAYS = 30  # after the board's decision


@dataclass(frozen=True)
class Facts:
    """What the rules need to know of one request."""

    missing: tuple[str, ...] = ()  # parts of the form not filled in
    unreadable: tuple[str, ...] = ()  # parts filled in with what is no number, day or choice, or too long
    terms_open: tuple[str, ...] = ()  # terms of use that the sender has not accepted
    end_passed: bool = False  # the day on which work ends is over
    review_not_current: bool = False  # the review board's determination does not hold today
    columns_without_purpose: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()  # what the law on its columns refuses
    agencies_asked: int = 0
    agencies_decided: int = 0
    columns_allowed: int = 0
    motion_carried: bool = False
    motion_lost: bool = False
    days_since_decision: int = 0
    appealed: bool = False
    grounds_said: bool = True
    beyond_the_change: tuple[str, ...] = ()  # of a change: what it touches and its kind does not
    nothing_changed: bool = False
    change_underway: str = ""  # the number of a change of this request that is not settled
    nothing_to_amend: str = ""  # of a change: the number of the agreement it would amend, which has ended
    decided_before: bool = False  # before this program
    because_said: bool = True
    actor_on_team: bool = False


def incomplete(facts: Facts) -> Reason | None:
    if facts.missing:
        return Reason(
            "incomplete",
            Sentence("Still to fill in: {parts}.", parts=facts.missing),
            "Open each part and fill it in.",
        )
    return None


def unreadable(facts: Facts) -> Reason | None:
    if facts.unreadable:
        return Reason(
            "unreadable",
            Sentence("Cannot be read: {parts}.", parts=facts.unreadable),
            "What was typed is kept: correct it where it is marked.",
        )
    return None


def terms_open(facts: Facts) -> Reason | None:
    if facts.terms_open:
        said = tuple(Sentence("“{said}”", said=one) for one in facts.terms_open)
        mend = "Read the terms of use on this page and accept them."
        return Reason("terms_open", Sentence("Not accepted yet: {terms}.", terms=said), mend)
    return None


def end_passed(facts: Facts) -> Reason | None:
    if facts.end_passed:
        return Reason("end_passed", "The day on which the work ends is over.", "Choose a later day.")
    return None


def review_not_current(facts: Facts) -> Reason | None:
    if facts.review_not_current:
        return Reason(
            "review_not_current",
            "The review board’s determination does not hold today.",
            "Correct its days, or ask the board to renew it.",
        )
    return None


def purpose_missing(facts: Facts) -> Reason | None:
    if facts.columns_without_purpose:
        return Reason(
            "purpose_missing",
            Sentence("Purpose missing: {columns}.", columns=facts.columns_without_purpose),
            "Say what each column is needed for.",
        )
    return None


def fewer_than_two_agencies(facts: Facts) -> Reason | None:
    if facts.agencies_asked < 2:
        return Reason(
            "fewer_than_two_agencies",
            "A request must need records of at least two agencies.",
            "Ask the one agency directly.",
        )
    return None


def law_forbids(facts: Facts) -> Reason | None:
    if facts.forbidden:
        return Reason(
            "law_forbids",
            Sentence("The law forbids it as it stands: {rules}", rules=facts.forbidden),
            "The fit check names the columns and what would mend it.",
        )
    return None


def own_request(facts: Facts) -> Reason | None:
    if facts.actor_on_team:
        return Reason("own_request", "Nobody decides on their own request.", "Let a colleague decide.")
    return None


def agencies_undecided(facts: Facts) -> Reason | None:
    left = facts.agencies_asked - facts.agencies_decided
    if left:
        return Reason(
            "agencies_undecided",
            Sentence("{left} of {all} agencies have not decided yet.", left=left, all=facts.agencies_asked),
            "Its stewards decide; the request’s page names who still has to.",
        )
    return None


def nothing_allowed(facts: Facts) -> Reason | None:
    if facts.columns_allowed == 0:
        return Reason(
            "nothing_allowed",
            "No column was allowed by its agency.",
            "Decline it; a new request may ask for other columns.",
        )
    return None


def no_carried_motion(facts: Facts) -> Reason | None:
    if not facts.motion_carried:
        return Reason(
            "no_carried_motion", "The board has not carried a motion on this.", "Put it on an agenda."
        )
    return None


def no_lost_motion(facts: Facts) -> Reason | None:
    if not facts.motion_lost:
        return Reason("no_lost_motion", "The board has not voted this down.", "Put it on an agenda.")
    return None


def appealed_already(facts: Facts) -> Reason | None:
    if facts.appealed:
        return Reason(
            "appealed_already",
            "The board has heard an appeal on this request.",
            "Begin a new request with what has changed.",
        )
    return None


def appeal_late(facts: Facts) -> Reason | None:
    if facts.days_since_decision > APPEAL_DAYS:
        message = Sentence("An appeal comes within {days} days of the decision.", days=APPEAL_DAYS)
        return Reason("appeal_late", message, "Begin a new request with what has changed.")
    return None


def grounds_missing(facts: Facts) -> Reason | None:
    if not facts.grounds_said:
        return Reason("grounds_missing", "Say what the board should see differently.", "The board reads it.")
    return None


def beyond_the_change(facts: Facts) -> Reason | None:
    if facts.beyond_the_change:
        return Reason(
            "beyond_the_change",
            Sentence("This kind of change does not reach: {parts}.", parts=facts.beyond_the_change),
            "Leave it as it was approved, or begin an amendment.",
        )
    return None


def nothing_changed(facts: Facts) -> Reason | None:
    if facts.nothing_changed:
        return Reason("nothing_changed", "Nothing differs from what was approved.", "Change what should.")
    return None


def change_underway(facts: Facts) -> Reason | None:
    if facts.change_underway:
        return Reason(
            "change_underway",
            Sentence("Another change is underway: {number}.", number=facts.change_underway),
            "Finish or withdraw it first: changes follow one another.",
        )
    return None


def nothing_to_amend(facts: Facts) -> Reason | None:
    return not_in_force(facts.nothing_to_amend) if facts.nothing_to_amend else None


def decided_before(facts: Facts) -> Reason | None:
    before = "This request was decided before this program; it has no columns."
    return Reason("decided_before", before) if facts.decided_before else None


def because_missing(facts: Facts) -> Reason | None:
    if not facts.because_said:
        return Reason("because_missing", "Say why it should change.", "The agencies and the board read it.")
    return None
