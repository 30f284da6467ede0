"""`oak serve`: the database, the site and the workers, each under its own account, started again when they die."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from charteroak.adapters import postgres, processes
from charteroak.adapters.environment import Home, Process
from charteroak.site import database

SERVED = [
    Process.WEB, Process.LINKER, Process.EXTRACTOR, Process.ENCLAVE, Process.OUTPUTS, Process.NOTARY, Process.POST,
]  # fmt: skip
GOVERNING = [Process.WEB, Process.NOTARY, Process.POST]  # `--governance-only`: no process that opens a store
GRACE = 15.0  # seconds to finish what was begun, then the process is killed
LONGEST_PAUSE = 10.0  # seconds before a process that dies again and again is started anew
ELSEWHERE = (
    "The database is kept by the installation that serves the web: "
    "set DATABASE_URL to reach it as this process’s role."
)
LIVED = 30.0  # seconds after which a process counts as well


class NotServing(RuntimeError):
    """The site cannot be served as things are."""


@dataclass
class Part:
    """One supervised process."""

    process: Process
    pid: int = 0
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0


class Supervisor:
    """Runs until asked to stop. Its children end with it, however it ends.

    `only` some of the processes run here where hub, enclave and site are installed apart, under administrators and
    keys of their own; the database, the vault and the public keys are then shared. The tables are kept by the
    installation that serves the web.
    """

    def __init__(self, home: Home, port: int, only: Iterable[Process] = SERVED) -> None:
        self._home, self._port = home, port
        self._parts = [Part(process) for process in SERVED if process in set(only)]
        self._web = any(part.process is Process.WEB for part in self._parts)
        self._database: postgres.Server | None = None
        self._stopping = False
        self._gate = os.pipe()  # children wait here until the tables are up to date

    def serve(self, ready: Callable[[], None]) -> None:
        """Start everything, call `ready` once the site answers, keep it running until SIGTERM or SIGINT."""
        if self._web:
            _refuse_taken(self._port)
        elif not postgres.elsewhere():
            raise NotServing(ELSEWHERE)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        processes.prepare(self._home)
        processes.reach(self._home)
        if not postgres.elsewhere():
            self._database = postgres.start(self._home)
        try:
            database.load(self._port)
            if any(part.process is Process.LINKER for part in self._parts):
                from charteroak import machine

                machine.load_kept()  # as this account, which left it: the linker's own has no folder for it
            self._note("supervisor", os.getpid())
            owner = self._fork(Process.OWNER) if self._web else 0
            for part in self._parts:
                self._start(part)
            self._open_gate(owner)
            self._watch(ready)
        finally:
            self._end()

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's arguments
        self._stopping = True

    def _open_gate(self, owner: int) -> None:
        status = os.waitpid(owner, 0)[1] if owner else 0
        if status != 0:
            log = self._log(Process.OWNER)
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
            raise NotServing(f"The tables could not be brought up to date. {log} ends: {' '.join(last)}")
        for end in self._gate:
            os.close(end)
        self._gate = (-1, -1)

    def _watch(self, ready: Callable[[], None]) -> None:
        announced = False
        while not self._stopping:
            now = time.monotonic()
            if self._database is not None and not self._database.alive:
                self._database.restart()
            for part in self._parts:
                if part.pid and os.waitpid(part.pid, os.WNOHANG)[0]:
                    part.deaths = 1 if now - part.started > LIVED else part.deaths + 1
                    part.again_at = now + min(0.1 * 2**part.deaths, LONGEST_PAUSE)
                    part.pid = 0
                if not part.pid and now >= part.again_at:
                    self._start(part)
            if not announced and (not self._web or self._answers()):
                announced = True
                ready()
            time.sleep(0.05)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _start(self, part: Part) -> None:
        part.started = time.monotonic()
        part.pid = self._fork(part.process)
        self._note(part.process, part.pid)

    def _fork(self, process: Process) -> int:
        supervisor = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            self._become(process, supervisor)
            if process is Process.OWNER:
                _migrate(self._home)
            else:
                self._wait_at_gate()
                _serve(process, self._port)
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        except BaseException:
            import traceback

            traceback.print_exc()  # to the process's log; the supervisor sees the status
        finally:
            os._exit(status)

    def _become(self, process: Process, supervisor: int) -> None:
        """From the fork of root to that process: log, account, environment."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        log = os.open(self._log(process), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.setsid()  # a terminal's Ctrl-C is for the supervisor, which stops everything in order
        processes.become(processes.account(process), dies_with=supervisor)
        os.chdir(self._home.root)
        database.serve_as(process, self._home)

    def _wait_at_gate(self) -> None:
        read, write = self._gate
        if read >= 0:
            os.close(write)
            os.read(read, 1)
            os.close(read)

    def _end(self) -> None:
        """The site first, so that nothing new comes in; then the workers; the database last."""
        first = int(self._web)
        for parts in (self._parts[:first], self._parts[first:]):
            for part in parts:
                if part.pid:
                    os.kill(part.pid, signal.SIGTERM)
            until = time.monotonic() + GRACE
            for part in parts:
                while part.pid and not os.waitpid(part.pid, os.WNOHANG)[0]:
                    if time.monotonic() > until:
                        os.kill(part.pid, signal.SIGKILL)
                    time.sleep(0.02)
                self._forget(part.process)
        self._forget("supervisor")
        if self._database is not None:
            self._database.stop()

    def _log(self, process: Process) -> Path:
        return processes.logs(self._home) / f"{process}.log"

    def _note(self, name: str, pid: int) -> None:
        (self._home.run / f"{name}.pid").write_text(f"{pid}\n", encoding="ascii")

    def _forget(self, name: str) -> None:
        (self._home.run / f"{name}.pid").unlink(missing_ok=True)


def _refuse_taken(port: int) -> None:
    """Before anything starts: another program's answer on that port would be taken for the site's."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as uvicorn does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise NotServing(
                f"Port {port} is not to be had: {error.strerror}. Type: oak serve --port N"
            ) from None


def _migrate(home: Home) -> None:
    """As the owner: tables, grants, and the log's key, which is made here because only root hands it to the notary."""
    database.migrate()
    from charteroak.audit.checkpoint import make_signing_key, signing_key

    make_signing_key(home)
    processes.own(signing_key(home), processes.account(Process.NOTARY))


def _serve(process: Process, port: int) -> None:
    if process is Process.WEB:
        import uvicorn

        from charteroak.site.asgi import application

        uvicorn.run(
            application, host="127.0.0.1", port=port, lifespan="off", log_level="warning", access_log=False,
            server_header=False, timeout_graceful_shutdown=5, ws_max_size=32 << 20, ws_per_message_deflate=False,
        )  # fmt: skip
    else:
        from charteroak.adapters import stores
        from charteroak.site import workers

        for kind, owner in stores.HUB_KEYS.items():
            if owner is process:
                stores.publish_hub_key(kind)  # agencies encrypt to it before the first job comes
        workers.run(process)
