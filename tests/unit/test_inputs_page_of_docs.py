"""The page on bringing a file in says what the rules and the scan do."""

import re
from pathlib import Path

from charteroak.disclosure.incoming import incoming
from charteroak.policy.input_request import LARGEST, LIFECYCLE, Action, Facts, Kind
from charteroak.policy.roles import Role

PAGE = (Path(__file__).parents[2] / "docs" / "inputs.md").read_text("utf-8")
KEY = "0f" * 16


def test_the_example_can_be_asked_for_and_nothing_is_found_in_it() -> None:
    told = re.search(r"name +(\S+)\n +content +(.+?)\n +purpose +(.+)", PAGE, re.S)
    assert told
    name, content = told[1], "\n".join(line.strip() for line in told[2].splitlines()) + "\n"
    known = Facts(file_name=name, size=len(content))
    assert LIFECYCLE.may(None, Action.SUBMIT, {Role.RECIPIENT}, known)
    assert incoming(name, content.encode()) == []


def test_each_line_of_the_table_is_a_finding() -> None:
    rows = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ")][1:]
    named = {rule: row[2] for row in rows for rule in re.findall(r"`(\w+)`", row[1])}
    samples = {
        "ssn": b"123-45-6789", "email": b"a@example.org", "phone": b"860-555-0143", "person_keys": KEY.encode(),
        "opaque": b"\xff", "name_column": b"name\nAsh", "record_level": b"id\n1",
    }  # fmt: skip
    for rule, content in samples.items():
        found = {one.rule: one.verdict for one in incoming("a.csv", content, {KEY})}
        assert (found[rule] == "fail") == ("cannot be accepted" in named[rule]), rule
    assert set(named) == {*samples, "built_code", "package"}


def test_the_limit_and_the_kinds_are_those_of_the_rules() -> None:
    assert f"above {LARGEST >> 20} MiB" in PAGE
    assert all(f"`{kind.value}`" in PAGE for kind in Kind)
