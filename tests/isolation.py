"""docs/reference/isolation.md: what was tried and what came of it. `make isolation` writes it from the runs; every
other run fails where it finds something else than the page says.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "isolation.md"
WRITES = "ISOLATION_IS_WRITTEN"  # set by `make isolation`
BLOCKED = "blocked"


def hold(table: str, column: str, found: Mapping[str, str]) -> None:
    """Hold what a run `found` (attempt → blocked, or why it is harmless) against the page, or write it there."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {table} -->\n", f"<!-- end of {table} -->"
    before, rest = text.split(begin)
    written, after = rest.split(end)
    head, _, *lines = written.strip().splitlines()
    columns = [cell.strip() for cell in head.strip("|").split("|")]
    place = columns.index(column)
    rows = {
        cells[0]: cells for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    }
    said = {spoken(name): verdict for name, verdict in found.items()}
    if WRITES not in os.environ:
        assert {name: cells[place] for name, cells in rows.items()} == said, (
            f"type: make isolation, and read {PAGE}"
        )
        return
    kept = [rows.get(name, [name] + [""] * (len(columns) - 1)) for name in said]
    for cells in kept:
        cells[place] = said[cells[0]]
    made = [head, "|---" * len(columns) + "|", *(f"| {' | '.join(cells)} |" for cells in kept)]
    PAGE.write_text(before + begin + "\n".join(made) + "\n" + end + after, encoding="utf-8")


def spoken(name: str) -> str:
    return re.sub("_", " ", name)
