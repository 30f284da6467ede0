"""A webhook: news of what its holder may see, sent to an address of the holder's own system until somebody ends it."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence
from charteroak.policy.token import HOLDERS

MOST = 5  # webhooks of one person at a time


class Status(StrEnum):
    ACTIVE = "active"
    STOPPED = "stopped"  # nobody answered for days, or the holder's access has ended
    ENDED = "ended"


class Action(StrEnum):
    CREATE = "create"
    SEND = "send"
    STOP = "stop"
    RESUME = "resume"
    END = "end"


@dataclass(frozen=True)
class Facts:
    active: int = 0  # webhooks that the person has
    office_there: bool = True  # the person holds an office for the webhook's agency
    by_token: bool = False  # asked for by a program, not by the person signed in
    own: bool = True
    account_open: bool = True
    address: Decision = ALLOWED  # whether news may be sent to this address at all


def too_many_webhooks(facts: Facts) -> Reason | None:
    if facts.active < MOST:
        return None
    said = Sentence("Nobody has more than {most} webhooks.", most=MOST)
    return Reason("too_many_webhooks", said, "End one first.")


def no_office_there(facts: Facts) -> Reason | None:
    if facts.office_there:
        return None
    return Reason("no_office_there", "You hold no office for this agency.", "Choose one of your agencies.")


def made_by_token(facts: Facts) -> Reason | None:
    if not facts.by_token:
        return None
    return Reason("made_by_token", "A token makes no webhooks.", "Sign in, and make it on the page.")


def not_your_webhook(facts: Facts) -> Reason | None:
    return None if facts.own else Reason("not_your_webhook", "This webhook is another person’s.")


def account_closed(facts: Facts) -> Reason | None:
    if facts.account_open:
        return None
    return Reason("account_closed", "The account of the webhook’s holder is closed.")


def address_refused(facts: Facts) -> Decision:
    """The reasons of whoever knows the network."""
    return facts.address


_SENDS = (account_closed, no_office_there, address_refused)
LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "webhook",
    {
        (None, Action.CREATE): step(
            Status.ACTIVE,
            *HOLDERS,
            rules=(too_many_webhooks, no_office_there, made_by_token, address_refused),
        ),
        (Status.ACTIVE, Action.SEND): step(Status.ACTIVE, *HOLDERS, rules=_SENDS),
        (Status.ACTIVE, Action.STOP): step(Status.STOPPED, Role.SYSTEM),
        (Status.STOPPED, Action.RESUME): step(Status.ACTIVE, *HOLDERS, rules=(not_your_webhook, *_SENDS)),
        (Status.ACTIVE, Action.END): step(Status.ENDED, *HOLDERS, rules=(not_your_webhook,)),
        (Status.STOPPED, Action.END): step(Status.ENDED, *HOLDERS, rules=(not_your_webhook,)),
    },
)
