"""`oak doctor`: each part of this installation, its version, what is missing or weaker here, how to mend it."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata

from django.db import DatabaseError

from charteroak.adapters import clock, environment, environments, postgres, processes, sandboxes
from charteroak.adapters.environment import Home, Mode, Process
from charteroak.site.config import HERE, largest_upload, unfit_for_production

NAMED = 10  # people without an address whom one line names


class State(StrEnum):
    OK = "ok"
    WEAKER = "weaker"  # works, and protects less than it could
    MISSING = "missing"  # something does not work


@dataclass(frozen=True)
class Part:
    name: str
    state: State
    detail: str
    mend: str = ""


def examine() -> list[Part]:
    """Every part; the database is started for the question if nobody runs it."""
    home = environment.home()
    return [
        _python(),
        _mode(home),
        *_packages(),
        *_installation(home),
        *_sandbox(),
        _sessions(),
        _jobs(),
        _assets(),
        _chromium(),
        _clock(),
        *_reached(),
    ]


def _python() -> Part:
    return Part("python", State.OK, f"{platform.python_version()} at {sys.prefix}")


def _mode(home: Home) -> Part:
    if environment.mode() is not Mode.PRODUCTION:
        detail = (
            f"{environment.mode().upper()}: for invented data only. Sign-in is not limited, the clock can be moved, "
            "cookies travel without https"
        )
        return Part("mode", State.WEAKER, detail, "real data: set CHARTEROAK_MODE=production")
    if found := unfit_for_production(home, Process.WEB):
        return Part("mode", State.MISSING, "production, and it will not start", "; ".join(found))
    return Part("mode", State.OK, f"production; a delivery has at most {largest_upload():,} bytes")


def _packages() -> Iterator[Part]:
    for name in ("django", "procrastinate", "psycopg", "cryptography", "polars", "duckdb"):
        try:
            yield Part(name, State.OK, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Part(name, State.MISSING, "not installed", "make demo")


def _installation(home: Home) -> Iterator[Part]:
    """What is looked at in the home; where there is none, looking must not make one."""
    try:
        environment.existing_home()
    except environment.NoInstallation as none:
        detail, _, mend = str(none).partition(": ")
        yield Part("installation", State.MISSING, detail, mend)
        return
    yield Part("installation", State.OK, str(home.root))
    yield from _accounts(home)
    yield _database(home)
    yield from _running(home)


def _accounts(home: Home) -> Iterator[Part]:
    if not processes.apart():
        detail = (
            "all processes share this account, so only the database's roles and the keys' files part them"
        )
        yield Part("accounts", State.WEAKER, detail, "start as root")
        return
    uids = ", ".join(f"{process} {processes.ACCOUNTS[process]}" for process in postgres.PROCESSES)
    yield Part("accounts", State.OK, f"{uids}, database {processes.DATABASE_ACCOUNT}")
    try:
        processes.prepare(home)
        closed = processes.closed_folders(home)
        # in a process of its own, for a private view of the folders is for good
        if processes.launch(
            ["/bin/true"], processes.DATABASE_ACCOUNT, home, output=subprocess.DEVNULL
        ).wait():
            mend = f"chmod o+x {' '.join(map(str, closed))}"
            yield Part("folders", State.MISSING, "the accounts cannot reach the program", mend)
        else:
            shown = f"reached through a private view of {closed[0]}" if closed else "open to the accounts"
            yield Part("folders", State.OK, shown)
    except OSError as error:
        yield Part("folders", State.MISSING, str(error), f"choose another CHARTEROAK_HOME than {home.root}")


def _database(home: Home) -> Part:
    if postgres.elsewhere():
        return Part("database", State.OK, "run by the operator (DATABASE_URL)")
    try:
        with postgres.running(home):
            return Part("database", State.OK, f"{postgres.version(home)}, embedded, {home.postgres}")
    except (postgres.NotRunning, processes.Unreachable, OSError) as error:
        return Part("database", State.MISSING, str(error), f"see {processes.logs(home) / 'postgres.log'}")


def _running(home: Home) -> Iterator[Part]:
    """What `oak serve` runs here; nothing when it does not run."""
    if not (home.run / "supervisor.pid").exists():
        return
    for name in ("supervisor", *(process for process in Process if process is not Process.OWNER)):
        try:
            pid = int((home.run / f"{name}.pid").read_text(encoding="ascii"))
            os.kill(pid, 0)
            yield Part(f"process {name}", State.OK, f"number {pid}")
        except (FileNotFoundError, ProcessLookupError, ValueError):
            yield Part(
                f"process {name}", State.MISSING, "does not run", f"see {processes.logs(home)}; oak serve"
            )
        except PermissionError:
            yield Part(f"process {name}", State.OK, f"number {pid}, of another account")


def _reached() -> Iterator[Part]:
    """Who holds an office and gets no mail; nothing where the tables cannot be asked, which other parts tell."""
    from charteroak.site.database import connected

    try:
        environment.existing_home()
        with connected(Process.OWNER):
            from charteroak.agencies.queries.accounts import in_office_without_address

            found = in_office_without_address()
    except (RuntimeError, SystemExit, OSError, DatabaseError):
        return
    if not found:
        yield Part("people in office", State.OK, "each has a mail address")
        return
    named = ", ".join(found[:NAMED]) + (", …" if len(found) > NAMED else "")
    detail = f"{len(found)} have no mail address, and no reminder reaches them: {named}"
    yield Part(
        "people in office", State.WEAKER, detail, "the policy office adds it under “People and offices”"
    )


def _sandbox() -> Iterator[Part]:
    for found in sandboxes.capabilities():
        weaker = found.detail.startswith("weaker")
        state = State.OK if found.ok else State.WEAKER if weaker else State.MISSING
        yield Part(f"sandbox: {found.name}", state, found.detail.removeprefix("weaker: "), found.mend)


def _sessions() -> Part:
    limits = sandboxes.limits_enforced()
    if not limits.ok:
        return Part(
            "interactive sessions", State.MISSING, f"refused, for limits {limits.detail}", limits.mend
        )
    if not environments.interactive():
        return Part(
            "interactive sessions", State.WEAKER, "JupyterLab is not installed; jobs run", "make jupyter"
        )
    return Part("interactive sessions", State.OK, f"JupyterLab {metadata.version('jupyterlab')}")


def _jobs() -> Part:
    try:
        size, most = environment.job_size(), environment.jobs_at_once()
    except ValueError as error:
        detail, _, mend = str(error).partition(": ")
        return Part("jobs", State.MISSING, detail, mend)
    each = f"{size.hours:g} hours, {size.memory / (1 << 30):g} GiB and {size.cpus:g} processors each at most"
    return Part("jobs", State.OK, f"of {most} projects at once; {each}")


def _assets() -> Part:
    if (HERE / "static" / "vendor" / ".built").exists():
        return Part("styles and scripts", State.OK, "built from npm")
    return Part("styles and scripts", State.MISSING, "not built: pages have no style", "make assets")


def _chromium() -> Part:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        detail = "not installed; only the browser's tests need it"
        return Part("chromium", State.WEAKER, detail, "apt-get install chromium")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    return Part("chromium", State.OK, said.strip())


def _clock() -> Part:
    if not environment.home().clock.exists():
        return Part("clock", State.OK, "real time")
    if environment.mode() is Mode.PRODUCTION:
        mend = f"rm {environment.home().clock}"
        return Part("clock", State.MISSING, "moved, which production refuses", mend)
    return Part(
        "clock", State.WEAKER, f"moved by the demo to {clock.today()}", "oak demo moves it; real data never"
    )
