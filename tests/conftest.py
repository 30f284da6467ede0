"""Real parts for every test: the embedded database in a home of its own, used as the application's roles."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from polars import DataFrame

    from charteroak.synthetic import State

HOME = Path(tempfile.mkdtemp(prefix="charteroak-tests-"))
# before Django reads its settings; what the developer's shell says about databases is not for tests
os.environ.update(
    CHARTEROAK_HOME=str(HOME), CHARTEROAK_MODE="test", CHARTEROAK_PROCESS="web",
    DJANGO_SETTINGS_MODULE="charteroak.site.settings",
)  # fmt: skip
for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "CHARTEROAK_VAULT_URL", "CHARTEROAK_KEY_VAULT_URL"):
    os.environ.pop(name, None)

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def pytest_configure() -> None:
    import django

    from charteroak.adapters import processes
    from charteroak.adapters.environment import home

    processes.prepare(home())
    django.setup()


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """English unless the test asks otherwise; a unit test reaches no network, not even this machine's."""
    from django.utils import translation

    translation.activate("en")  # a page read in Spanish before must not speak for this test
    if "unit" in item.path.parts:
        from pytest_socket import disable_socket

        disable_socket(allow_unix_socket=True)


def free_port() -> int:
    """Of this machine, for a server that a test starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def connection_as(process: str) -> Iterator[None]:
    """The default connection, and this process's identity, as another one's. Not inside a transaction."""
    from django.db import connection

    from charteroak.adapters import postgres
    from charteroak.adapters.environment import Process, home
    from charteroak.site.config import database

    kept, before = dict(connection.settings_dict), os.environ["CHARTEROAK_PROCESS"]
    connection.close()
    # the same dictionary for every thread's connection, so it is changed in place
    connection.settings_dict.update(database(postgres.url(home(), Process(process)), Process(process)))
    os.environ["CHARTEROAK_PROCESS"] = process
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)
        os.environ["CHARTEROAK_PROCESS"] = before


@contextmanager
def owner_beside() -> Iterator[None]:
    """The owner's connection beside the test's, which may be inside a transaction: what is written is committed.

    For what `oak setup` takes in, and for what no process of the site may change.
    """
    from django.db import connections

    from charteroak.adapters import postgres
    from charteroak.adapters.environment import Process, home
    from charteroak.site.config import database

    kept = connections["default"]
    beside = kept.copy()
    beside.settings_dict.update(database(postgres.url(home(), Process.OWNER), Process.OWNER))
    connections["default"] = beside
    try:
        yield
    finally:
        beside.close()
        connections["default"] = kept


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of all tests, migrated by its owner; in place of pytest-django's, which would own it."""
    from django.db import connection

    from charteroak.adapters import postgres
    from charteroak.adapters.environment import home
    from charteroak.site.database import migrate

    with postgres.running(home(), durable=False):
        with django_db_blocker.unblock():
            with connection_as("owner"):
                migrate()
            connection.settings_dict.update(_as_web())
        yield
        with django_db_blocker.unblock():
            connection.close()


def _as_web() -> dict[str, object]:
    """Settings were read before the roles had passwords."""
    from charteroak.adapters import postgres
    from charteroak.adapters.environment import Process, home
    from charteroak.site.config import database

    return database(postgres.url(home(), Process.WEB), Process.WEB)


@pytest.fixture
def live_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Real commits, seen by threads, servers and other processes; emptied afterwards by the owner."""
    with django_db_blocker.unblock():
        yield
        _empty()


@pytest.fixture(scope="module")
def database_of_the_file(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The same for what the tests of one file build on: made once, emptied after the last of them."""
    with django_db_blocker.unblock():
        yield
        _empty()


@pytest.fixture
def rolled_back(database_of_the_file: None) -> Iterator[None]:
    """What one test adds to the database of its file is gone after it."""
    from django.db import transaction

    whole = transaction.atomic()
    whole._from_testcase = True  # type: ignore[attr-defined] # as TestCase marks its own, for `durable` blocks
    with whole:
        yield
        transaction.set_rollback(True)


def _empty() -> None:
    from django.db import connection, connections

    connections.close_all()
    with connection_as("owner"), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - KEPT
        # neither foreign keys nor the log's triggers, which refuse even the owner
        cursor.execute("SET session_replication_role = replica")
        # TRUNCATE takes 20 times longer
        cursor.execute(";".join(f'DELETE FROM "{one}"' for one in tables))  # noqa: S608 - the database named them


@pytest.fixture
def as_process(live_database: None) -> Callable[[str], AbstractContextManager[None]]:
    """`with as_process("linker"):` the database as that process sees it."""
    return connection_as


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> "State":
    """One synthetic state for all tests that only read it."""
    from charteroak import synthetic

    return synthetic.generate(tmp_path_factory.mktemp("state"), seed=42)


@pytest.fixture(scope="session")
def truth(state: "State") -> "DataFrame":
    import polars as pl

    return pl.read_parquet(state.folder / "truth" / "truth.parquet")


@pytest.fixture(scope="session")
def links(truth: "DataFrame") -> "DataFrame":
    """The true pairs of a graduate and a student."""
    return truth.drop_nulls(["sde_record", "csc_record"])
