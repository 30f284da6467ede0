"""Absence cover: an office holder names a colleague who acts for them between two dates, and is named as doing so."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason, refuse
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role

# Who votes sends a proxy by dated letter; who analyses is named in the agreement; an auditor acts for nobody.
COVERED = frozenset(
    {
        Role.POLICY_OFFICE, Role.COUNSEL, Role.DATA_STEWARD, Role.SIGNATORY, Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR,
        Role.OUTPUT_CHECKER,
    }
)  # fmt: skip
LONGEST = timedelta(days=180)


class Status(StrEnum):
    NAMED = "named"
    ENDED = "ended"


class Action(StrEnum):
    NAME_DELEGATE = "name_delegate"
    END_COVER = "end_cover"


@dataclass(frozen=True)
class Facts:
    role: Role = Role.DATA_STEWARD
    actor_is_holder: bool = True
    actor_administers: bool = False  # the policy office names cover for one who is already away
    delegate_is_holder: bool = False
    same_employer: bool = True
    account_open: bool = True
    awaited: bool = False  # the delegate has a key by post, and has not signed in with it yet
    since: date = date.min
    until: date = date.min
    on: date = date.min
    apart: Decision = ALLOWED


def not_the_holder(facts: Facts) -> Reason | None:
    if not (facts.actor_is_holder or facts.actor_administers):
        return Reason("not_the_holder", "Cover is named by who holds the office, or by the policy office.")
    return None


def not_covered_by_others(facts: Facts) -> Reason | None:
    if facts.role not in COVERED:
        return Reason("not_covered_by_others", "Nobody acts for another in this office.")
    return None


def own_cover(facts: Facts) -> Reason | None:
    return Reason("own_cover", "Nobody covers for themselves.") if facts.delegate_is_holder else None


def another_employer(facts: Facts) -> Reason | None:
    if not facts.same_employer:
        return Reason("another_employer", "A delegate works for the same agency.", "Name a colleague.")
    return None


def account_closed(facts: Facts) -> Reason | None:
    return None if facts.account_open else Reason("account_closed", "This account is closed.")


def not_signed_in_yet(facts: Facts) -> Reason | None:
    if not facts.awaited:
        return None
    return Reason("not_signed_in_yet", "This person has not signed in yet.", "Name them afterwards.")


def dates_wrong(facts: Facts) -> Reason | None:
    if not (facts.on <= facts.until and facts.since <= facts.until and facts.until - facts.since <= LONGEST):
        return Reason(
            "dates_wrong",
            "Cover has a first and a last day, in this order, the last one not past, half a year at most.",
        )
    return None


def roles_must_stay_apart(facts: Facts) -> Decision:
    return facts.apart


def may_fill(*, by_token: bool) -> Decision:
    """Whether an office may be taken up or laid down this way: by a person signed in, never by their program."""
    if not by_token:
        return ALLOWED
    return refuse(
        "asked_by_token", "A token acts for nobody but its holder.", "Sign in, and do it on the page."
    )


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "cover",
    {
        (None, Action.NAME_DELEGATE): step(
            Status.NAMED,
            *COVERED,
            rules=(
                not_the_holder, not_covered_by_others, own_cover, another_employer, account_closed, not_signed_in_yet,
                dates_wrong, roles_must_stay_apart,
            ),
        ),
        (Status.NAMED, Action.END_COVER): step(Status.ENDED, *COVERED, rules=(not_the_holder,)),
    },
)  # fmt: skip
