"""The pages of acceptance checks have a row for every check, and name tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUESTS = {*range(1, 14), *range(31, 35)}
USE = {*range(1, 7), *range(8, 11), 14}
ENCLAVE = {*range(14, 46), 51}


def tables(name: str) -> list[list[list[str]]]:
    """The rows of each table of a page, without its head."""
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    found: list[list[list[str]]] = []
    for line in page.splitlines():
        if line.startswith("| no. |"):
            found.append([])
        elif line.startswith("| "):
            found[-1].append(line.strip("|").split("|"))
    return found


@pytest.mark.parametrize("name", ["enclave-checks.md", "governance-checks.md"])
def test_every_test_that_the_page_names_exists(name: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / name).read_text(encoding="utf-8")))
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 25
    assert {one for one in named if f"def {one}(" not in written} == set()


@pytest.mark.parametrize(
    ("name", "checks"), [("enclave-checks.md", [ENCLAVE]), ("governance-checks.md", [REQUESTS, USE])]
)
def test_every_check_has_its_row_and_every_row_a_test(name: str, checks: list[set[int]]) -> None:
    found = tables(name)
    assert [
        {int(number) for row in rows for number in re.findall(r"\d+", row[0])} for rows in found
    ] == checks
    assert [row[1] for rows in found for row in rows if "`test_" not in row[2]] == []
