"""A project's sealed workspace: opened on a cleared extract, closed when the agreement ends."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from charteroak.policy.budget import DISK, HOURS, MOST_HOURS, disk_spent, hours_spent
from charteroak.policy.decision import ALLOWED, Decision, Reason
from charteroak.policy.job import language_of
from charteroak.policy.lifecycle import Lifecycle, step
from charteroak.policy.roles import Role
from charteroak.policy.sentence import Sentence

LARGEST_SCRIPT = 200_000  # characters
# Of a file that goes out or comes in: a name is shown beyond the enclave, so it carries little.
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}(\.[A-Za-z0-9]{1,8})?")


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Mode(StrEnum):
    """How people work on the extract, by how sensitive it is."""

    QUERY_ONLY = "query-only"  # they see invented records; scripts run on the real ones
    PIXEL = "pixel"  # they see the real records in a picture of a browser inside the enclave
    BROWSER = "browser"  # they see the real records in their own browser

    @property
    def shows_records(self) -> bool:
        return self != Mode.QUERY_ONLY


OPENER = (Mode.QUERY_ONLY, Mode.PIXEL, Mode.BROWSER)  # each more open than the one before


def mode_of(sensitivities: Collection[str]) -> Mode:
    """How people work on an extract unless its operator says otherwise, by the catalog's words of its columns.

    Source: SATRE 2.1 (controls follow the data's sensitivity); OpenSAFELY shows nobody a record.
    """
    return Mode.BROWSER if openest_of(sensitivities) == Mode.BROWSER else Mode.QUERY_ONLY


def openest_of(sensitivities: Collection[str], *, sensitive_seen: bool = False) -> Mode:
    """The most open mode that its operator may choose: sensitive columns are shown as a picture where a signed clause
    says so (`sensitive_seen`); direct identifiers, or what the catalog does not know, to nobody.
    """
    known = set(sensitivities)
    if known and known <= {"plain", "quasi-identifier"}:
        return Mode.BROWSER
    sensitive = known <= {"plain", "quasi-identifier", "sensitive"}
    return Mode.PIXEL if known and sensitive and sensitive_seen else Mode.QUERY_ONLY


def offered(openest: Mode) -> tuple[Mode, ...]:
    """What an operator may choose among."""
    return OPENER[: OPENER.index(openest) + 1]


RESIDUAL_RISK: dict[Mode, tuple[str, ...]] = {
    Mode.QUERY_ONLY: (
        "Nobody sees a record. What a script leaves is reviewed before it leaves.",
        "A job's success, the number and size of its files and its length tell a few bits before any review.",
    ),
    Mode.PIXEL: (
        "Records are in a picture on the researcher's screen: it can be photographed, read by a machine, remembered or "
        "retyped, and a hostile script can show as a picture what else it holds.",
        "Nothing of the enclave's runs in the researcher's browser, and no clipboard crosses. A screen reader "
        "finds no text in a picture: who needs one works query-only.",
    ),
    Mode.BROWSER: (
        "Records are on the researcher's screen: they can be photographed, remembered, or copied as text.",
        "A hostile notebook can send bytes from the browser by WebRTC, and names by looking them up: use browsers "
        "whose administrator has switched both off, or choose pixel or query-only.",
    ),
}


class Isolator(StrEnum):
    """What stands between a script on the real records and the machine."""

    BUBBLEWRAP = "bubblewrap"
    GVISOR = "gvisor"


def isolator_for(own: Isolator, *, invented: bool) -> Isolator:
    """What stands around a run: the project's `own`, and the default around invented records, which need no more."""
    return Isolator.BUBBLEWRAP if invented else own


ISOLATOR_RISK: dict[Isolator, str] = {
    Isolator.BUBBLEWRAP: "Bubblewrap: scripts share the machine's kernel, and a fault in it would let one out.",
    Isolator.GVISOR: "gVisor: scripts run on a kernel of their own, so a fault in the machine's is out of reach; they "
    "take longer, and no session shows real records.",
}


class Action(StrEnum):
    OPEN = "open"
    OPEN_SESSION = "open_session"
    SUBMIT_JOB = "submit_job"
    REQUEST_RELEASE = "request_release"
    REQUEST_INPUT = "request_input"
    TAKE_SNAPSHOT = "take_snapshot"
    RESTORE = "restore"
    ALLOW_HOURS = "allow_hours"
    CLOSE = "close"


@dataclass(frozen=True)
class Facts:
    coverage: Decision = ALLOWED  # what policy.clauses.covers said of this person, today
    extract_cleared: bool = True
    opened: bool = False
    apart: Decision = ALLOWED  # what policy.roles.must_stay_apart says of the roles on this project
    script: int = 1  # its length in characters
    in_session: bool = False  # this person has one open here
    because: str = "-"  # why a snapshot is asked for
    folder_in_use: bool = False  # a session or job of the project is in it, or waits to be
    script_name: str = "script.py"
    mode: Mode = Mode.QUERY_ONLY
    isolator: Isolator = Isolator.BUBBLEWRAP
    isolator_here: bool = True
    mode_asked: Mode = Mode.QUERY_ONLY  # that the operator is about to open it in
    openest: Mode = Mode.QUERY_ONLY
    pixels_here: bool = True
    hours: int = HOURS
    hours_asked: int = HOURS  # that the operator is about to allow
    spent: float = 0.0  # hours of one processor
    disk: int = DISK  # bytes that the project may keep
    disk_used: int = 0


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


def session_open_already(facts: Facts) -> Reason | None:
    if facts.in_session:
        return Reason("session_open_already", "You have a session open here.", "Enter it, or stop it first.")
    return None


def folder_in_use(facts: Facts) -> Reason | None:
    if facts.folder_in_use:
        return Reason(
            "folder_in_use",
            "Somebody is in the work folder, or a job waits to be.",
            "Stop the sessions and wait for the jobs first.",
        )
    return None


def snapshot_without_reason(facts: Facts) -> Reason | None:
    if not facts.because.strip():
        return Reason(
            "snapshot_without_reason",
            "It is not said why this snapshot is kept.",
            "Say it in a few words: they stand beside it.",
        )
    return None


def no_script(facts: Facts) -> Reason | None:
    if not facts.script:
        return Reason("no_script", "There is no script.", "Choose a file, or type one.")
    return None


def script_too_long(facts: Facts) -> Reason | None:
    if facts.script > LARGEST_SCRIPT:
        return Reason("script_too_long", "The script is longer than 200 kB.", "Split it.")
    return None


def language_unknown(facts: Facts) -> Reason | None:
    if language_of(facts.script_name) is None:
        return Reason(
            "language_unknown",
            "A script is Python, R or SQL, and this one's name says none of them.",
            "Let its name end with .py, .R or .sql.",
        )
    return None


def isolator_not_here(facts: Facts) -> Reason | None:
    if not facts.isolator_here:
        return Reason(
            "isolator_not_here",
            "gVisor does not run here.",
            "The operator types: apt-get install runsc, and starts the enclave as root.",
        )
    return None


def mode_too_open(facts: Facts) -> Reason | None:
    if facts.mode_asked not in offered(facts.openest):
        return Reason(
            "mode_too_open",
            "A column of the extract is too sensitive to be worked on this way.",
            "Scripts run as jobs in every mode. To open a workspace, choose a stricter one; a sensitive column is "
            "shown as a picture where the agreement’s clause says so.",
        )
    return None


def pixels_not_here(facts: Facts) -> Reason | None:
    if facts.mode_asked == Mode.PIXEL and not facts.pixels_here:
        return Reason(
            "pixels_not_here",
            "The enclave's machine has not said that it can show a session as a picture.",
            "The operator types: oak doctor, and installs what it names.",
        )
    return None


def no_session_in_gvisor(facts: Facts) -> Reason | None:
    """No open socket is handed into its kernel; invented records need no such kernel."""
    if facts.isolator == Isolator.GVISOR and facts.mode.shows_records:
        return Reason(
            "no_session_in_gvisor",
            "The project's records are kept on a kernel of their own, which shows no session.",
            "Send scripts as jobs.",
        )
    return None


def not_more_hours(facts: Facts) -> Reason | None:
    if not 1 <= facts.hours_asked <= MOST_HOURS:
        return Reason(
            "not_more_hours",
            Sentence("A project is allowed 1 to {most} hours of processor time.", most=MOST_HOURS),
            "Give a number between the two.",
        )
    return None


_SESSION = (not_covered, session_open_already, no_session_in_gvisor, mode_too_open, hours_spent, disk_spent)

LIFECYCLE: Lifecycle[Status, Action, Facts] = Lifecycle(
    "workspace",
    {
        (None, Action.OPEN): step(
            Status.OPEN,
            Role.ENCLAVE_OPERATOR,
            rules=(
                not_covered,
                extract_not_cleared,
                opened_already,
                roles_must_stay_apart,
                isolator_not_here,
                mode_too_open,
                pixels_not_here,
                not_more_hours,
            ),
        ),
        (Status.OPEN, Action.SUBMIT_JOB): step(
            Status.OPEN,
            Role.RECIPIENT,
            rules=(not_covered, no_script, script_too_long, language_unknown, hours_spent, disk_spent),
        ),
        (Status.OPEN, Action.TAKE_SNAPSHOT): step(
            Status.OPEN,
            Role.RECIPIENT,
            rules=(not_covered, folder_in_use, snapshot_without_reason, disk_spent),
        ),
        (Status.OPEN, Action.RESTORE): step(Status.OPEN, Role.RECIPIENT, rules=(not_covered, folder_in_use)),
        (Status.OPEN, Action.ALLOW_HOURS): step(Status.OPEN, Role.ENCLAVE_OPERATOR, rules=(not_more_hours,)),
        (Status.OPEN, Action.OPEN_SESSION): step(Status.OPEN, Role.RECIPIENT, rules=_SESSION),
        (Status.OPEN, Action.REQUEST_RELEASE): step(Status.OPEN, Role.RECIPIENT, rules=(not_covered,)),
        (Status.OPEN, Action.REQUEST_INPUT): step(
            Status.OPEN, Role.RECIPIENT, rules=(not_covered, disk_spent)
        ),
        (Status.OPEN, Action.CLOSE): step(Status.CLOSED, Role.ENCLAVE_OPERATOR, Role.SYSTEM),
    },
)
