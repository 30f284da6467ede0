"""A job's run: the extract mounted for its length, the script sealed in, the outbox collected afterwards."""

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from charteroak.adapters import environments, sandboxes, stores
from charteroak.adapters.collector import RefusedFile, collect
from charteroak.adapters.environment import home, job_size
from charteroak.adapters.environments import ResearchEnvironment
from charteroak.adapters.keys import KeyMismatch, KeyUnavailable
from charteroak.adapters.sandboxes import Group, used
from charteroak.adapters.spill import hand_over, in_memory
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import VaultError
from charteroak.policy import workspace as rules
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.job import Language, kept_for_review, language_of
from charteroak.sandbox import DATA, WORK, Isolator, Limits, Mount, SandboxSpec
from charteroak.workspaces import actions, brought_in, records, scripts, sealing
from charteroak.workspaces.actions import Left
from charteroak.workspaces.folders import account_of, empty_outbox, empty_work
from charteroak.workspaces.models import Job
from charteroak.workspaces.modes import EVIDENCE
from charteroak.workspaces.scripts import CODE, LOG

PROCESSES = 64  # of one job; threads count
SHOWN = 100_000  # bytes of what a script printed on invented records
NEVER_RAN = 125  # as `oak sandbox exec` says it
LOOK_AGAIN = 1.0  # seconds between two looks at whether a run may go on
LARGEST, MOST = 32 << 20, 100  # bytes of one output; outputs of one job


def limits() -> Limits:
    """What the installation allows one job."""
    size = job_size()
    return Limits(memory=size.memory, cpus=size.cpus, processes=PROCESSES, seconds=size.hours * 3600)


def run(pk: int) -> None:
    """Run a job from start to end; again from the start when it was cut off."""
    job = actions.start(pk=pk)
    if job is None:
        return
    python = environments.build(home().environments)
    manifest = _before(job, python)
    try:
        ended, left, refused = _run(job, python.mount)
    except Refused as refusal:  # nothing covers it any more: it was ended, and nothing of it is kept
        actions.turn_away(pk=pk, refused=refusal)
    except sandboxes.LimitsNotEnforced as error:
        mend = "`oak doctor` says what is missing."
        actions.turn_away(pk=pk, refused=Refused((Reason("limits_not_enforced", str(error), mend),)))
    except (sandboxes.NotStarted, VaultError, KeyUnavailable, KeyMismatch, OSError) as error:
        outcome = f"The enclave could not run this job: {error}"[:300]
        actions.end(pk=pk, exit_status=NEVER_RAN, outcome=outcome, left=[], manifest=manifest)
    else:
        manifest |= {
            "seconds": round(ended.seconds, 1),
            "peak_memory": ended.peak_memory,
            "outputs": {one.name: one.sha256 for one in left},
        }
        printed = ended.stdout + ended.stderr
        actions.end(
            pk=pk,
            exit_status=ended.status,
            outcome=_outcome(ended, left, refused),
            left=left if _kept(job) else [],
            manifest=manifest,
            printed=printed[:SHOWN].decode("utf-8", "replace").replace("\0", "") if job.invented else "",
        )


def _before(job: Job, python: ResearchEnvironment) -> dict[str, Any]:
    """What goes into the run: code, records, environment, limits."""
    tables = job.workspace.extract.tables.items()
    inputs = brought_in.hashes(brought_in.for_job(job))
    return {
        "script": job.script_hash,
        "language": language_of(job.script_name),
        "records": "invented" if job.invented else "extract",
        "extract": {}
        if job.invented
        else {name: told["sha256"] for name, told in tables if name != EVIDENCE},
        "inputs": inputs,
        "environment": python.digest,
        "packages": python.packages | scripts.packages(job.script_name),
        "isolator": _isolator(job),
        "limits": asdict(limits()),
    }


def _kept(job: Job) -> bool:
    return kept_for_review(invented=job.invented, repeats=job.repeats_id is not None)


def _isolator(job: Job) -> Isolator:
    return Isolator(rules.isolator_for(rules.Isolator(job.workspace.isolator), invented=job.invented))


