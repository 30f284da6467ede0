"""The airlock's way in: a code list, reference data or a package, scanned by machine, reviewed by one checker."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from charteroak.policy.budget import DISK, disk_spent
from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence
from charteroak.policy.workspace import FILE_NAME

LARGEST = 32 << 20  # bytes of one file


class Status(StrEnum):
    SUBMITTED = "submitted"  # the scan is under way
    INTERRUPTED = "interrupted"  # the scan could not be made, through nobody's file
    SCANNED = "scanned"  # an output checker's turn
    ACCEPTED = "accepted"  # read-only in the workspace
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"  # was in the workspace


class Action(StrEnum):
    SUBMIT = "submit"
    SCAN = "scan"
    GIVE_UP = "give_up"
    RETRY = "retry"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REMOVE = "remove"
    DISCARD = "discard"  # the bytes of a file that stays out for good


class Kind(StrEnum):
    CODE_LIST = "code_list"
    REFERENCE_DATA = "reference_data"
    PACKAGE = "package"


TYPES = (".csv", ".json", ".md", ".txt")  # what a person can read before it comes in


@dataclass(frozen=True)
class Facts:
    file_name: str = "codes.csv"
    kind: Kind = Kind.CODE_LIST
    size: int = (
        1  # bytes; of a package, whose file the enclave fetches itself, nothing is known before the scan
    )
    purpose_given: bool = True
    actor_is_author: bool = False
    actor_is_recipient: bool = False
    scan_failed: tuple[str, ...] = ()  # rules that speak against the file for good
    bytes_differ: bool = False  # the hash that the actor looked at is not the pinned one
    name_taken: bool = False  # a file of this name is in the workspace
    comment_given: bool = True
    workspace_open: bool = True
    disk: int = DISK  # bytes that the project may keep
    disk_used: int = 0  # with those that wait for a decision
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of this step, today


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


def workspace_closed(facts: Facts) -> Reason | None:
    return None if facts.workspace_open else Reason("workspace_closed", "The workspace is closed.")


def type_not_allowed(facts: Facts) -> Reason | None:
    if facts.kind is not Kind.PACKAGE and PurePath(facts.file_name).suffix.lower() not in TYPES:
        return Reason(
            "type_not_allowed",
            Sentence("Only these types of file come in: {types}.", types=TYPES),
            "Write it as UTF-8 text of one of these types.",
        )
    return None


def name_not_plain(facts: Facts) -> Reason | None:
    if facts.kind is not Kind.PACKAGE and not FILE_NAME.fullmatch(facts.file_name):
        return Reason(
            "name_not_plain",
            "The file's name is not plain.",
            "Use letters, digits, - and _, and one dot before the type.",
        )
    return None


def file_too_large(facts: Facts) -> Reason | None:
    if facts.size > LARGEST:
        return Reason(
            "file_too_large",
            Sentence("A file that comes in has at most {most} MiB.", most=LARGEST >> 20),
            "Leave out what the project does not need.",
        )
    return None


def file_empty(facts: Facts) -> Reason | None:
    if not facts.size and facts.kind is not Kind.PACKAGE:
        return Reason("file_empty", "The file is empty.", "Choose another one.")
    return None


def purpose_missing(facts: Facts) -> Reason | None:
    if not facts.purpose_given:
        return Reason(
            "purpose_missing",
            "It is not said where the file comes from and what it is for.",
            "Say both: a checker reads it.",
        )
    return None


def own_request(facts: Facts) -> Reason | None:
    if facts.actor_is_author or facts.actor_is_recipient:
        return Reason("own_request", "Nobody reviews what comes into their own project.")
    return None


def scan_failed(facts: Facts) -> Reason | None:
    if facts.scan_failed:
        return Reason(
            "scan_failed",
            Sentence("The scan speaks against this file: {rules}.", rules=facts.scan_failed),
            "Refuse it. Its author mends the file and asks anew.",
        )
    return None


def bytes_differ(facts: Facts) -> Reason | None:
    if facts.bytes_differ:
        return Reason("bytes_differ", "These are not the bytes that were scanned.", "Look at the file again.")
    return None


def name_taken(facts: Facts) -> Reason | None:
    if facts.name_taken:
        return Reason(
            "name_taken",
            "A file of this name is in the workspace.",
            "Remove that one first, or ask under another name.",
        )
    return None


def comment_missing(facts: Facts) -> Reason | None:
    if not facts.comment_given:
        return Reason("comment_missing", "Say why it may not come in.", "The author reads it.")
    return None


UNDER_WAY = (Status.SUBMITTED, Status.INTERRUPTED, Status.SCANNED)
KEPT_OUT = (Status.REFUSED, Status.WITHDRAWN)
FILE = (type_not_allowed, name_not_plain, file_empty, file_too_large, purpose_missing)
AGREED = (workspace_closed, not_covered)

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "input_request",
    {
        (None, Action.SUBMIT): step(Status.SUBMITTED, Role.RECIPIENT, rules=(*FILE, *AGREED, disk_spent)),
        (Status.SUBMITTED, Action.SCAN): step(Status.SCANNED, Role.SYSTEM, rules=AGREED),
        (Status.SUBMITTED, Action.GIVE_UP): step(Status.INTERRUPTED, Role.SYSTEM),
        (Status.INTERRUPTED, Action.RETRY): step(
            Status.SUBMITTED, Role.AUTHOR, Role.OUTPUT_CHECKER, rules=AGREED
        ),
        (Status.SUBMITTED, Action.REFUSE): step(Status.REFUSED, Role.SYSTEM),
        (Status.SCANNED, Action.ACCEPT): step(
            Status.ACCEPTED,
            Role.OUTPUT_CHECKER,
            rules=(own_request, scan_failed, bytes_differ, name_taken, *AGREED),
        ),
        (Status.SCANNED, Action.REFUSE): step(
            Status.REFUSED, Role.OUTPUT_CHECKER, rules=(own_request, comment_missing)
        ),
        **{(status, Action.WITHDRAW): step(Status.WITHDRAWN, Role.AUTHOR) for status in UNDER_WAY},
        **{(status, Action.DISCARD): step(status, Role.SYSTEM) for status in KEPT_OUT},
        (Status.ACCEPTED, Action.REMOVE): step(Status.REMOVED, Role.AUTHOR, Role.OUTPUT_CHECKER),
    },
)
