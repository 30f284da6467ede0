"""A batch job in a workspace: a script, its sandbox, what came of it."""

from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.decision import Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence


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


@dataclass(frozen=True)
class Facts:
    limits_enforced: bool = True
    why_not_enforced: str = ""


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


LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "job",
    {
        (Status.QUEUED, Action.START): step(Status.RUNNING, Role.SYSTEM, rules=(limits_not_enforced,)),
        (Status.QUEUED, Action.REFUSE): step(Status.REFUSED, Role.SYSTEM),
        (Status.RUNNING, Action.REFUSE): step(Status.REFUSED, Role.SYSTEM),
        (Status.RUNNING, Action.START): step(Status.RUNNING, Role.SYSTEM, rules=(limits_not_enforced,)),
        (Status.QUEUED, Action.FAIL): step(Status.FAILED, Role.SYSTEM),  # given up before it began
        (Status.RUNNING, Action.SUCCEED): step(Status.SUCCEEDED, Role.SYSTEM),
        (Status.RUNNING, Action.FAIL): step(Status.FAILED, Role.SYSTEM),
        (Status.QUEUED, Action.CANCEL): step(Status.CANCELLED, Role.RECIPIENT, Role.ENCLAVE_OPERATOR),
        (Status.RUNNING, Action.CANCEL): step(Status.CANCELLED, Role.RECIPIENT, Role.ENCLAVE_OPERATOR),
    },
)