def _run(job: Job, python: Mount) -> tuple[sandboxes.Ended, list[Left], int]:
    """The run itself: how it ended, what it left, how many files were not taken. What it used counts in any case."""
    account, project = job.workspace.account, job.workspace.agreement.number
    inputs = brought_in.for_job(job)
    with ExitStack() as stack:
        data = stack.enter_context(_records(job))
        brought = stack.enter_context(brought_in.mounted(inputs, account, purpose="input"))
        code = stack.enter_context(in_memory(f"code-{account}"))
        work = stack.enter_context(sealing.opened(job.workspace) if _kept(job) else empty_work(account))
        empty_outbox(work, account_of(account))
        command = scripts.placed(job.script_name, job.script, code, limits())
        hand_over(code, account_of(account))
        mounts = (
            Mount(str(data), DATA), Mount(str(code), CODE), Mount(str(work), WORK, writable=True), python, *brought,
        )  # fmt: skip
        clock = _Clock()
        try:
            ended = sandboxes.run(
                SandboxSpec(mounts, limits_in(work), brought_in.variables(inputs), isolator=_isolator(job)),
                command,
                uid=account_of(account),
                stop=clock.beside(at_intervals(lambda: actions.goes_on(pk=job.pk))),
                on_group=clock.groups.append,
            )
        finally:
            actions.measure(pk=job.pk, cpu_seconds=clock.seconds)
        if ended.stopped:
            return ended, [], 0  # cancelled: nothing of it is kept
        keeping = keep if _kept(job) else _hashed
        left, refused = collected(work / "outbox", project, keeping)
        left.append(keeping(project, LOG, ended.stdout + ended.stderr or b"Nothing was printed.\n"))
        return ended, left, refused


def limits_in(work: Path) -> Limits:
    """Who left the folder too full may empty it by a job, which adds nothing to it."""
    allowed = limits()
    return replace(allowed, work=max(allowed.work, used(str(work))))


class _Clock:
    """The processor time of a run, read while it runs."""

    def __init__(self) -> None:
        self.groups, self.seconds = list[Group](), 0.0

    def beside(self, stop: Callable[[], bool]) -> Callable[[], bool]:
        def asked() -> bool:
            with suppress(OSError):
                self.seconds = max(self.seconds, *(group.cpu_seconds for group in self.groups))
            return stop()

        return asked


@contextmanager
def _records(job: Job) -> Iterator[Path]:
    """What the script reads; for R as CSV too."""
    account = job.workspace.account
    with records.mounted(
        job.workspace.extract, account, real=not job.invented, purpose=f"data-{account}"
    ) as folder:
        if language_of(job.script_name) == Language.R:
            scripts.add_csv(folder)
            hand_over(folder, account_of(account))
        yield folder


def at_intervals(goes_on: Callable[[], bool]) -> Callable[[], bool]:
    """Whether a run must stop, as the sandbox asks: `goes_on` is asked at once and every other second from then."""
    due = 0.0

    def stop() -> bool:
        nonlocal due
        if time.monotonic() < due:
            return False
        due = time.monotonic() + LOOK_AGAIN
        return not goes_on()

    return stop


def collected(
    outbox: Path, project: str, keeping: Callable[[str, str, bytes], Left]
) -> tuple[list[Left], int]:
    """Every file that may be kept, as `keeping` keeps it; and how many were not taken."""
    left: list[Left] = []
    refused = 0
    try:
        for file in collect(outbox, largest=LARGEST):
            fits = rules.FILE_NAME.fullmatch(file.name) and file.name != LOG and len(left) < MOST
            if isinstance(file, RefusedFile) or not fits or not file.size:
                refused += 1
            else:
                left.append(keeping(project, file.name, file.content.read(file.size)))
    except OSError:  # the script put something else in the outbox's place
        refused += 1
    return left, refused


def keep(project: str, name: str, content: bytes) -> Left:
    """Seal bytes into the outbox store, which only the outputs process opens."""
    sha256 = hashlib.sha256(content).hexdigest()
    stored = stores.vault(Store.OUTBOX).put(io.BytesIO(content), project=project, store=Store.OUTBOX)
    return Left(name, sha256, len(content), stored.sha256)


def _hashed(_project: str, name: str, content: bytes) -> Left:
    """What is known of bytes that nobody keeps."""
    return Left(name, hashlib.sha256(content).hexdigest(), len(content), "")


def _outcome(ended: sandboxes.Ended, left: list[Left], refused: int) -> str:
    if ended.timed_out:
        said = f"Stopped after {job_size().hours:g} hours. Do less in one job."
    elif ended.out_of_memory:
        gib = job_size().memory / (1 << 30)
        said = f"Stopped for using more than {gib:g} GiB of memory. Read fewer columns at once."
    elif ended.work_full:
        said = (
            "Stopped because the work folder is full. Send a job that removes what is not needed: it may begin in a "
            "full folder, and adds nothing to it."
        )
    elif ended.status:
        said = f"The script ended with exit status {ended.status}. Its log can be put forward for release."
    else:
        took, files = _counted(round(ended.seconds), "second"), _counted(len(left) - 1, "file")
        said = f"The script finished in {took} and left {files}, beside its log."
    if refused:
        were = "was" if refused == 1 else "were"
        said += (
            f" {_counted(refused, 'file')} {were} not taken: names of letters, digits, - and _, not empty, at most "
            f"{LARGEST >> 20} MiB each and {MOST} in all, no links."
        )
    return said


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
