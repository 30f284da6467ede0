"""A command that only reads, typed in the wrong folder, says so and leaves nothing behind."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from charteroak.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing in it, and no word about where the home is."""
    monkeypatch.delenv("CHARTEROAK_HOME")
    monkeypatch.setenv("CHARTEROAK_PROCESS", "web")  # put back afterwards, for commands change it
    monkeypatch.chdir(tmp_path)
    return tmp_path


def oak(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "export", "log.jsonl"),
        ("trace", "042-1"),
        ("vault", "get", "files/" + "0" * 64, "-o", "x"),
        ("setup", "catalog", __file__),
    ],
)
def test_it_names_the_folder_and_makes_none(words: tuple[str, ...], elsewhere: Path) -> None:
    ended = oak(*words)
    assert ended.exit_code == 1
    assert f"No installation at {elsewhere}/var: set CHARTEROAK_HOME or change to its folder" in ended.stderr
    assert list(elsewhere.iterdir()) == []


def test_doctor_looks_at_the_machine_and_says_that_there_is_no_installation(elsewhere: Path) -> None:
    ended = oak("doctor", "--json")
    parts = {part["name"]: part for part in json.loads(ended.stdout)}
    assert ended.exit_code == 1
    assert parts["installation"]["state"] == "missing"
    assert "set CHARTEROAK_HOME" in parts["installation"]["mend"]
    assert parts["python"]["state"] == "ok"
    assert "database" not in parts
    assert list(elsewhere.iterdir()) == []


def test_reference_pages_are_written_into_the_source_only(elsewhere: Path) -> None:
    assert "change to the folder of Charter Oak's own source" in oak("docs").stderr
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("scale", ["0", "-1"])
def test_a_state_without_people_is_refused_before_anything_starts(scale: str, elsewhere: Path) -> None:
    ended = oak("demo", f"--scale={scale}")
    assert ended.exit_code == 2
    assert "x>0" in ended.stderr
    assert list(elsewhere.iterdir()) == []
