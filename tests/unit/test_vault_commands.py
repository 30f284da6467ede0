"""`oak vault` and `oak encrypt`, as people type them."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from charteroak.adapters.age import decrypt_stream, generate_identity, recipient_fingerprint
from charteroak.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHARTEROAK_HOME", str(tmp_path / "var"))
    (tmp_path / "letter.txt").write_text("to whom it may concern")
    return tmp_path


def oak(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_file_put_is_got_back_by_the_name_that_was_printed(home: Path) -> None:
    put = oak("vault", "put", home / "letter.txt")
    assert put.exit_code == 0
    assert "22 bytes of letter.txt stored" in put.stderr
    got = oak("vault", "get", put.stdout.strip(), "-o", home / "back.txt")
    assert (got.exit_code, got.stdout) == (0, "")
    assert (home / "back.txt").read_text() == "to whom it may concern"


def test_json_alone_goes_to_standard_output(home: Path) -> None:
    put = json.loads(oak("vault", "put", home / "letter.txt", "--store", "letters", "--json").stdout)
    assert put["id"].startswith("letters/")
    assert put["bytes"] == 22
    got = oak("vault", "get", put["id"], "-o", home / "back.txt", "--json")
    assert json.loads(got.stdout)["id"] == put["id"]


def test_no_key_is_made_for_another_project_by_the_way(home: Path) -> None:
    put = oak("vault", "put", home / "letter.txt", "--project", "042")
    assert put.exit_code == 1
    assert "No key to write to store 'files' of project '042'" in put.stderr


def test_an_unknown_object_is_an_error_and_no_file(home: Path) -> None:
    oak("vault", "put", home / "letter.txt")
    got = oak("vault", "get", "files/" + "0" * 64, "-o", home / "back.txt")
    assert got.exit_code == 1
    assert "The vault has no object files/0000" in got.stderr
    assert not (home / "back.txt").exists()


def test_a_file_encrypted_for_the_hub_opens_with_the_hubs_key_only(home: Path) -> None:
    recipient = generate_identity(home / "hub.age")
    done = oak("encrypt", home / "letter.txt", "--recipient", recipient)
    assert done.exit_code == 0
    assert recipient_fingerprint(recipient) in done.stderr
    assert done.stdout.strip() == str(home / "letter.txt.age")
    plain = io.BytesIO()
    with (home / "letter.txt.age").open("rb") as ciphertext:
        decrypt_stream(home / "hub.age", ciphertext, plain)
    assert plain.getvalue() == b"to whom it may concern"


def test_the_hubs_key_may_come_from_a_file(home: Path) -> None:
    (home / "hub.pub").write_text(generate_identity(home / "hub.age") + "\n")
    done = oak(
        "encrypt", home / "letter.txt", "--recipient-file", home / "hub.pub", "-o", home / "x", "--json"
    )
    assert json.loads(done.stdout)["output"] == str(home / "x")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Name the hub's key once"),
        (["--recipient", "age1", "--recipient-file", __file__], "Name the hub's key once"),
        (["--recipient", "age1nonsense"], "is no age recipient"),
    ],
)
def test_without_the_hubs_key_nothing_is_written(words: list[str], message: str, home: Path) -> None:
    done = oak("encrypt", home / "letter.txt", *words)
    assert done.exit_code != 0
    assert message in done.stderr
    assert sorted(path.name for path in home.iterdir()) == ["letter.txt"]


def test_a_file_that_exists_is_overwritten_only_by_force(home: Path) -> None:
    put = oak("vault", "put", home / "letter.txt").stdout.strip()
    recipient = generate_identity(home / "hub.age")
    kept = home / "kept.txt"
    for words in (
        ("vault", "get", put, "-o", kept),
        ("encrypt", home / "letter.txt", "--recipient", recipient, "-o", kept),
    ):
        kept.write_text("mine")
        refused = oak(*words)
        assert refused.exit_code == 1
        assert f"{kept} exists" in refused.stderr
        assert kept.read_text() == "mine"
        assert oak(*words, "--force").exit_code == 0
        assert kept.read_bytes() != b"mine"


def test_a_dash_is_standard_output(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    put = oak("vault", "put", home / "letter.txt").stdout.strip()
    assert oak("vault", "get", put, "-o", "-").stdout == "to whom it may concern"
    recipient = generate_identity(home / "hub.age")
    sealed = oak("encrypt", home / "letter.txt", "--recipient", recipient, "-o", "-")
    assert sealed.stdout_bytes.startswith(b"age-encryption.org/v1\n")
    both = oak("encrypt", home / "letter.txt", "--recipient", recipient, "-o", "-", "--json")
    assert (both.exit_code, both.stdout) == (2, "")
    assert not (home / "-").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("vault", "get", "files/" + "0" * 64, "-o", "/nonexist/x"),
        ("encrypt", __file__, "--recipient", "age1", "-o", "/nonexist/x"),
        ("audit", "export", "/nonexist/x"),
        ("demo", "--json", "/nonexist/x"),
    ],
)
def test_a_folder_that_is_not_there_is_said_in_one_line(words: tuple[str, ...]) -> None:
    ended = oak(*words)
    assert ended.exit_code == 2
    assert "/nonexist is not a folder" in ended.stderr
    assert not isinstance(ended.exception, OSError)


def test_a_device_is_written_to_and_never_replaced(home: Path) -> None:
    put = oak("vault", "put", home / "letter.txt").stdout.strip()
    assert oak("vault", "get", put, "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()
