"""Legal instruments: what was enacted or signed, by whom, from when to when, what it supersedes and authorises."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Kind(StrEnum):
    STATUTE = "statute"
    MOU = "memorandum_of_understanding"
    E_MOU = "enterprise_memorandum_of_understanding"
    JOINDER = "joinder"
    DSA = "data_sharing_agreement"
    LICENCE = "data_use_licence"
    NDA = "nondisclosure_agreement"


class Status(StrEnum):
    RECORDED = "recorded"


class Action(StrEnum):
    RECORD = "record"


@dataclass(frozen=True)
class Facts:
    kind: Kind = Kind.STATUTE
    parties: int = 0
    unknown: tuple[str, ...] = ()  # named as parties, but no agency is called so
    effective_on: date = date.min
    expires_on: date | None = None
    known: bool = False  # an instrument of this number is on record
    superseded: bool = False  # the one that it would supersede is superseded already
    authorises: bool = True  # it says what it authorises


def parties_missing(facts: Facts) -> Reason | None:
    if facts.kind is not Kind.STATUTE and facts.parties < (1 if facts.kind is Kind.NDA else 2):
        return Reason("parties_missing", "An agreement has parties.", "Name every agency that signed it.")
    return None


def party_unknown(facts: Facts) -> Reason | None:
    if facts.unknown:
        said = Sentence("No agency is called: {codes}.", codes=facts.unknown)
        return Reason("party_unknown", said, "Name each party by its code.")
    return None


def expires_before_effective(facts: Facts) -> Reason | None:
    if facts.expires_on is not None and facts.expires_on < facts.effective_on:
        return Reason(
            "expires_before_effective", "It would expire before it takes effect.", "Check the days."
        )
    return None


def known_already(facts: Facts) -> Reason | None:
    return Reason("known_already", "An instrument of this number is on record.") if facts.known else None


def superseded_already(facts: Facts) -> Reason | None:
    if facts.superseded:
        return Reason(
            "superseded_already", "That instrument is superseded already.", "Name the one now in force."
        )
    return None


def authorises_nothing(facts: Facts) -> Reason | None:
    if not facts.authorises:
        return Reason(
            "authorises_nothing", "Say what it authorises.", "An instrument without effect is no record."
        )
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "instrument",
    {
        (None, Action.RECORD): step(
            Status.RECORDED,
            Role.COUNSEL,
            rules=(
                parties_missing, party_unknown, expires_before_effective, known_already, superseded_already,
                authorises_nothing,
            ),
        )
    },
)  # fmt: skip
