"""A session's sandbox, from start to end: its socket, its folders, its environment, its limits.

A worker of the enclave hosts each session in a thread of its own; what ends the worker ends the sandboxes, and the
next worker starts the sessions that were running anew, in their work folders.
"""

import atexit
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from django.db import InterfaceError, OperationalError, connections

from charteroak.adapters import environments, processes, sandboxes
from charteroak.adapters.environment import Process, home
from charteroak.adapters.keys import KeyMismatch, KeyUnavailable
from charteroak.adapters.sandboxes import JUPYTER, KIOSK, Group, used
from charteroak.adapters.spill import hand_over, in_memory
from charteroak.adapters.vault import VaultError
from charteroak.policy import session as rules
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.workspace import Mode
from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec
from charteroak.workspaces import brought_in, queries, records, sealing, sessions
from charteroak.workspaces.folders import account_of
from charteroak.workspaces.models import Session
from charteroak.workspaces.scripts import CODE

LIMITS = Limits(memory=4 << 30, cpus=1.0, processes=256, seconds=8 * 3600.0, output=1 << 20)
BROWSER_THREADS = 256  # of the browser that a session in pixels has inside
LOOK_AGAIN = 2.0  # seconds between two looks at whether a session may go on
MEASURE = 10.0  # seconds between two looks at what it uses
BLIND = 4.0  # seconds without an answer from the database, after which nothing is covered
WORKS = 0.02  # processors; a session that uses more is not idle, though nobody types

_hosted: dict[int, threading.Thread] = {}
_leaving = threading.Event()


def host(pk: int) -> None:
    """Begin to host a session, unless this worker does already; returns at once."""
    for known, thread in list(_hosted.items()):
        if not thread.is_alive():
            del _hosted[known]
    if pk not in _hosted and not _leaving.is_set():
        _hosted[pk] = threading.Thread(target=_host, args=(pk,), daemon=True, name=f"session {pk}")
        _hosted[pk].start()


def host_all() -> None:
    """Host every session that should run: after a worker was killed, the next one takes them up."""
    for session in Session.objects.filter(status__in=queries.IN_SESSION):
        host(session.pk)


@atexit.register
def leave() -> None:
    """Before this worker ends: its sandboxes first, so that nothing decrypted is left behind them."""
    _leaving.set()
    for thread in _hosted.values():
        thread.join(timeout=10)


def _host(pk: int) -> None:
    try:
        python = environments.build(home().environments)
        session = sessions.start(pk=pk, environment=python.digest)
        if session is None:
            return
        ended = _run(session, python.mount)
        if not _leaving.is_set():
            sessions.end(pk=pk, outcome=_outcome(ended))
    except Refused as refusal:
        sessions.turn_away(pk=pk, refused=refusal)
    except sandboxes.LimitsNotEnforced as error:
        mend = "`oak doctor` says what is missing."
        sessions.turn_away(pk=pk, refused=Refused((Reason("limits_not_enforced", str(error), mend),)))
    except (sandboxes.NotStarted, VaultError, KeyUnavailable, KeyMismatch, OSError) as error:
        sessions.end(pk=pk, outcome=f"The enclave could not run this session: {error}")
    except Exception as error:  # its words may hold a record's; begun anew it would end the same way
        sessions.end(pk=pk, outcome=f"The enclave could not run this session: {type(error).__name__}")
    finally:
        connections.close_all()


