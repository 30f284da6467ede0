"""A project's sealed workspace: opened on a cleared extract, closed when the agreement ends."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role

LARGEST_SCRIPT = 200_000  # characters


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    OPEN = "open"
    SUBMIT_JOB = "submit_job"
    REQUEST_RELEASE = "request_release"
    CLOSE = "close"


@dataclass(frozen=True)
class Facts:
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of this person, today
    extract_cleared: bool = True
    opened: bool = False
    apart: Decision = ALLOWED  # what policy.roles.must_stay_apart says of the roles on this project
    script: int = 1  # its length in characters


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


def extract_not_cleared(facts: Facts) -> Reason | None:
    if not facts.extract_cleared:
        return Reason(
            "extract_not_cleared",
            "The extract has not passed the review before access.",
            "The policy office reviews it first.",
        )
    return None


def opened_already(facts: Facts) -> Reason | None:
    return Reason("opened_already", "This project has its workspace.") if facts.opened else None


def roles_must_stay_apart(facts: Facts) -> Decision:
    return facts.apart


def no_script(facts: Facts) -> Reason | None:
    if not facts.script:
        return Reason("no_script", "There is no script.", "Choose a file, or type one.")
    return None


def script_too_long(facts: Facts) -> Reason | None:
    if facts.script > LARGEST_SCRIPT:
        return Reason("script_too_long", "The script is longer than 200 kB.", "Split it.")
    return None


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "workspace",
    {
        (None, Action.OPEN): step(
            Status.OPEN,
            Role.ENCLAVE_OPERATOR,
            rules=(not_covered, extract_not_cleared, opened_already, roles_must_stay_apart),
        ),
        (Status.OPEN, Action.SUBMIT_JOB): step(
            Status.OPEN, Role.RECIPIENT, rules=(not_covered, no_script, script_too_long)
        ),
        (Status.OPEN, Action.REQUEST_RELEASE): step(Status.OPEN, Role.RECIPIENT, rules=(not_covered,)),
        (Status.OPEN, Action.CLOSE): step(Status.CLOSED, Role.ENCLAVE_OPERATOR, Role.SYSTEM),
    },
)
