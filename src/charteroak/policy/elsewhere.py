"""What happens beside the platform and is put on record here: files sent, matched, confirmed, delivered, destroyed.

For an installation that governs only: files go by the State's own transfer, the match is done elsewhere, and here
stand hashes and days, so that clocks, logs and certificates are those of an installation that does all of it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.clauses import Use
from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.delivery import FileKind
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.matter import Clock
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

CERTIFY = {
    Clock.IDENTIFIERS: Role.HUB_OPERATOR, Clock.PAYLOAD: Role.HUB_OPERATOR,
    Clock.EXTRACT: Role.ENCLAVE_OPERATOR, Clock.OUTPUTS: Role.ENCLAVE_OPERATOR,
}  # fmt: skip
DESTROYED_AS = {FileKind.MATCHING: Clock.IDENTIFIERS, FileKind.ANALYSIS: Clock.PAYLOAD}
SHA256 = re.compile(r"[0-9a-f]{64}")


class Status(StrEnum):
    """How far a project's files are."""

    SENDING = "sending"
    MATCHED = "matched"
    CONFIRMED = "confirmed"  # by every contributor's steward; the clock of the identifiers runs
    DELIVERED = "delivered"


class Action(StrEnum):
    SEND = "send"
    MATCH = "match"
    CONFIRM = "confirm"
    COMPLETE_CONFIRMATION = "complete_confirmation"  # the last steward's
    DELIVER = "deliver"
    DESTROY = "destroy"


USES = {
    Action.SEND: Use.SUBMIT, Action.MATCH: Use.LINK, Action.CONFIRM: Use.LINK, Action.DELIVER: Use.EXTRACT,
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    moved_here: bool = False  # this installation receives and links files itself
    coverage: Decision = ALLOWED  # what the signed clauses say of this, on the day on which it happened
    hash_given: bool = True
    day_in_range: bool = True  # not ahead, and not before the agreement was signed
    own_agency: bool = True  # the actor is steward of the agency that it is about
    files_destroyed: bool = False  # the hub's of this kind, as certified
    files_missing: tuple[str, ...] = ()  # agencies whose matching file is not on record
    confirmed: bool = False  # by this agency
    certifies: bool = True  # this is the actor's office's to certify
    destroyed: bool = False
    method: bool = True
    may_destroy: Decision = ALLOWED


def moved_here(facts: Facts) -> Reason | None:
    if not facts.moved_here:
        return None
    said = "This installation moves files itself: nothing is put on record by hand."
    return Reason("moved_here", said, "Use deliveries, the hub and the workspaces.")


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, as for a file that this platform would move."""
    return facts.coverage


def hash_missing(facts: Facts) -> Reason | None:
    if facts.hash_given:
        return None
    said = "The SHA-256 is missing: 64 digits and letters from a to f."
    return Reason("hash_missing", said, "Type: sha256sum FILE")


def day_out_of_range(facts: Facts) -> Reason | None:
    if facts.day_in_range:
        return None
    said = "This day lies ahead, or before the agreement was signed."
    return Reason("day_out_of_range", said, "Write the day on which it happened.")


def another_agency(facts: Facts) -> Reason | None:
    return (
        None if facts.own_agency else Reason("another_agency", "You are not a data steward of this agency.")
    )


def files_destroyed(facts: Facts) -> Reason | None:
    """Beside the certificate, a file sent after it would stand without a day on which it goes."""
    if not facts.files_destroyed:
        return None
    said = "The destruction of the files of this kind is certified: none is sent after it."
    return Reason("files_destroyed", said)


def files_missing(facts: Facts) -> Reason | None:
    if not facts.files_missing:
        return None
    said = Sentence("No matching file is on record of: {agencies}.", agencies=facts.files_missing)
    return Reason("files_missing", said, "Put it on record first.")


def confirmed_already(facts: Facts) -> Reason | None:
    return Reason("confirmed_already", "This agency has confirmed the match.") if facts.confirmed else None


def another_certifies(facts: Facts) -> Reason | None:
    if facts.certifies:
        return None
    said = (
        "The hub certifies for identifiers and analysis files, the enclave operator for extract and outputs."
    )
    return Reason("another_certifies", said)


def destroyed_already(facts: Facts) -> Reason | None:
    return Reason("destroyed_already", "Its destruction is certified already.") if facts.destroyed else None


def method_missing(facts: Facts) -> Reason | None:
    if facts.method:
        return None
    return Reason("method_missing", "Say how it was destroyed.", "The certificate names it.")


def legal_hold(facts: Facts) -> Decision:
    """A legal hold stops this too."""
    return facts.may_destroy


COMMON = (moved_here, day_out_of_range)
STEWARD, HUB, ENCLAVE = Role.DATA_STEWARD, Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR
_SENT = (*COMMON, not_covered, hash_missing, another_agency, files_destroyed)
_GONE = (*COMMON, another_certifies, destroyed_already, method_missing, legal_hold)

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "elsewhere",
    {
        **{(at, Action.SEND): step(at, STEWARD, rules=_SENT) for at in Status},
        **{(at, Action.DESTROY): step(at, HUB, ENCLAVE, rules=_GONE) for at in Status},
        (Status.SENDING, Action.MATCH): step(Status.MATCHED, HUB, rules=(*COMMON, not_covered, files_missing)),
        (Status.MATCHED, Action.CONFIRM): step(
            Status.MATCHED, STEWARD, rules=(*COMMON, not_covered, another_agency, confirmed_already)
        ),
        (Status.MATCHED, Action.COMPLETE_CONFIRMATION): step(
            Status.CONFIRMED, STEWARD, rules=(*COMMON, another_agency)
        ),
        (Status.CONFIRMED, Action.DELIVER): step(
            Status.DELIVERED, HUB, rules=(*COMMON, not_covered, hash_missing)
        ),
    },
)  # fmt: skip
