"""`oak setup` on the command line: from files to a state that people can sign in to."""

import dataclasses
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.test import Client, override_settings

from charteroak.agencies.models import Person
from charteroak.audit.models import Event
from charteroak.board.models import Seat
from charteroak.catalog.models import Variable
from charteroak.requests.models import DataRequest
from charteroak.site import config

pytestmark = pytest.mark.usefixtures("live_database")
PEOPLE = str(files("charteroak.demo") / "people.toml")
SDE = files("charteroak.synthetic") / "dictionaries" / "SDE.toml"


def oak(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = "from charteroak.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def password(tmp_path: Path) -> Path:
    kept = tmp_path / "password"
    kept.write_text("acorns fall far\n", encoding="utf-8")
    return kept


def test_agencies_people_boards_history_and_a_dictionary(password: Path, tmp_path: Path) -> None:
    loaded = oak("setup", "load", PEOPLE, "--password-file", str(password))
    assert loaded.returncode == 0, loaded.stderr
    assert check_password("acorns fall far", Person.objects.get(username="maya.ortiz").password)
    assert Seat.objects.count() == 6
    assert set(DataRequest.objects.values_list("number", flat=True)) == {"007", "019", "041"}
    assert oak("setup", "catalog", str(SDE)).returncode == 0
    held = Variable.objects.count()
    wrong = tmp_path / "SDE.toml"
    wrong.write_text(SDE.read_text("utf-8").replace('"quasi-identifier"', '"secret"'), encoding="utf-8")
    refused = oak("setup", "catalog", str(wrong))
    assert refused.returncode == 1
    assert "SDE matching, variable gender" in refused.stderr
    assert Variable.objects.count() == held


def test_an_empty_password_is_refused(password: Path) -> None:
    password.write_text("\n", encoding="utf-8")
    refused = oak("setup", "load", PEOPLE, "--password-file", str(password))
    assert refused.returncode == 1
    assert "write the password on its first line" in refused.stderr
    assert not Person.objects.exists()


def test_who_runs_the_machine_sets_another_password_for_who_forgot_theirs(
    password: Path, tmp_path: Path, live_database: None
) -> None:
    assert oak("setup", "load", PEOPLE, "--password-file", str(password)).returncode == 0
    signed_in = Client()
    assert signed_in.login(username="maya.ortiz", password="acorns fall far")
    new = tmp_path / "new"
    for weak, said in {"short": "too short", "": "too short"}.items():
        new.write_text(weak, encoding="utf-8")
        refused = oak("setup", "password", "maya.ortiz", "--password-file", str(new))
        assert (refused.returncode, said in refused.stderr) == (1, True), refused.stderr
    new.write_text("leaves turn in october\n", encoding="utf-8")
    nobody = oak("setup", "password", "no.body", "--password-file", str(new))
    assert (nobody.returncode, "Nobody has the user name no.body" in nobody.stderr) == (1, True)
    assert signed_in.get("/requests/").status_code == 200
    done = oak("setup", "password", "maya.ortiz", "--password-file", str(new))
    assert done.returncode == 0, done.stderr
    assert signed_in.get("/requests/").status_code == 302, "still signed in"
    assert not Client().login(username="maya.ortiz", password="acorns fall far")
    assert Client().login(username="maya.ortiz", password="leaves turn in october")
    event = Event.objects.get(name="agencies:account:set_password")
    assert (event.by, "october" in event.text) == ("setup", False)


def test_lost_codes_go_with_the_old_password_when_the_command_says_so(
    password: Path, tmp_path: Path, live_database: None
) -> None:
    assert oak("setup", "load", PEOPLE, "--password-file", str(password)).returncode == 0
    Authenticator.objects.create(
        user=Person.objects.get(username="noor.haddad"), type=Authenticator.Type.TOTP, data={"secret": "none"}
    )
    new = tmp_path / "new"
    for lost, left in (False, 1), (True, 0):
        new.write_text(f"leaves turn in october {lost}\n", encoding="utf-8")
        flags = ["--second-factor-lost"] if lost else []
        done = oak("setup", "password", "noor.haddad", "--password-file", str(new), *flags)
        assert done.returncode == 0, done.stderr
        assert Authenticator.objects.count() == left
        told = Event.objects.filter(name="agencies:account:set_password").latest("index").text
        assert f'"second_factors_removed":{1 - left}' in told
    needed = dataclasses.replace(settings.CONFIG, second_factor_roles=config.NEED_A_SECOND_FACTOR)
    with override_settings(CONFIG=needed):
        noor = Client()
        said = {"login": "noor.haddad", "password": "leaves turn in october False"}
        noor.post("/accounts/login/", said)
        assert noor.get("/hub/").headers["Location"].startswith("/accounts/login/")
        noor.post("/accounts/login/", said | {"password": "leaves turn in october True"})
        assert noor.get("/hub/").headers["Location"] == "/accounts/second-factor/", "until another is set up"
