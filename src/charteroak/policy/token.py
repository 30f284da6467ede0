"""A token with which a person's own program uses the JSON interface: for one agency or all, until a day."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

LONGEST_DAYS = 366
MOST = 10  # tokens of one person at a time
TOWARDS_A_RECORD = {Role.APPLICANT, Role.RECIPIENT, Role.AUTHOR, Role.SYSTEM}
HOLDERS = tuple(role for role in Role if role not in TOWARDS_A_RECORD)  # whoever holds an office


class Status(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"


class Action(StrEnum):
    CREATE = "create"
    USE = "use"
    REVOKE = "revoke"


@dataclass(frozen=True)
class Facts:
    """What the rules need to know of one token and of whoever asks."""

    days: int = 1  # from today to its last day
    active: int = 0  # tokens that the person has
    office_there: bool = True  # the person holds an office for the token's agency
    by_token: bool = False  # asked for by a program, not by the person signed in
    own: bool = True  # the token is the asker's
    account_open: bool = True
    expired: bool = False
    writes: bool = False  # what is asked for changes something
    reads_only: bool = False
    delivers: bool = False  # what is asked for sends a file of an agency's in, and nothing else
    delivers_only: bool = False


def lifetime_wrong(facts: Facts) -> Reason | None:
    if 1 <= facts.days <= LONGEST_DAYS:
        return None
    said = Sentence("A token lasts from 1 to {days} days.", days=LONGEST_DAYS)
    return Reason("lifetime_wrong", said, "Choose an earlier last day that lies ahead.")


def too_many_tokens(facts: Facts) -> Reason | None:
    if facts.active < MOST:
        return None
    return Reason(
        "too_many_tokens", Sentence("Nobody has more than {most} tokens.", most=MOST), "Revoke one first."
    )


def no_office_there(facts: Facts) -> Reason | None:
    if facts.office_there:
        return None
    return Reason("no_office_there", "You hold no office for this agency.", "Choose one of your agencies.")


def made_by_token(facts: Facts) -> Reason | None:
    if not facts.by_token:
        return None
    return Reason("made_by_token", "A token makes no tokens.", "Sign in, and make it on the page.")


def not_your_token(facts: Facts) -> Reason | None:
    return None if facts.own else Reason("not_your_token", "This token is another person’s.")


def account_closed(facts: Facts) -> Reason | None:
    return (
        None
        if facts.account_open
        else Reason("account_closed", "The account of the token’s holder is closed.")
    )


def token_expired(facts: Facts) -> Reason | None:
    if not facts.expired:
        return None
    return Reason("token_expired", "The token’s last day is over.", "Sign in, and make a new one.")


def reads_only(facts: Facts) -> Reason | None:
    if not (facts.reads_only and facts.writes):
        return None
    return Reason("reads_only", "This token only reads.", "Make one that may write.")


def delivers_only(facts: Facts) -> Reason | None:
    if facts.delivers or not facts.delivers_only:
        return None
    return Reason("delivers_only", "This token only delivers files.", "Make one that may do more.")


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "token",
    {
        (None, Action.CREATE): step(
            Status.ACTIVE, *HOLDERS, rules=(lifetime_wrong, too_many_tokens, no_office_there, made_by_token)
        ),
        (Status.ACTIVE, Action.USE): step(
            Status.ACTIVE, *HOLDERS, rules=(account_closed, token_expired, reads_only, delivers_only)
        ),
        (Status.ACTIVE, Action.REVOKE): step(Status.REVOKED, *HOLDERS, rules=(not_your_token,)),
    },
)
