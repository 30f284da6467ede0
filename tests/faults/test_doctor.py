"""`oak doctor` says what is here, what is weaker and what is missing."""

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from charteroak.adapters import processes
from charteroak.adapters.environment import Home

OAK = [sys.executable, "-c", "from charteroak.cli import main; main()", "doctor"]


def told(home: Home, uid: int, **environment: str) -> dict[str, dict[str, str]]:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        asked = processes.launch([*OAK, "--json"], uid, home, output=subprocess.PIPE)
        said, _ = asked.communicate()
    return {part["name"]: part for part in json.loads(said.splitlines()[-1])}


@pytest.fixture
def moved(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    processes.prepare(home)
    home.clock.write_text("86400.0", encoding="ascii")
    return home


def test_every_part_is_named_with_its_state(moved: Home) -> None:
    parts = told(moved, os.geteuid(), CHARTEROAK_MODE="demo")
    assert {part["state"] for part in parts.values()} <= {"ok", "weaker", "missing"}
    assert all(part["mend"] for part in parts.values() if part["state"] != "ok")
    assert parts["database"]["detail"].startswith("PostgreSQL 18")
    assert parts["accounts"]["state"] == ("ok" if os.geteuid() == 0 else "weaker")
    assert parts["clock"]["state"] == "weaker"
    assert parts["sandbox: files of each run's own"]["state"] in {"ok", "weaker"}


def test_a_moved_clock_is_wrong_in_production(moved: Home) -> None:
    assert told(moved, os.geteuid(), CHARTEROAK_MODE="production")["clock"]["state"] == "missing"


@pytest.mark.root
def test_without_root_the_accounts_are_weaker(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    home = Home(tmp_path / "home")
    (home.root / "keys").mkdir(parents=True)
    for folder in (home.root, home.root / "keys"):
        os.chown(folder, nobody, -1)
    parts = told(home, nobody)
    assert (parts["accounts"]["state"], parts["accounts"]["mend"]) == ("weaker", "start as root")
    assert parts["database"]["state"] == "ok"


def test_people_in_office_whom_no_mail_reaches_are_counted_and_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    processes.prepare(home)
    people = home.root / "people.toml"
    offices = 'roles = ["counsel"]\nemployer = "ONE"'
    people.write_text(
        '[[agency]]\ncode = "ONE"\nname = "One"\nkind = "state"\njoined_on = 2020-01-01\n'
        f'[[person]]\nusername = "ann.mute"\nname = "Ann"\n{offices}\n'
        f'[[person]]\nusername = "bo.heard"\nname = "Bo"\nemail = "bo@example.org"\n{offices}\n'
        '[[person]]\nusername = "cy.idle"\nname = "Cy"\nemployer = "ONE"\nroles = []\n'
    )
    password = home.root / "password"
    password.write_text("acorns fall far")
    oak = [*OAK[:-1]]
    for act in (["migrate"], ["setup", "load", str(people), "--password-file", str(password)]):
        assert processes.launch([*oak, *act], os.geteuid(), home).wait() == 0
    part = told(home, os.geteuid())["people in office"]
    assert part["state"] == "weaker"
    assert part["detail"].startswith("1 have no")
    assert "ann.mute" in part["detail"]
    assert "bo.heard" not in part["detail"]
    assert "cy.idle" not in part["detail"]
