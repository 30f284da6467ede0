"""Starting and stopping the database: by whoever needs it first, for as long as they or others use it."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from charteroak.adapters import processes
from charteroak.adapters.environment import Home
from charteroak.adapters.postgres.address import answers, socket_folder
from charteroak.adapters.postgres.cluster import NotRunning, admit, binaries, data, log, prepare

PATIENCE = 60.0  # seconds for a start or stop, on a machine busy with other things
# Small machines first: little memory, few connections. Durable unless a test says otherwise.
CONFIGURATION = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "80",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "log_statement": "none",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """A running PostgreSQL that this process started; it ends with the thread that started it."""

    def __init__(self, home: Home, durable: bool, lock: int) -> None:
        self._home, self._durable, self._lock = home, durable, lock
        self._started = self._start()

    @property
    def pid(self) -> int:
        return self._started.pid

    @property
    def alive(self) -> bool:
        return self._started.poll() is None

    def restart(self) -> None:
        """Start it again after it died. Raises NotRunning."""
        self._started = self._start()

    def stop(self, *, patiently: bool = False) -> None:
        """Stop; `patiently` waits for the sessions of others to end first."""
        if patiently:
            self._started.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._started.wait(PATIENCE)
        if self.alive:
            self._started.send_signal(signal.SIGINT)
            self._started.wait()
        os.close(self._lock)

    def _start(self) -> subprocess.Popen[bytes]:
        """Try until a query answers: what a killed server left behind can take a moment to go."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            _forget_stale_server(self._home)
            started = self._launch()
            while started.poll() is None and time.monotonic() < until:
                if answers(self._home):
                    return started
                time.sleep(0.02)
            if started.poll() is None:
                started.kill()
                started.wait()
            time.sleep(0.2)
        kept = log(self._home)
        said = kept.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
        raise NotRunning(f"PostgreSQL did not start; {kept} ends with: {' | '.join(said)}")

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = CONFIGURATION | ({} if self._durable else FORGETFUL)
        settings |= {
            "unix_socket_directories": str(socket_folder(self._home)),
            "hba_file": str(self._home.postgres / "pg_hba.conf"),
            "ident_file": str(self._home.postgres / "pg_ident.conf"),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        program = [str(binaries() / "postgres"), "-D", str(data(self._home)), *options]
        with log(self._home).open("ab") as said:
            return processes.launch(program, processes.database_account(), self._home, output=said)


def start(home: Home, *, durable: bool = True) -> Server:
    """Start the database, made on first use. Raises NotRunning when another program runs it."""
    processes.prepare(home)
    lock = _lock(home)
    if lock is None:
        raise NotRunning(f"The database in {home.postgres} is run by another program. End that one first.")
    try:
        prepare(home, durable)
        server = Server(home, durable, lock)
    except BaseException:
        os.close(lock)
        raise
    admit(home)
    return server


@contextmanager
def running(home: Home, *, durable: bool = True) -> Iterator[None]:
    """The running database or, when there is none, one that lasts as long as the block (or its last session)."""
    until = time.monotonic() + PATIENCE
    while not answers(home):
        try:
            server = start(home, durable=durable)
        except NotRunning:  # another program is just starting or stopping it
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
            continue
        try:
            yield
        finally:
            server.stop(patiently=True)
        return
    yield


def _lock(home: Home) -> int | None:
    """Held by whoever runs the database; the kernel releases it when they end, however they end."""
    lock = os.open(home.run / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _forget_stale_server(home: Home) -> None:
    """Remove the note of a killed server whose process id now belongs to another program."""
    note = data(home) / "postmaster.pid"
    try:
        pid = int(note.read_text(encoding="ascii").splitlines()[0])
        program = Path(f"/proc/{pid}/exe").readlink().name
    except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError, IndexError):
        return  # no note, or nobody has that number: PostgreSQL sees to the rest
    if program != "postgres":
        note.unlink()
