"""A job's run: the extract mounted for its length, the script sealed in, the outbox collected afterwards."""

import hashlib
import io
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from charteroak.adapters import environments, sandboxes, stores
from charteroak.adapters.collector import RefusedFile, collect
from charteroak.adapters.environment import home
from charteroak.adapters.keys import KeyMismatch, KeyUnavailable
from charteroak.adapters.spill import hand_over, in_memory
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId, VaultError
from charteroak.hub.models import Extract
from charteroak.policy.decision import Reason, Refused
from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec
from charteroak.workspaces import actions
from charteroak.workspaces.actions import Left
from charteroak.workspaces.models import Job, Workspace
from charteroak.workspaces.queries import EVIDENCE

LIMITS = Limits(memory=2 << 30, cpus=1.0, processes=64, seconds=600.0)
CODE = "/enclave/code"
SCRIPT = "script.py"
LOG = "log.txt"  # what the script printed is an output like any other
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}(\.[A-Za-z0-9]{1,8})?")
NEVER_RAN = 125  # as `oak sandbox exec` says it
LOOK_AGAIN = 1.0  # seconds between two looks at whether a run may go on
LARGEST, MOST = 32 << 20, 100  # bytes of one output; outputs of one job


def run(pk: int) -> None:
    """Run a job from start to end; again from the start when it was cut off."""
    job = actions.start(pk=pk)
    if job is None:
        return
    python = environments.build(home().environments)
    tables = job.workspace.extract.tables.items()
    manifest: dict[str, Any] = {
        "script": job.script_hash,
        "extract": {table: facts["sha256"] for table, facts in tables if table != EVIDENCE},
        "environment": python.digest,
        "packages": python.packages,
        "limits": asdict(LIMITS),
    }
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
        outcome = _outcome(ended, left, refused)
        actions.end(pk=pk, exit_status=ended.status, outcome=outcome, left=left, manifest=manifest)


def _run(job: Job, python: Mount) -> tuple[sandboxes.Ended, list[Left], int]:
    """The run itself: how it ended, what it left, how many files were not taken."""
    account, project = job.workspace.account, job.workspace.agreement.number
    work = work_folder(job.workspace)
    _empty_outbox(work, account_of(account))
    with (
        mounted(job.workspace.extract, account, without=(EVIDENCE,)) as data,
        in_memory(f"code-{account}") as code,
    ):
        (code / SCRIPT).write_text(job.script, encoding="utf-8")
        hand_over(code, account_of(account))
        mounts = (
            Mount(str(data), DATA), Mount(str(code), CODE), Mount(str(work), WORK, writable=True), python,
        )  # fmt: skip
        spec = SandboxSpec(mounts, LIMITS)
        ended = sandboxes.run(
            spec,
            ["python", f"{CODE}/{SCRIPT}"],
            uid=account_of(account),
            stop=at_intervals(lambda: actions.goes_on(pk=job.pk)),
        )
    if ended.stopped:
        return ended, [], 0  # cancelled: nothing of it is kept
    left, refused = collected(work / "outbox", project)
    left.append(keep(project, LOG, ended.stdout + ended.stderr or b"Nothing was printed.\n"))
    return ended, left, refused


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


@contextmanager
def mounted(
    extract: Extract, account: int, *, without: tuple[str, ...] = (), purpose: str = "data"
) -> Iterator[Path]:
    """The extract's tables, decrypted into memory for `account` to read, for the length of the block."""
    opened = stores.vault(Store.EXTRACT)
    with in_memory(f"{purpose}-{account}") as folder:
        for table, stored in extract.stored.items():
            if table not in without:
                opened.get_to(ObjectId(Store.EXTRACT, stored), folder / f"{table}.parquet")
        hand_over(folder, account_of(account))
        yield folder


def account_of(account: int) -> int | None:
    """The project's own account where this process can give it one."""
    return account if os.geteuid() == 0 else None


def work_folder(record: Workspace) -> Path:
    """The project's own folder, which outlives jobs and sessions."""
    uid = account_of(record.account)
    work = home().workspaces / record.agreement.number / "work"
    work.mkdir(parents=True, exist_ok=True)
    work.parent.chmod(0o711)
    _give(work, uid)
    return work


def _give(folder: Path, uid: int | None) -> None:
    folder.chmod(0o700)
    if uid is not None:
        os.chown(folder, uid, uid)


def _empty_outbox(work: Path, uid: int | None) -> None:
    outbox = work / "outbox"
    if outbox.is_symlink() or outbox.is_file():
        outbox.unlink()
    elif outbox.exists():
        shutil.rmtree(outbox)  # follows no link
    outbox.mkdir()
    _give(outbox, uid)


def collected(outbox: Path, project: str) -> tuple[list[Left], int]:
    """Every file that may be kept, sealed into the outbox store; and how many were not taken."""
    left: list[Left] = []
    refused = 0
    try:
        for file in collect(outbox, largest=LARGEST):
            # a name is shown outside the enclave, so it carries little
            fits = FILE_NAME.fullmatch(file.name) and file.name != LOG and len(left) < MOST
            if isinstance(file, RefusedFile) or not fits or not file.size:
                refused += 1
            else:
                left.append(keep(project, file.name, file.content.read(file.size)))
    except OSError:  # the script put something else in the outbox's place
        refused += 1
    return left, refused


def keep(project: str, name: str, content: bytes) -> Left:
    """Seal bytes into the outbox store, which only the outputs process opens."""
    sha256 = hashlib.sha256(content).hexdigest()
    stored = stores.vault(Store.OUTBOX).put(io.BytesIO(content), project=project, store=Store.OUTBOX)
    return Left(name, sha256, len(content), stored.sha256)


def _outcome(ended: sandboxes.Ended, left: list[Left], refused: int) -> str:
    if ended.timed_out:
        said = f"Stopped after {LIMITS.seconds:.0f} seconds. Do less in one job."
    elif ended.out_of_memory:
        said = f"Stopped for using more than {LIMITS.memory >> 30} GiB of memory. Read fewer columns at once."
    elif ended.work_full:
        said = "Stopped because the work folder is full. Remove what is not needed."
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
