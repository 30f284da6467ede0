"""The embedded database after crashes, beside a second starter, in deep folders, and towards strangers."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from charteroak.adapters import postgres, processes
from charteroak.adapters.environment import Home, Process
from charteroak.adapters.postgres.address import SOCKET_PATH_AT_MOST, socket_folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("home"))
    with postgres.running(made, durable=False):
        pass
    return made


def who(home: Home, process: Process) -> object:
    with psycopg.connect(postgres.url(home, process)) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row is not None
    return row[0]


def test_each_process_signs_in_with_its_own_role(home: Home) -> None:
    with postgres.running(home, durable=False):
        assert [who(home, process) for process in Process] == [f"charteroak_{process}" for process in Process]


def test_a_server_ends_with_its_last_user_and_starts_again(home: Home) -> None:
    with postgres.running(home, durable=False), postgres.running(home, durable=False):
        assert postgres.answers(home)
    assert not postgres.answers(home)
    with postgres.running(home, durable=False):
        assert postgres.answers(home)


def test_a_second_starter_is_told_who_has_it(home: Home) -> None:
    with postgres.running(home, durable=False), pytest.raises(postgres.NotRunning, match="another program"):
        postgres.start(home)


def test_it_listens_on_no_network(home: Home) -> None:
    with postgres.running(home, durable=False), psycopg.connect(postgres.url(home, Process.OWNER)) as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.parametrize(
    "forged", ["password=wrong", "user=charteroak_linker", "dbname=postgres", "user=nobody"]
)
def test_the_wrong_password_role_or_database_is_turned_away(home: Home, forged: str) -> None:
    with postgres.running(home, durable=False), pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"{postgres.url(home, Process.WEB)} {forged}")


@pytest.mark.root
def test_an_account_other_than_root_is_not_taken_for_the_owner(home: Home) -> None:
    program = "import psycopg, sys; psycopg.connect(sys.argv[1])"
    with postgres.running(home, durable=False):
        uid = processes.ACCOUNTS[Process.WEB]
        command = [sys.executable, "-c", program, postgres.url(home, Process.OWNER)]
        ended = processes.launch(command, uid, home, output=subprocess.PIPE)
        said, _ = ended.communicate()
    assert ended.returncode == 1
    assert b"Peer authentication failed" in said


@pytest.mark.root
def test_the_data_are_closed_to_every_other_account(home: Home) -> None:
    status = home.postgres.stat()
    assert (status.st_uid, status.st_mode & 0o777) == (processes.DATABASE_ACCOUNT, 0o700)
    for process in Process:
        if process is not Process.OWNER:
            kept = home.keys(process) / "database_password"
            assert (kept.stat().st_uid, kept.stat().st_mode & 0o777) == (processes.account(process), 0o600)


def test_a_killed_server_starts_again_with_what_was_committed(home: Home) -> None:
    server = postgres.start(home)
    try:
        with psycopg.connect(postgres.url(home, Process.OWNER)) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 42 AS number")
        os.kill(server.pid, signal.SIGKILL)
        while server.alive:
            pass
        server.restart()
        with psycopg.connect(postgres.url(home, Process.OWNER)) as owner:
            assert owner.execute("SELECT number FROM kept").fetchone() == (42,)
    finally:
        server.stop()


def test_a_killed_servers_note_with_a_number_that_is_anothers_now_is_no_obstacle(home: Home) -> None:
    note = home.postgres / "data" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n1\n5432\n\n\n0 0\nready\n", encoding="ascii")
    with postgres.running(home, durable=False):
        assert postgres.answers(home)


def test_a_lost_password_is_made_anew(home: Home) -> None:
    (home.keys(Process.NOTARY) / "database_password").unlink()
    with postgres.running(home, durable=False):
        assert who(home, Process.NOTARY) == "charteroak_notary"


def test_a_deep_home_gets_a_short_socket_elsewhere(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("deep" * 15) / ("deeper" * 10))
    assert len(os.fsencode(deep.run / "postgres" / ".s.PGSQL.5432")) > SOCKET_PATH_AT_MOST
    with postgres.running(deep, durable=False):
        assert who(deep, Process.WEB) == "charteroak_web"
    assert not socket_folder(deep).is_relative_to(tmp_path)
    shutil.rmtree(socket_folder(deep))


@pytest.mark.root
def test_a_home_below_a_closed_folder_is_reached_and_the_folder_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    beside = closed / "beside"
    beside.write_text("not for the accounts", encoding="utf-8")
    home = Home(closed / "home")
    with postgres.running(home, durable=False):
        assert who(home, Process.LINKER) == "charteroak_linker"
        looking = [sys.executable, "-c", "import os, sys; print(os.listdir(sys.argv[1]))", str(closed)]
        ended = processes.launch(looking, processes.ACCOUNTS[Process.WEB], home, output=subprocess.PIPE)
        assert ended.communicate()[0] == b"['home']\n"
    assert closed.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in closed.iterdir()) == ["beside", "home"]


@pytest.mark.root
def test_the_same_as_an_ordinary_user(tmp_path: Path) -> None:
    """Everything runs as the one user, and the database is that user's."""
    nobody = pwd.getpwnam("nobody").pw_uid
    home = Home(tmp_path / "home")
    home.root.mkdir()
    os.chown(home.root, nobody, -1)
    program = (
        "import psycopg; from charteroak.adapters import environment, postgres; home = environment.home()\n"
        "with postgres.running(home, durable=False):\n"
        "    for process in environment.Process:\n"
        "        psycopg.connect(postgres.url(home, process)).close()\n"
        "print(home.postgres.stat().st_uid)\n"
    )
    ended = processes.launch([sys.executable, "-c", program], nobody, home, output=subprocess.PIPE)
    said, _ = ended.communicate()
    assert said.decode() == f"{nobody}\n"