def _run(session: Session, python: Mount) -> sandboxes.Ended:
    account, mode = session.workspace.account, Mode(session.mode)
    inputs = brought_in.present(session.workspace)
    with ExitStack() as stack:
        data = stack.enter_context(
            records.mounted(
                session.workspace.extract,
                account,
                real=mode.shows_records,
                purpose=f"session-{session.pk}-data",
            )
        )
        brought = stack.enter_context(
            brought_in.mounted(inputs, account, purpose=f"session-{session.pk}-input")
        )
        code = stack.enter_context(in_memory(f"session-{session.pk}-code"))
        work = stack.enter_context(sealing.opened(session.workspace))
        listener = stack.enter_context(_listening(session.name))
        for program in (JUPYTER, KIOSK):
            (code / program.name).write_bytes(program.read_bytes())
        hand_over(code, account_of(account))
        mounts = (
            Mount(str(data), DATA), Mount(str(code), CODE), Mount(str(work), WORK, writable=True), python, *brought,
        )  # fmt: skip
        held = _Held(session, work)
        return sandboxes.run(
            SandboxSpec(mounts, limits_of(mode), brought_in.variables(inputs)),
            ["python", f"{CODE}/{(KIOSK if mode == Mode.PIXEL else JUPYTER).name}", str(listener.fileno())],
            uid=account_of(account),
            stop=held.must_end,
            on_output=_dropped,
            descriptors=[listener.fileno()],
            on_group=held.group.append,
        )


def limits_of(mode: Mode) -> Limits:
    """A browser inside has some two hundred threads of its own."""
    more = BROWSER_THREADS if mode == Mode.PIXEL else 0
    return replace(LIMITS, processes=LIMITS.processes + more)


def _dropped(stream: str, piece: bytes) -> None:
    """What the server inside prints is the researcher's to write, so nobody outside reads it."""


def socket_of(name: str) -> Path:
    return home().run / "sessions" / name


@contextmanager
def _listening(name: str) -> Iterator[socket.socket]:
    """The socket that the server inside answers on: made out here, and only the site's account may speak to it."""
    path = socket_of(name)
    path.parent.mkdir(mode=0o711, exist_ok=True)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        try:
            path.chmod(0o600)
            if processes.apart():
                os.chown(path, processes.account(Process.WEB), -1)
            listener.listen(128)
            yield listener
        finally:
            path.unlink(missing_ok=True)


class _Held:
    """Whether a session must end, as its sandbox asks twice a second; and what it used, now and then."""

    def __init__(self, session: Session, work: Path) -> None:
        self.pk, self.work, self.group = session.pk, work, list[Group]()
        self.looked = self.measured = self.answered = time.monotonic()
        self.spent = 0.0

    def must_end(self) -> bool:
        now = time.monotonic()
        if _leaving.is_set():
            return True
        if now - self.looked < LOOK_AGAIN:
            return False
        self.looked = now
        try:
            if now - self.measured >= MEASURE:
                self._measure(now)
            goes_on = sessions.goes_on(pk=self.pk)
        except (OperationalError, InterfaceError):
            connections.close_all()
            return time.monotonic() - self.answered > BLIND
        self.answered = time.monotonic()
        return not goes_on

    def _measure(self, now: float) -> None:
        group = self.group[0]
        with suppress(OSError):
            spent = max(group.cpu_seconds, self.spent)  # v1 forgets what an ended process spent
            active = spent - self.spent > WORKS * (now - self.measured)
            sessions.measure(
                pk=self.pk,
                cpu_seconds=spent - self.spent,
                memory=group.memory,
                work=used(str(self.work)),
                active=active,
            )
            self.spent, self.measured = spent, now


def _outcome(ended: sandboxes.Ended) -> str:
    if ended.timed_out:
        return (
            f"Ended after {LIMITS.seconds / 3600:.0f} hours. The work folder is kept: open another session."
        )
    if ended.out_of_memory:
        return f"Ended for using more than {LIMITS.memory >> 30} GiB of memory. The work folder is kept."
    if ended.work_full:
        return "Ended because the work folder is full. Send a job that removes what is not needed."
    if ended.stopped:
        minutes = rules.IDLE.seconds // 60
        return f"Ended because nobody used it for {minutes} minutes. The work folder is kept."
    return f"JupyterLab ended by itself (exit status {ended.status}). The work folder is kept: open another session."
