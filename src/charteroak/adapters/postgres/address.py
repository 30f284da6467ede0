"""Names and addresses: which role each process has, and the socket by which it reaches the database."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from charteroak.adapters.environment import Home, Process

DATABASE = "charteroak"
APPLICATION = "charteroak_application"  # the group of the roles that sign in by password
PROCESSES = [process for process in Process if process is not Process.OWNER]
PASSWORD = "database_password"  # noqa: S105 - a file's name
SOCKET_PATH_AT_MOST = 107  # bytes, Linux's sun_path without its end


def role(process: Process) -> str:
    return f"charteroak_{process}"


def socket_folder(home: Home) -> Path:
    """`run/postgres` below home or, where that makes too long a socket's name, a folder of the system's."""
    near = home.run / "postgres"
    if len(os.fsencode(near / ".s.PGSQL.5432")) <= SOCKET_PATH_AT_MOST:
        return near
    return (
        Path(tempfile.gettempdir()) / f"charteroak-{hashlib.sha256(os.fsencode(home.root)).hexdigest()[:16]}"
    )


def url(home: Home, process: Process) -> str:
    """How this process reaches its database; the password is left out where it may not be read."""
    parts = {"host": str(socket_folder(home)), "dbname": DATABASE, "user": role(process)}
    if process is not Process.OWNER:
        with suppress(FileNotFoundError, PermissionError):
            parts["password"] = (home.keys(process) / PASSWORD).read_text(encoding="ascii")
    return make_conninfo("", **parts)


def elsewhere() -> bool:
    """Whether the operator runs PostgreSQL (and made its roles), so that none is embedded."""
    return "DATABASE_URL" in os.environ or "OWNER_DATABASE_URL" in os.environ


def answers(home: Home) -> bool:
    """Whether a query gets an answer now."""
    try:
        with psycopg.connect(url(home, Process.OWNER), dbname="postgres", connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def version(home: Home) -> str:
    with psycopg.connect(url(home, Process.OWNER), dbname="postgres") as owner:
        return f"PostgreSQL {owner.info.parameter_status('server_version')}"
