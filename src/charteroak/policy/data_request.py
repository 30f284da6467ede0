"""The life of a data request, from enquiry to the board's decision."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    IN_REVIEW = "in_review"  # complete; each agency asked decides for itself
    RECOMMENDED = "recommended"  # every agency asked has decided; the board's turn
    APPROVED = "approved"
    DECLINED = "declined"
    APPEALED = "appealed"  # declined; the board hears it once more
    WITHDRAWN = "withdrawn"


SETTLED = (Status.APPROVED, Status.DECLINED, Status.WITHDRAWN)
UNDECIDED = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.IN_REVIEW, Status.RECOMMENDED)


class Action(StrEnum):
    START = "start"
    EDIT = "edit"
    ACCEPT_TERMS = "accept_terms"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT_AS_COMPLETE = "accept_as_complete"
    RECOMMEND = "recommend"
    APPROVE = "approve"
    DECLINE = "decline"
    RECONSIDER = "reconsider"
    APPEAL = "appeal"
    CHANGE = "change"  # begins a request of its own, which changes this one
    WITHDRAW = "withdraw"


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
        )
    return None


def nothing_allowed(facts: Facts) -> Reason | None:
    if facts.columns_allowed == 0:
        return Reason("nothing_allowed", "No column was allowed by its agency.")
    return None


def no_carried_motion(facts: Facts) -> Reason | None:
    if not facts.motion_carried:
        return Reason(
            "no_carried_motion", "The board has not carried a motion on this.", "Put it on an agenda."
        )
    return None


def no_lost_motion(facts: Facts) -> Reason | None:
    if not facts.motion_lost:
        return Reason("no_lost_motion", "The board has not voted this down.")
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


def decided_before(facts: Facts) -> Reason | None:
    before = "This request was decided before this program; it has no columns."
    return Reason("decided_before", before) if facts.decided_before else None


def because_missing(facts: Facts) -> Reason | None:
    if not facts.because_said:
        return Reason("because_missing", "Say why it should change.", "The agencies and the board read it.")
    return None


FIT_TO_SEND = (
    incomplete, unreadable, end_passed, review_not_current, purpose_missing, law_forbids, fewer_than_two_agencies,
    beyond_the_change, nothing_changed, terms_open,
)  # fmt: skip

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "data request",
    {
        (None, Action.START): step(Status.DRAFT, Role.RESEARCHER),
        (Status.DRAFT, Action.EDIT): step(Status.DRAFT, Role.APPLICANT, rules=(beyond_the_change,)),
        (Status.RETURNED, Action.EDIT): step(Status.RETURNED, Role.APPLICANT, rules=(beyond_the_change,)),
        (Status.DRAFT, Action.ACCEPT_TERMS): step(Status.DRAFT, Role.APPLICANT),
        (Status.RETURNED, Action.ACCEPT_TERMS): step(Status.RETURNED, Role.APPLICANT),
        (Status.DRAFT, Action.SUBMIT): step(Status.SUBMITTED, Role.APPLICANT, rules=FIT_TO_SEND),
        (Status.RETURNED, Action.SUBMIT): step(Status.SUBMITTED, Role.APPLICANT, rules=FIT_TO_SEND),
        (Status.SUBMITTED, Action.RETURN): step(Status.RETURNED, Role.POLICY_OFFICE, rules=(own_request,)),
        (Status.SUBMITTED, Action.ACCEPT_AS_COMPLETE): step(
            Status.IN_REVIEW, Role.POLICY_OFFICE, rules=(own_request,)
        ),
        (Status.IN_REVIEW, Action.RECOMMEND): step(
            Status.RECOMMENDED,
            Role.DATA_STEWARD,
            Role.POLICY_OFFICE,  # of a change that leaves nothing for an agency to decide
            rules=(own_request, agencies_undecided),
        ),
        **{
            (status, Action.APPROVE): step(
                Status.APPROVED,
                Role.BOARD_CHAIR,
                rules=(own_request, end_passed, nothing_allowed, no_carried_motion),
            )
            for status in (Status.RECOMMENDED, Status.APPEALED)
        },
        **{
            (status, Action.DECLINE): step(
                Status.DECLINED, Role.BOARD_CHAIR, rules=(own_request, no_lost_motion)
            )
            for status in (Status.RECOMMENDED, Status.APPEALED)
        },
        **{
            (status, Action.RECONSIDER): step(
                Status.RECOMMENDED, Role.BOARD_CHAIR, rules=(own_request, no_carried_motion)
            )
            for status in (Status.APPROVED, Status.DECLINED)
        },
        (Status.APPROVED, Action.CHANGE): step(
            Status.APPROVED, Role.APPLICANT, rules=(because_missing, decided_before, change_underway)
        ),
        (Status.DECLINED, Action.APPEAL): step(
            Status.APPEALED, Role.APPLICANT, rules=(grounds_missing, appealed_already, appeal_late)
        ),
        **{(status, Action.WITHDRAW): step(Status.WITHDRAWN, Role.APPLICANT) for status in UNDECIDED},
    },
)
