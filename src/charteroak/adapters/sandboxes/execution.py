"""One run: a sandbox and a command in, its end and its output out; nothing of it is left afterwards."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from charteroak.adapters.sandboxes import cgroups, filter
from charteroak.adapters.sandboxes.cgroups import Group
from charteroak.adapters.sandboxes.pipes import OnOutput, Pipes, Stop
from charteroak.sandbox import Isolator, SandboxSpec, arguments, gvisor
from charteroak.sandbox.bubblewrap import ACCOUNT_FILES, UID

LAUNCHER = Path(__file__).with_name("launcher.py")
STRANGER = 1_900_000_000  # an account beyond every range that distributions, systemd and containers hand out
OUT_OF_TIME, OUT_OF_MEMORY, NOT_FOUND = 124, 137, 127  # as timeout(1) and the shell say it
Handed = Sequence[int]
MEMORY_TO_LOCK = 8 << 20
MEND_LIMITS = "Start as root, or with a group of its own: systemd-run --user --scope -p Delegate=yes COMMAND"


class Launched(NamedTuple):
    """A run under way. `status`: what the isolator reports, such as that the command was reached; `errors`: why the
    launcher gave up. Both are read when it has ended.
    """

    process: subprocess.Popen[bytes]
    status: BinaryIO
    errors: BinaryIO


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
    descriptors: Handed = (),
    on_group: Callable[[Group], None] | None = None,
) -> Ended:
    """Run `command` in `spec`.

    As root the run has the account `uid` (STRANGER unless given); it sees each mounted folder as its own,
    whoever owns it on the host. Without root it has the caller's account. With `on_output` each piece is
    handed over as it comes and not kept. When `stop`, asked twice a second, says so, the whole run is killed.
    The command finds open what `descriptors` names, under the same numbers: what it is to listen on. `on_group`
    is handed the run's group, whose counters can be read while it runs.
    Raises LimitsNotEnforced, NotStarted, and whatever `stop` raises, after ending the run.
    """
    where = cgroups.hierarchies()
    if isinstance(where, str):
        raise LimitsNotEnforced(f"Memory and processor limits cannot be enforced: {where}. {MEND_LIMITS}")
    isolator = ISOLATORS[spec.isolator]
    program = shutil.which(isolator.program)
    if program is None:
        raise NotStarted(f"{isolator.package} is not installed. Type: apt-get install {isolator.package}")
    if isolator.as_root and os.geteuid() != 0:
        raise NotStarted(f"{isolator.package} needs root here. Start as root, or choose bubblewrap.")
    try:
        group = cgroups.create(spec.limits, where, isolator.processes)
    except OSError as error:
        raise LimitsNotEnforced(f"The kernel refuses a limit: {error}. Choose a larger one.") from error
    if on_group is not None:
        on_group(group)
    pipes = Pipes(spec, stdin, on_output, stop)
    try:
        return _run(spec, command, program, group, _account(uid), pipes, descriptors)
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
    descriptors: Handed,
) -> Ended:
    isolator = ISOLATORS[spec.isolator]
    with isolator.launch(spec, command, program, group, uid, descriptors) as (process, status, errors):
        pipes.follow(process, group)
        process.wait()
        failure = _all(errors).decode(errors="replace")
        reported = _all(status)
    memory = group.out_of_memory and process.returncode != 0
    code, said = process.returncode, pipes.opening.decode(errors="replace")
    if pipes.timed_out:
        code = OUT_OF_TIME
    elif memory:
        code = OUT_OF_MEMORY
    elif not pipes.work_full and not pipes.stopped and not isolator.reached(reported, code, said):
        if not said.startswith(isolator.not_found):
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


class _Held:
    """Files in memory that a run inherits, open until it has ended, beside what it is handed."""

    def __init__(self, stack: contextlib.ExitStack, handed: Handed = ()) -> None:
        self.stack, self.descriptors = stack, list(handed)
        self.status, self.errors = self._file("status"), self._file("errors")

    def _file(self, name: str) -> BinaryIO:
        file = self.stack.enter_context(os.fdopen(os.memfd_create(name), "r+b", buffering=0))
        self.descriptors.append(file.fileno())
        return file

    def keep(self, content: bytes) -> int:
        """Number of a descriptor that holds this."""
        file = self._file("sandbox")
        file.write(content)
        file.seek(0)
        return file.fileno()

    @contextlib.contextmanager
    def start(self, plan: Mapping[str, object]) -> Iterator[Launched]:
        """The launcher, started with this plan."""
        number = self.keep(json.dumps({**plan, "errors": self.errors.fileno()}).encode())
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            pass_fds=self.descriptors, cwd="/", env={}, bufsize=0,
        )  # fmt: skip
        with process:
            try:
                yield Launched(process, self.status, self.errors)
            finally:
                process.kill()


@contextlib.contextmanager
def _in_bubblewrap(
    spec: SandboxSpec, command: Sequence[str], program: str, group: Group, uid: int | None, handed: Handed
) -> Iterator[Launched]:
    inside = _at_neutral_paths(spec) if uid is not None else spec
    with contextlib.ExitStack() as stack:
        held = _Held(stack, handed)
        files = {path: held.keep(text.encode()) for path, text in ACCOUNT_FILES.items()}
        filters = [held.keep(code) for code in filter.programs()]
        listed = arguments(inside, command, files=files, filters=filters, status=held.status.fileno())
        end = listed.index("--")
        options = held.keep("".join(f"{one}\0" for one in listed[:end]).encode())
        line = ["bwrap", "--args", str(options), *listed[end:]]
        plan = {"program": program, "command": line, "uid": uid, "seen_as": uid}
        with held.start(plan | _limits(spec, group)) as launched:
            yield launched


@contextlib.contextmanager
def _in_gvisor(
    spec: SandboxSpec, command: Sequence[str], program: str, group: Group, _uid: int | None, handed: Handed
) -> Iterator[Launched]:
    """The folders are seen as the account inside, which stands for the project's: no process of the host has it."""
    if handed:
        raise NotStarted(
            "gVisor has a kernel of its own, into which no open socket is handed: choose bubblewrap."
        )
    present = [
        f"{path}/" if Path(path).is_dir() else path
        for path in gvisor.SEEN_WHERE_PRESENT
        if Path(path).exists()
    ]
    made = gvisor.bundle(_at_neutral_paths(spec), command, present)
    with contextlib.ExitStack() as stack:
        held = _Held(stack)
        reached = f"--pid-file=/proc/self/fd/{held.status.fileno()}"
        line = [
            "runsc",
            "--root=/mnt/state",
            *gvisor.FLAGS,
            "run",
            "--bundle=/mnt/bundle",
            reached,
            group.folders[0].name,  # as its socket is called on the host: no other run's
        ]
        plan = {"program": program, "command": line, "uid": None, "seen_as": UID, "bundle": asdict(made)}
        with held.start(plan | _limits(spec, group)) as launched:
            yield launched


