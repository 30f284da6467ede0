"""The examples in docs/linkage run as they stand, each page from its top, and what it shows is there."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

PAGES = Path(__file__).resolve().parents[2] / "docs" / "linkage"


@pytest.mark.parametrize("name", ["tutorial.md", "estimates.md", "privacy.md", "from-splink.md", "spine.md"])
def test_the_examples_of_a_page_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pseudopeople").symlink_to(PAGES / "pseudopeople")
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (PAGES / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert blocks
    told: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, name, "exec"), told)  # noqa: S102 - the project's own pages


def test_the_commands_of_the_tutorial_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from charteroak.cli import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "pseudopeople").symlink_to(PAGES / "pseudopeople")
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (PAGES / "tutorial.md").read_text(encoding="utf-8"), re.M | re.S
    )
    commands = [line for block in blocks for line in block.splitlines()]
    assert commands
    for command in commands:
        ended = CliRunner().invoke(main, shlex.split(command)[1:])
        assert ended.exit_code == 0, ended.output
    assert {"report.html", "links.parquet", "people.parquet"} <= {each.name for each in tmp_path.iterdir()}


def test_every_picture_of_a_page_is_there_and_none_is_left_over() -> None:
    shown = {
        picture
        for page in PAGES.glob("*.md")
        for picture in re.findall(r"!\[.+?\]\((pictures/\S+\.svg)\)", page.read_text(encoding="utf-8"))
    }
    assert shown == {f"pictures/{each.name}" for each in (PAGES / "pictures").iterdir()}
    assert all((PAGES / each).read_text(encoding="utf-8").startswith("<svg") for each in shown)
