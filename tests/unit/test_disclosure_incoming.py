"""What is about to come in: people's numbers and the project's own keys are found, code lists pass."""

import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from charteroak.disclosure.__main__ import main
from charteroak.disclosure.incoming import incoming

KEY = "0f" * 16


def found(file: str, content: bytes, people: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
    return {(one.rule, one.verdict) for one in incoming(file, content, people)}


def wheel(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for name, content in members:
            into.writestr(name, content)
    return packed.getvalue()


def test_a_code_list_passes() -> None:
    assert found("cip.csv", b"code,label\n01.0000,Agriculture\n52.0201,Business administration\n") == set()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"code,label\n1,123-45-6789\n", ("ssn", "fail")),
        (b"code,label\n1,eve@example.org\n", ("email", "fail")),
        (b"code,label\n1,(860) 555-0143\n", ("phone", "fail")),
        (b"school,name\n1,Hall High\n", ("name_column", "review")),
        (b"code,label\n1,\xff\xfe\n", ("opaque", "fail")),
        (b"code,label\n1,a\0b\n", ("opaque", "fail")),
    ],
)
def test_what_tells_of_people_or_cannot_be_read_is_found(content: bytes, told: tuple[str, str]) -> None:
    assert told in found("list.csv", content)


def test_pseudonyms_of_the_project_do_not_come_back_in() -> None:
    """Whoever brings them has carried them out, and would join what they found outside."""
    content = f"key,town\n{KEY},Ash\n".encode()
    assert ("person_keys", "fail") in found("towns.csv", content, frozenset({KEY}))
    assert found("towns.csv", content) == set()


def test_a_package_is_for_a_person_to_read_and_holds_no_built_code() -> None:
    readable = wheel(("roman.py", b"x = 1"), ("roman-5.1.dist-info/METADATA", b"Name: roman"))
    assert found("roman-5.1-py3-none-any.whl", readable) == {("package", "review")}
    built = wheel(("fast.so", b"\x7fELF"))
    assert ("built_code", "fail") in found("fast-1-py3-none-any.whl", built)
    assert found("broken-1-py3-none-any.whl", b"PK") == {("opaque", "fail")}


def test_the_command_compares_with_the_extract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    pl.DataFrame({"pid": [KEY]}).write_parquet(tmp_path / "data" / "sde.parquet")
    file = tmp_path / "towns.csv"
    file.write_text(f"key\n{KEY}\n", encoding="utf-8")
    asked = ["scan", "--data", str(tmp_path / "data"), "--person", "pid", "--file", str(file)]
    assert main(asked) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "fail"
    assert [one["rule"] for one in said["verdicts"]] == ["person_keys"]
    file.write_text("code\nA\n", encoding="utf-8")
    assert main(asked) == 0


@pytest.mark.parametrize("member", ["fast.pyc", "__pycache__/fast.cpython-312.PYC", "fast.pyo"])
def test_compiled_python_is_code_that_no_person_can_read(member: str) -> None:
    built = wheel((member, b"\0"))
    assert ("built_code", "fail") in found("fast-1-py3-none-any.whl", built)


@pytest.mark.parametrize("end", [b"\r" * 2, b"," + b"x " * 100_000], ids=["returns alone", "a long field"])
def test_what_is_no_table_is_searched_as_text(end: bytes) -> None:
    assert ("ssn", "fail") in found("list.csv", b"code,label\r1,123-45-6789" + end)
