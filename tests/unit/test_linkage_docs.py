"""The examples in docs/linkage run as they stand, each page from its top."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "linkage"


@pytest.mark.parametrize("name", ["tutorial.md", "estimates.md", "privacy.md", "from-splink.md", "spine.md"])
def test_the_examples_of_a_page_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (PAGES / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert blocks
    told: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, name, "exec"), told)  # noqa: S102 - the project's own pages
