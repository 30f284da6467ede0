"""docs/enclave-checks.md has a row for every check, and names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_page_names_exists() -> None:
    page = (ROOT / "docs" / "enclave-checks.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 25
    assert {name for name in named if f"def {name}(" not in written} == set()


def test_every_check_has_its_row_and_every_row_a_test() -> None:
    page = (ROOT / "docs" / "enclave-checks.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ")][1:]
    numbered = {int(number) for row in rows for number in re.findall(r"\d+", row[0])}
    assert numbered == {*range(14, 46), 51}
    assert [row[1] for row in rows if "`test_" not in row[2]] == []
