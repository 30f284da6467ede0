"""An interactive session in a workspace: opened, started, entered, stopped."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from charteroak.policy.budget import DISK, HOURS, disk_spent, hours_spent
from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence
from charteroak.policy.workspace import Mode, offered

IDLE = timedelta(minutes=30)  # unused for longer, it is ended
TEXT, PICTURES = 20 << 20, 1 << 30  # bytes to the browser: more than anybody reads, or watches, in a session


def alarm(mode: Mode) -> int:
    """Bytes to the browser, beside JupyterLab itself, that are too many for a person who works."""
    return PICTURES if mode == Mode.PIXEL else TEXT


class Status(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"
    REFUSED = "refused"  # nothing covered it any more


class Action(StrEnum):
    START = "start"
    ENTER = "enter"
    GO_ON = "go_on"
    STOP = "stop"
    END = "end"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Facts:
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of the person whose session it is, today
    workspace_open: bool = True
    mode: Mode = Mode.QUERY_ONLY
    openest: Mode = Mode.BROWSER  # that the catalog and the agreement in force let people work in today
    hours: int = HOURS
    spent: float = 0.0  # hours of one processor that the project used
    disk: int = DISK  # bytes that the project may keep
    disk_used: int = 0
    limits_enforced: bool = True  # whether the enclave's machine holds it to memory, processor and processes
    why_not_enforced: str = ""
    environment: bool = True  # whether the research environment has what a session shows
    pixels: bool = True  # whether its machine can show it as a picture, where it is one
    own: bool = True  # the person asking opened it
    ticket_fresh: bool = True
    entered_here: bool = True  # this browser holds the key of the last entry


def not_covered(facts: Facts) -> Decision:
    """The clauses' own reasons, so that every route names the same."""
    return facts.coverage


def workspace_closed(facts: Facts) -> Reason | None:
    return None if facts.workspace_open else Reason("workspace_closed", "The workspace is closed.")


def mode_too_open(facts: Facts) -> Reason | None:
    if facts.mode not in offered(facts.openest):
        return Reason(
            "mode_too_open",
            "The agreement and the catalog let nobody see these records this way any more.",
            "The work folder is kept, and scripts run on the records.",
        )
    return None


def session_limits_not_enforced(facts: Facts) -> Reason | None:
    if not facts.limits_enforced:
        return Reason(
            "session_limits_not_enforced",
            Sentence(
                "No session runs without limits on memory, processor and processes, which on this machine {why}.",
                why=facts.why_not_enforced,
            ),
            "`oak doctor` says what is missing.",
        )
    return None


def no_jupyterlab(facts: Facts) -> Reason | None:
    if not facts.environment:
        return Reason(
            "no_jupyterlab",
            "JupyterLab is not installed here, so there is no session to open. Jobs run.",
            "The operator types: make jupyter",
        )
    return None


def no_pixels(facts: Facts) -> Reason | None:
    if not facts.pixels:
        return Reason(
            "no_pixels",
            "The programs that show a session as a picture are not installed here. Jobs run.",
            "`oak doctor` says what to install.",
        )
    return None


def not_your_session(facts: Facts) -> Reason | None:
    if not facts.own:
        return Reason("not_your_session", "This is another person's session.", "Open one of your own.")
    return None


def ticket_used(facts: Facts) -> Reason | None:
    if not facts.ticket_fresh:
        return Reason(
            "ticket_used",
            "This way in was used before, or a newer one has been.",
            "Enter again from the workspace's page.",
        )
    return None


def entered_elsewhere(facts: Facts) -> Reason | None:
    if not facts.entered_here:
        return Reason(
            "entered_elsewhere",
            "This browser has not entered the session, or another one has since.",
            "Enter again from the workspace's page.",
        )
    return None


HELD = (not_covered, workspace_closed, mode_too_open)
ABLE = (session_limits_not_enforced, no_jupyterlab, no_pixels, hours_spent, disk_spent)

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "session",
    {
        (Status.STARTING, Action.START): step(Status.RUNNING, Role.SYSTEM, rules=(*HELD, *ABLE)),
        (Status.RUNNING, Action.START): step(
            Status.RUNNING, Role.SYSTEM, rules=(*HELD, *ABLE)
        ),  # cut off, begun anew
        (Status.STARTING, Action.END): step(Status.ENDED, Role.SYSTEM),
        (Status.STARTING, Action.REFUSE): step(Status.REFUSED, Role.SYSTEM),
        (Status.STARTING, Action.STOP): step(Status.ENDED, Role.RECIPIENT, Role.ENCLAVE_OPERATOR),
        (Status.RUNNING, Action.ENTER): step(
            Status.RUNNING, Role.RECIPIENT, rules=(*HELD, not_your_session, ticket_used)
        ),
        (Status.RUNNING, Action.GO_ON): step(
            Status.RUNNING, Role.RECIPIENT, rules=(*HELD, not_your_session, entered_elsewhere)
        ),
        (Status.RUNNING, Action.STOP): step(Status.ENDED, Role.RECIPIENT, Role.ENCLAVE_OPERATOR),
        (Status.RUNNING, Action.END): step(Status.ENDED, Role.SYSTEM),
        (Status.RUNNING, Action.REFUSE): step(Status.REFUSED, Role.SYSTEM),
    },
)
