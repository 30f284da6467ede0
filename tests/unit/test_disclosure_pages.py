"""The pages of docs/disclosure say what the program says: every example is run."""

import csv
import doctest
import io
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from charteroak.disclosure import Appetite, Behind, Ledger, Verdict, examine, inspect, published, shipped
from charteroak.disclosure.judge import held, judge
from charteroak.disclosure.stated import stated
from charteroak.disclosure.tabular import grids
from charteroak.disclosure.where import where

PAGES = Path(__file__).parents[2] / "docs" / "disclosure"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ONE_LINE = re.compile(r"^(pass|review|fail) (\w+) ?(.*)$")


@dataclass
class Page:
    """What the page has said so far."""

    appetite: Appetite = field(default_factory=lambda: shipped("board"))
    records: pl.DataFrame = field(default_factory=pl.DataFrame)
    ledger: Ledger = field(default_factory=Ledger)
    found: list[Verdict] | None = None
    compared: int = 0

    def appetite_block(self, _: str, body: str) -> None:
        self.appetite = Appetite.from_toml(body)

    def records_block(self, _: str, body: str) -> None:
        rows: list[dict[str, str | float]] = []
        for line in csv.DictReader(io.StringIO(body)):
            for number in range(int(line.pop("times"))):
                row: dict[str, str | float] = {"person": f"P{len(rows)}"}
                for column, text in line.items():
                    series = re.fullmatch(r"(\d+)\+(\d+)", text)
                    row[column] = float(series[1]) + number * float(series[2]) if series else text
                rows.append(row)
        self.records = pl.DataFrame(rows, infer_schema_length=None)

    def behind(self, said: str) -> Behind | None:
        if not said.strip():
            return None
        said, _, condition = said.partition("--where ")
        words = shlex.split(said)
        pairs = list(zip(words[::2], words[1::2], strict=True))
        chosen = self.records.lazy()
        if condition:
            chosen = chosen.filter(where(condition, chosen.collect_schema()))
        by = tuple(value for name, value in pairs if name == "--by")
        others = dict(pairs)
        named = {
            name: others.get(f"--{name}") for name in ("measure", "statistic", "employer", "weight", "event")
        }
        return Behind(chosen, "person", by, **named, other=others.get("--with"))

    def table_block(self, said: str, body: str) -> None:
        behind = self.behind(said)
        if behind is None or not self.ledger.tables:
            self.found = examine("table.csv", body.encode(), self.appetite, behind=behind)
        else:
            (grid,) = grids("table.csv", body.encode())
            self.found = judge(stated("table.csv", grid, behind.by), behind, self.appetite, self.ledger)

    def released_block(self, said: str, body: str) -> None:
        behind = self.behind(said)
        assert behind is not None
        (grid,) = grids("earlier.csv", body.encode())
        _, built = held(stated("earlier.csv", grid, behind.by), behind, self.appetite)
        numbers = [published(one, self.appetite) for one in built]
        self.ledger = Ledger.of([type(one)("earlier", one.keys, one.classes, one.cells) for one in numbers])

    def model_block(self, said: str, body: str) -> None:
        self.found = examine("model.json", body.encode(), self.appetite, behind=self.behind(said))

    def chart_block(self, said: str, body: str) -> None:
        self.found = inspect(said.strip(), b"<svg/>", self.appetite, tables=set(body.split()))

    def verdicts_block(self, _: str, body: str) -> None:
        assert self.found is not None
        said = [" ".join([v.verdict, v.rule, v.cell]).strip() for v in self.found if v.verdict != "pass"]
        assert all(ONE_LINE.match(line) for line in body.splitlines())
        assert sorted(said) == sorted(body.splitlines())
        self.compared += 1


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_the_examples_of_a_page_come_out_as_written(path: Path) -> None:
    text, page = path.read_text(encoding="utf-8"), Page()
    for kind, said, body in BLOCK.findall(text):
        if kind != "python":
            getattr(page, f"{kind}_block")(said, body)
    run = doctest.testfile(str(path), module_relative=False)
    assert run.failed == 0
    assert page.compared or run.attempted or path.stem == "README"


def test_every_page_names_its_source_and_is_listed() -> None:
    listed = (PAGES / "README.md").read_text(encoding="utf-8")
    for path in set(PAGES.glob("*.md")) - {PAGES / "README.md"}:
        assert f"({path.name})" in listed
        assert "**Source**" in path.read_text(encoding="utf-8")
        assert "**To mend it**" in path.read_text(encoding="utf-8") or path.stem == "rebuilt"
