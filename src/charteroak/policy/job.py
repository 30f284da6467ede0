"""A batch job in a workspace: a script, its sandbox, what came of it."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.budget import DISK, HOURS, disk_spent, hours_spent
from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


class Language(StrEnum):
    """What a script is written in: the end of its name."""

    PYTHON = "py"
    R = "r"
    SQL = "sql"


def language_of(name: str) -> Language | None:
    """By the end of the script's name, in capitals or not; None for any other."""
    end = name.rpartition(".")[2].lower() if "." in name else ""
    return Language(end) if end in set(Language) else None


class Status(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"  # nothing covered it any more when its turn came
    CANCELLED = "cancelled"


class Action(StrEnum):
    START = "start"
    SUCCEED = "succeed"
    FAIL = "fail"
    REFUSE = "refuse"
    CANCEL = "cancel"
    RETRY = "retry"  # the same script is sent once more
    REPEAT = "repeat"  # it is run again to see whether the same comes out; nothing of it is kept


@dataclass(frozen=True)
class Facts:
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of who asks, today
    workspace_open: bool = True
    invented: bool = False  # it ran on invented records
    hours: int = HOURS
    spent: float = 0.0  # hours of one processor that the project used
    disk: int = DISK  # bytes that the project may keep
    disk_used: int = 0
    limits_enforced: bool = True
    why_not_enforced: str = ""
    script_name: str = "script.py"
    languages: frozenset[Language] = frozenset(Language)  # on the machine that runs it


def limits_not_enforced(facts: Facts) -> Reason | None:
    if not facts.limits_enforced:
        return Reason(
            "limits_not_enforced",
            Sentence(
                "Nobody's script runs without limits on memory, processor and processes, which on this machine "
                "{why}. Everything else runs.",
                why=facts.why_not_enforced,
            ),
            "`oak doctor` says what is missing.",
        )
    return None


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


def workspace_closed(facts: Facts) -> Reason | None:
    return None if facts.workspace_open else Reason("workspace_closed", "The workspace is closed.")


def language_not_here(facts: Facts) -> Reason | None:
    language = language_of(facts.script_name)
    if language is not None and language not in facts.languages:
        return Reason(
            "language_not_here",
            Sentence(
                "Scripts that end with .{end} do not run here: it is not installed.", end=language.value
            ),
            "The operator types: apt-get install r-base-core",
        )
    return None


def nothing_to_repeat(facts: Facts) -> Reason | None:
    if facts.invented:
        return Reason("nothing_to_repeat", "It ran on invented records, so there is no result to stand by.")
    return None


def kept_for_review(*, invented: bool, repeats: bool) -> bool:
    """Whether what a job leaves is kept for review: not what ran on invented records, not what only repeats."""
    return not invented and not repeats


AGAIN = (not_covered, workspace_closed, hours_spent, disk_spent)
ABLE = (limits_not_enforced, language_not_here, hours_spent, disk_spent)

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "job",
    {
        (Status.QUEUED, Action.START): step(Status.RUNNING, Role.SYSTEM, rules=ABLE),
        (Status.QUEUED, Action.REFUSE): step(Status.REFUSED, Role.SYSTEM),
        (Status.RUNNING, Action.REFUSE): step(Status.REFUSED, Role.SYSTEM),
        (Status.RUNNING, Action.START): step(Status.RUNNING, Role.SYSTEM, rules=ABLE),
        (Status.QUEUED, Action.FAIL): step(Status.FAILED, Role.SYSTEM),  # given up before it began
        (Status.RUNNING, Action.SUCCEED): step(Status.SUCCEEDED, Role.SYSTEM),
        (Status.RUNNING, Action.FAIL): step(Status.FAILED, Role.SYSTEM),
        (Status.QUEUED, Action.CANCEL): step(Status.CANCELLED, Role.RECIPIENT, Role.ENCLAVE_OPERATOR),
        (Status.RUNNING, Action.CANCEL): step(Status.CANCELLED, Role.RECIPIENT, Role.ENCLAVE_OPERATOR),
        (Status.SUCCEEDED, Action.REPEAT): step(
            Status.SUCCEEDED,
            Role.RECIPIENT,
            Role.OUTPUT_CHECKER,
            Role.AUDITOR,
            rules=(*AGAIN, nothing_to_repeat),
        ),
        (Status.FAILED, Action.RETRY): step(Status.FAILED, Role.RECIPIENT, rules=AGAIN),
        (Status.REFUSED, Action.RETRY): step(Status.REFUSED, Role.RECIPIENT, rules=AGAIN),
        (Status.CANCELLED, Action.RETRY): step(Status.CANCELLED, Role.RECIPIENT, rules=AGAIN),
    },
)
