"""An agency's part in the initiative: it asks to join, the boards decide, all sign; once it is out, nothing moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence
from charteroak.policy.signature import not_confirmed


class Status(StrEnum):
    REQUESTED = "requested"
    RECOMMENDED = "recommended"  # by the data governing board
    ADMITTED = "admitted"  # by the Executive Board, unanimously
    PARTICIPATING = "participating"  # every member has signed the E-MOU with it
    SUSPENDED = "suspended"
    LEFT = "left"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by the agency itself, before it took part


class Action(StrEnum):
    ASK_TO_JOIN = "ask_to_join"
    RECOMMEND = "recommend"
    REFUSE = "refuse"  # also one that was admitted, until all have signed
    WITHDRAW = "withdraw"
    AGREE = "agree"  # one head of a participating agency
    ADMIT = "admit"  # the last of them
    SIGN = "sign"
    JOIN = "join"  # the last signature
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    LEAVE = "leave"
    ASK_AGAIN = "ask_again"  # a written request anew: every step is taken again


MEMBER = frozenset({Status.PARTICIPATING, Status.SUSPENDED})
OF_A_MEMBER = frozenset({Action.JOIN, Action.SUSPEND, Action.REINSTATE, Action.LEAVE})  # said of no other
ONWARDS = frozenset({Action.RECOMMEND, Action.AGREE, Action.SIGN})  # what an agency that is joining waits for
IN_JOINING = frozenset({Status.REQUESTED, Status.RECOMMENDED, Status.ADMITTED})


@dataclass(frozen=True)
class Facts:
    parts_missing: tuple[str, ...] = ()  # of the written request
    known: bool = False  # an agency of that code takes part, or asks to
    met: bool = True  # the meeting that decided is on record and not ahead
    because: bool = True  # a reason is given
    member: bool = True  # the actor speaks for a participating agency, or for the one that joins
    own: bool = True  # the actor speaks for the agency that it is about, or enters its letter
    spoken: bool = False  # the actor's agency has said so already
    text_changed: bool = False  # what was shown to the signer is not what is on file
    sign_in_confirmed: bool = True  # the signer has just proved who they are
    not_agreed: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()


def parts_missing(facts: Facts) -> Reason | None:
    if facts.parts_missing:
        return Reason(
            "parts_missing",
            Sentence("The written request does not say: {parts}.", parts=facts.parts_missing),
            "Ask the agency to complete it.",
        )
    return None


def known_already(facts: Facts) -> Reason | None:
    if facts.known:
        return Reason(
            "known_already",
            "An agency of this code is on record already.",
            "If it was refused, withdrew or left, enter its new request on its own page.",
        )
    return None


def no_meeting(facts: Facts) -> Reason | None:
    if not facts.met:
        return Reason(
            "no_meeting", "A board decides in a meeting that has been held.", "Name the day of the meeting."
        )
    return None


def because_missing(facts: Facts) -> Reason | None:
    return None if facts.because else Reason("because_missing", "Say why.", "The agency is told.")


def not_a_member(facts: Facts) -> Reason | None:
    if not facts.member:
        return Reason(
            "not_a_member", "Heads of participating agencies decide, and sign for their own agency."
        )
    return None


def not_own_agency(facts: Facts) -> Reason | None:
    return None if facts.own else Reason("not_own_agency", "Only an agency itself withdraws or leaves.")


def spoken_already(facts: Facts) -> Reason | None:
    return Reason("spoken_already", "Your agency has said so already.") if facts.spoken else None


def text_changed(facts: Facts) -> Reason | None:
    if facts.text_changed:
        return Reason("text_changed", "The text is not the one that was shown.", "Read it again, then sign.")
    return None


def sign_in_not_confirmed(facts: Facts) -> Reason | None:
    return not_confirmed(confirmed=facts.sign_in_confirmed)


def not_unanimous(facts: Facts) -> Reason | None:
    if facts.not_agreed:
        return Reason(
            "not_unanimous",
            Sentence("Still to agree: {agencies}.", agencies=facts.not_agreed),
            "It is admitted with the last head’s word.",
        )
    return None


def members_unsigned(facts: Facts) -> Reason | None:
    if facts.unsigned:
        return Reason(
            "members_unsigned",
            Sentence("Still to sign: {agencies}.", agencies=facts.unsigned),
            "It takes part with the last signature.",
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "membership",
    {
        (None, Action.ASK_TO_JOIN): step(
            Status.REQUESTED, Role.POLICY_OFFICE, rules=(parts_missing, known_already)
        ),
        (Status.REQUESTED, Action.RECOMMEND): step(Status.RECOMMENDED, Role.BOARD_CHAIR, rules=(no_meeting,)),
        (Status.RECOMMENDED, Action.AGREE): step(
            Status.RECOMMENDED, Role.SIGNATORY, rules=(not_a_member, spoken_already)
        ),
        (Status.RECOMMENDED, Action.ADMIT): step(Status.ADMITTED, Role.SIGNATORY, rules=(not_unanimous,)),
        **{
            (status, Action.REFUSE): step(
                Status.REFUSED, Role.BOARD_CHAIR, rules=(no_meeting, because_missing)
            )
            for status in sorted(IN_JOINING)
        },
        **{
            (status, Action.WITHDRAW): step(
                Status.WITHDRAWN, Role.SIGNATORY, Role.POLICY_OFFICE, rules=(not_own_agency, because_missing)
            )
            for status in sorted(IN_JOINING)
        },
        **{
            (status, Action.ASK_AGAIN): step(Status.REQUESTED, Role.POLICY_OFFICE, rules=(parts_missing,))
            for status in (Status.REFUSED, Status.WITHDRAWN, Status.LEFT)
        },
        (Status.ADMITTED, Action.SIGN): step(
            Status.ADMITTED,
            Role.SIGNATORY,
            rules=(not_a_member, spoken_already, text_changed, sign_in_not_confirmed),
        ),
        (Status.ADMITTED, Action.JOIN): step(Status.PARTICIPATING, Role.SIGNATORY, rules=(members_unsigned,)),
        (Status.PARTICIPATING, Action.SUSPEND): step(
            Status.SUSPENDED, Role.BOARD_CHAIR, rules=(no_meeting, because_missing)
        ),
        (Status.SUSPENDED, Action.REINSTATE): step(
            Status.PARTICIPATING, Role.BOARD_CHAIR, rules=(no_meeting,)
        ),
        **{
            (status, Action.LEAVE): step(Status.LEFT, Role.SIGNATORY, rules=(not_own_agency, because_missing))
            for status in (Status.PARTICIPATING, Status.SUSPENDED)
        },
    },
)


def may_move(statuses: Mapping[str, Status | None]) -> Decision:
    """Whether data of these agencies (code → status; None: unknown) may be used at all: all of them take part."""
    return Decision(
        tuple(
            Reason(
                "agency_not_participating",
                Sentence(
                    "{agency} does not take part now ({status}): nothing of its records moves.",
                    agency=agency,
                    status=status,
                ),
            )
            for agency, status in sorted(statuses.items())
            if status is not Status.PARTICIPATING
        )
    )
