"""A person's account: made by invitation; closed the same day, or within 24 hours of notice that the person leaves."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.office import OFFICES
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

AFTER_NOTICE = timedelta(
    hours=24
)  # P20 WIN's manual: departures are notified, and access ended, within 24 hours


# as the log names people: two words at least, so that none is called as a process or an address of the site is
USER_NAME = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)+")


class Status(StrEnum):
    INVITED = "invited"  # a key was sent by post; until it is used nobody can sign in
    OPEN = "open"
    LEAVING = "leaving"
    CLOSED = "closed"


class Action(StrEnum):
    ADD = "add"
    CHANGE_DETAILS = "change_details"
    SEND_KEY = "send_key"
    VOID_KEY = "void_key"
    USE_KEY = "use_key"
    SET_PASSWORD = "set_password"  # noqa: S105 - by who runs the machine, for who forgot theirs
    GIVE_NOTICE = "give_notice"
    CLOSE = "close"
    MOVE = "move"


@dataclass(frozen=True)
class Facts:
    colleague: bool = True  # the actor is the person, works for the same employer, or administers
    actor_is_holder: bool = False
    changes: bool = True  # another employer, or another kind of employment, than is on file
    since: date = date.min  # the first day at the new employer
    last_since: date | None = None  # … and at the one before, when that is on file
    on: date = date.min
    user_name: str = "first.last"
    user_name_free: bool = True
    name_said: bool = True
    address_good: bool = True  # an e-mail address; or none, where none was on file
    address_free: bool = True  # no other open account has it
    address_is_actors: bool = False
    details_change: bool = True
    because_said: bool = True
    offices: int = 0  # that the person holds, or may fill for others
    key_open: bool = True  # the key (typed, or else sent last) is the person's, neither used nor void
    key_until: date = date.max  # … its last day


def not_a_colleague(facts: Facts) -> Reason | None:
    if not facts.colleague:
        return Reason(
            "not_a_colleague", "Notice is given by the person, their employer or the policy office."
        )
    return None


def own_employer(facts: Facts) -> Reason | None:
    """Some law rests on it: unit-level wages are for state employees alone (CGS 31-254)."""
    if facts.actor_is_holder:
        return Reason(
            "own_employer", "Nobody changes their own employer.", "Ask a colleague of the policy office."
        )
    return None


def employed_so_already(facts: Facts) -> Reason | None:
    if not facts.changes:
        return Reason(
            "employed_so_already",
            "This is the employer and the kind that are on file.",
            "Choose what changed.",
        )
    return None


def begins_later(facts: Facts) -> Reason | None:
    """The rules of today ask for the employer of today."""
    if facts.since > facts.on:
        return Reason(
            "begins_later",
            "The first day at the new employer is still to come.",
            "Record the move on that day.",
        )
    return None


def before_the_move_before(facts: Facts) -> Reason | None:
    if facts.last_since is not None and facts.since < facts.last_since:
        return Reason(
            "before_the_move_before",
            Sentence("The move on file is of {day}.", day=facts.last_since),
            "Choose that day or a later one.",
        )
    return None


def user_name_unfit(facts: Facts) -> Reason | None:
    if USER_NAME.fullmatch(facts.user_name):
        return None
    return Reason(
        "user_name_unfit",
        "A user name is two or more words of small letters and digits, with dots between them.",
        "Write it such as first.last.",
    )


def user_name_taken(facts: Facts) -> Reason | None:
    """Also a closed account's: the log names people by it."""
    if facts.user_name_free:
        return None
    return Reason("user_name_taken", "Somebody has, or had, this user name.", "Choose another.")


def name_missing(facts: Facts) -> Reason | None:
    return None if facts.name_said else Reason("name_missing", "The name is missing.", "Write it.")


def no_address(facts: Facts) -> Reason | None:
    if facts.address_good:
        return None
    return Reason("no_address", "This is no e-mail address.", "Write the person’s own, at their work.")


def address_taken(facts: Facts) -> Reason | None:
    """One person, one account: offices that must stay apart are apart by account."""
    if facts.address_free:
        return None
    return Reason(
        "address_taken",
        "Another account has this address.",
        "One person has one account: grant the offices there.",
    )


def own_account(facts: Facts) -> Reason | None:
    if facts.address_is_actors:
        return Reason("own_account", "Nobody adds an account for themselves.", "You have one already.")
    return None