def _at_neutral_paths(spec: SandboxSpec) -> SandboxSpec:
    """The folders where the launcher puts them: in its own view, below names that say nothing of the host."""
    return spec.with_sources({mount.source: f"/mnt/{number}" for number, mount in enumerate(spec.mounts)})


@dataclass(frozen=True)
class _Isolator:
    """`processes` of its own; whether the command was `reached`, by what it reported, its status and what it said; that
    begins with `not_found` when there is no such command.
    """

    program: str
    package: str
    processes: int
    as_root: bool
    reached: Callable[[bytes, int, str], bool]
    not_found: str
    launch: Callable[..., contextlib.AbstractContextManager[Launched]]


ISOLATORS = {
    Isolator.BUBBLEWRAP: _Isolator(
        "bwrap",
        "bubblewrap",
        2,
        False,
        lambda told, _code, _said: b'"exit-code"' in told,
        "bwrap: execvp",
        _in_bubblewrap,
    ),
    # The kernel inside and the file server have some thirty threads, and each process inside one or two out here.
    Isolator.GVISOR: _Isolator(
        "runsc",
        "runsc",
        96,
        True,
        lambda told, code, said: bool(told) and not (code == 128 and said.startswith("running container: ")),
        "running container: starting container",
        _in_gvisor,
    ),
}


def _limits(spec: SandboxSpec, group: Group) -> dict[str, object]:
    """The part of the launcher's plan that holds the run: its parent, group, folders and limits."""
    return {
        "parent": os.getpid(),
        "entrances": group.entrances,
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
