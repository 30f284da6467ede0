"""One run: a sandbox and a command in, its end and its output out; nothing of it is left afterwards."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charteroak.adapters.sandboxes import cgroups, filter
from charteroak.adapters.sandboxes.cgroups import Group
from charteroak.adapters.sandboxes.pipes import OnOutput, Pipes, Stop
from charteroak.sandbox import SandboxSpec, arguments
from charteroak.sandbox.bubblewrap import ACCOUNT_FILES

LAUNCHER = Path(__file__).with_name("launcher.py")
STRANGER = 1_900_000_000  # an account beyond every range that distributions, systemd and containers hand out
OUT_OF_TIME, OUT_OF_MEMORY, NOT_FOUND = 124, 137, 127  # as timeout(1) and the shell say it
MEMORY_TO_LOCK = 8 << 20
MEND_LIMITS = "Start as root, or with a group of its own: systemd-run --user --scope -p Delegate=yes COMMAND"


@dataclass(frozen=True)
class Ended:
    """How a run ended. `status` is the command's own, 124 for time, 137 for memory, 128 + n for signal n."""

    status: int
    seconds: float
    peak_memory: int  # bytes
    stdout: bytes
    stderr: bytes
    timed_out: bool
    out_of_memory: bool
    work_full: bool  # ended because the work folder outgrew its limit
    stopped: bool  # ended because `stop` said so
    output_cut: bool  # more was printed than the limit; the rest was dropped


class LimitsNotEnforced(RuntimeError):
    """This machine cannot hold a run to its limits, so it is refused."""


class NotStarted(RuntimeError):
    """The sandbox could not be built; the command never ran."""


def run(
    spec: SandboxSpec,
    command: Sequence[str],
    *,
    uid: int | None = None,
    stdin: BinaryIO | None = None,
    on_output: OnOutput | None = None,
    stop: Stop | None = None,
) -> Ended:
    """Run `command` in `spec`.

    As root the run has the account `uid` (STRANGER unless given); it sees each mounted folder as its own,
    whoever owns it on the host. Without root it has the caller's account. With `on_output` each piece is
    handed over as it comes and not kept. When `stop`, asked twice a second, says so, the whole run is killed.
    Raises LimitsNotEnforced, NotStarted, and whatever `stop` raises, after ending the run.
    """
    where = cgroups.hierarchies()
    if isinstance(where, str):
        raise LimitsNotEnforced(f"Memory and processor limits cannot be enforced: {where}. {MEND_LIMITS}")
    program = shutil.which("bwrap")
    if program is None:
        raise NotStarted("bubblewrap is not installed. Type: apt-get install bubblewrap")
    try:
        group = cgroups.create(spec.limits, where)
    except OSError as error:
        raise LimitsNotEnforced(f"The kernel refuses a limit: {error}. Choose a larger one.") from error
    try:
        return _run(spec, command, program, group, _account(uid), Pipes(spec, stdin, on_output, stop))
    finally:
        group.remove()


def _account(uid: int | None) -> int | None:
    """The account to change to, if any. Root is never one: bubblewrap would leave it all its powers."""
    if os.geteuid() != 0:
        if uid not in {None, os.geteuid()}:
            raise NotStarted(f"Only root can run as account {uid}. Start as root, or leave the account out.")
        return None
    if uid == 0:
        raise NotStarted("A run never has root's account. Give the project's own.")
    return STRANGER if uid is None else uid


def _run(
    spec: SandboxSpec,
    command: Sequence[str],
    program: str,
    group: Group,
    uid: int | None,
    pipes: Pipes,
) -> Ended:
    with _launched(spec, command, program, group, uid) as (process, status, errors):
        pipes.follow(process, group)
        process.wait()
        failure = _all(errors).decode(errors="replace")
        reached = b'"exit-code"' in _all(status)
    memory = group.out_of_memory and process.returncode != 0
    code = process.returncode
    if pipes.timed_out:
        code = OUT_OF_TIME
    elif memory:
        code = OUT_OF_MEMORY
    elif not reached and not pipes.work_full and not pipes.stopped:
        said = pipes.opening.decode(errors="replace")
        if not said.startswith("bwrap: execvp"):
            raise NotStarted(f"The sandbox could not be built: {failure or said.strip()}. Type: oak doctor")
        code = NOT_FOUND
    return Ended(
        status=code if code >= 0 else 128 - code,
        seconds=pipes.seconds,
        peak_memory=group.peak_memory,
        stdout=bytes(pipes.kept["stdout"]),
        stderr=bytes(pipes.kept["stderr"]),
        timed_out=pipes.timed_out,
        out_of_memory=memory and not pipes.timed_out,
        work_full=pipes.work_full,
        stopped=pipes.stopped,
        output_cut=pipes.cut,
    )


@contextlib.contextmanager
def _launched(
    spec: SandboxSpec, command: Sequence[str], program: str, group: Group, uid: int | None
) -> Iterator[tuple[subprocess.Popen[bytes], BinaryIO, BinaryIO]]:
    """The launcher, started; and what it and bubblewrap report, to be read when it has ended."""
    neutral = {mount.source: f"/mnt/{number}" for number, mount in enumerate(spec.mounts)}
    inside = spec.with_sources(neutral) if uid is not None else spec
    with contextlib.ExitStack() as stack:

        def holding(content: bytes) -> int:
            file = stack.enter_context(os.fdopen(os.memfd_create("sandbox"), "w+b", buffering=0))
            file.write(content)
            file.seek(0)
            return file.fileno()

        status = stack.enter_context(os.fdopen(os.memfd_create("status"), "r+b", buffering=0))
        errors = stack.enter_context(os.fdopen(os.memfd_create("errors"), "r+b", buffering=0))
        files = {path: holding(text.encode()) for path, text in ACCOUNT_FILES.items()}
        filters = [holding(code) for code in filter.programs()]
        listed = arguments(inside, command, files=files, filters=filters, status=status.fileno())
        end = listed.index("--")
        options = holding("".join(f"{one}\0" for one in listed[:end]).encode())
        command_line = ["bwrap", "--args", str(options), *listed[end:]]
        plan = {"program": program, "command": command_line, "errors": errors.fileno()} | _held(
            spec, group, uid
        )
        plan_file = holding(json.dumps(plan).encode())
        descriptors = [*files.values(), *filters, options, plan_file, status.fileno(), errors.fileno()]
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), str(plan_file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            pass_fds=descriptors, cwd="/", env={}, bufsize=0,
        )  # fmt: skip
        with process:
            try:
                yield process, status, errors
            finally:
                process.kill()


def _held(spec: SandboxSpec, group: Group, uid: int | None) -> dict[str, object]:
    """The part of the launcher's plan that holds the run: its parent, group, account, folders and limits."""
    return {
        "parent": os.getpid(),
        "entrances": group.entrances,
        "uid": uid,
        "mounts": [{"source": mount.source, "writable": mount.writable} for mount in spec.mounts],
        "rlimits": {
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": spec.limits.open_files,
            "RLIMIT_FSIZE": spec.limits.file_size,
            "RLIMIT_MEMLOCK": MEMORY_TO_LOCK,
        },
    }


def _all(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