def own_details(facts: Facts) -> Reason | None:
    if facts.actor_is_holder:
        return Reason(
            "own_details",
            "Nobody changes their own name or address.",
            "Ask a colleague of the policy office.",
        )
    return None


def nothing_changes(facts: Facts) -> Reason | None:
    if facts.details_change:
        return None
    return Reason("nothing_changes", "This name and this address are on file.", "Write what changed.")


def because_missing(facts: Facts) -> Reason | None:
    return None if facts.because_said else Reason("because_missing", "The reason is missing.", "Write it.")


def holds_an_office(facts: Facts) -> Reason | None:
    """What comes by mail opens nothing but an empty account."""
    if not facts.offices:
        return None
    return Reason(
        "holds_an_office",
        "A key by post opens no account that holds an office.",
        "End the offices first; grant them again after the first sign-in.",
    )


def no_key(facts: Facts) -> Reason | None:
    if facts.key_open:
        return None
    return Reason("no_key", "There is no key that could be made void.", "Send a new one when it is wanted.")


def key_no_good(facts: Facts) -> Reason | None:
    """One sentence for whatever speaks against it: who guesses learns nothing."""
    if facts.key_open and facts.on <= facts.key_until:
        return None
    return Reason(
        "key_no_good",
        "This user name and this key let nobody in: one of them is mistyped, or the key is used, void or too old.",
        "Compare them with the letter. Then ask the policy office for a new key.",
    )


_MOVES = (own_employer, employed_so_already, begins_later, before_the_move_before)
_DETAILS = (own_details, name_missing, no_address, address_taken, because_missing, nothing_changes)
_NOTICE = step(Status.LEAVING, *sorted(OFFICES), rules=(not_a_colleague,))
_NOT_CLOSED = (Status.INVITED, Status.OPEN, Status.LEAVING)
LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "account",
    {
        (None, Action.ADD): step(
            Status.INVITED,
            Role.POLICY_OFFICE,
            rules=(name_missing, user_name_unfit, user_name_taken, no_address, address_taken, own_account),
        ),
        (Status.INVITED, Action.SEND_KEY): step(
            Status.INVITED, Role.POLICY_OFFICE, rules=(no_address, holds_an_office)
        ),
        (Status.INVITED, Action.VOID_KEY): step(Status.INVITED, Role.POLICY_OFFICE, rules=(no_key,)),
        # the sign-in itself does it for whoever shows the key: nobody is signed in yet
        (Status.INVITED, Action.USE_KEY): step(
            Status.OPEN, Role.SYSTEM, rules=(key_no_good, holds_an_office)
        ),
        (Status.INVITED, Action.GIVE_NOTICE): _NOTICE,
        (Status.OPEN, Action.GIVE_NOTICE): _NOTICE,
        **{(at, Action.CHANGE_DETAILS): step(at, Role.POLICY_OFFICE, rules=_DETAILS) for at in _NOT_CLOSED},
        (Status.INVITED, Action.MOVE): step(Status.INVITED, Role.POLICY_OFFICE, rules=_MOVES),
        (Status.OPEN, Action.MOVE): step(Status.OPEN, Role.POLICY_OFFICE, rules=_MOVES),
        (Status.LEAVING, Action.MOVE): step(Status.LEAVING, Role.POLICY_OFFICE, rules=_MOVES),
        (Status.OPEN, Action.SET_PASSWORD): step(Status.OPEN, Role.SYSTEM),
        (Status.LEAVING, Action.SET_PASSWORD): step(Status.LEAVING, Role.SYSTEM),
        (Status.INVITED, Action.CLOSE): step(Status.CLOSED, Role.POLICY_OFFICE),
        (Status.OPEN, Action.CLOSE): step(Status.CLOSED, Role.POLICY_OFFICE),
        (Status.LEAVING, Action.CLOSE): step(Status.CLOSED, Role.POLICY_OFFICE),
    },
)


def access_ends_at(noticed_at: datetime) -> datetime:
    """When access is over whoever has acted by then: 24 hours after the notice."""
    return noticed_at + AFTER_NOTICE


def gone_by(now: datetime, on: date) -> tuple[date, datetime]:
    """Who has left at `now`, on the day `on`: last day before the first of these, or noticed by the second."""
    return on, now - AFTER_NOTICE


def has_left(last_day: date, noticed_at: datetime, now: datetime, on: date) -> bool:
    """Whether a person of whom notice was given may touch nothing more at `now`, on the day `on`."""
    day, instant = gone_by(now, on)
    return last_day < day or noticed_at <= instant
