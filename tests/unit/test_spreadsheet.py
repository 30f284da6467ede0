"""No cell that somebody typed is computed by the program that opens the table."""

import ast
import csv
import io
from pathlib import Path

import pytest

from charteroak.adapters import spreadsheet

SOURCE = Path(spreadsheet.__file__).parents[1]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1+1", "\xa0=1"]
)
def test_what_begins_like_a_formula_is_text(cell: str) -> None:
    assert spreadsheet.plain(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=b", "2019–2026", "Dr. Ortiz", 7, -3, None, 1.5])
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert spreadsheet.plain(cell) is cell


def test_a_table_reads_back_as_it_was_written() -> None:
    rows = [["=cmd|'/c calc'!A1", 'say "so"', "a,b", "two\nlines", 3]]
    read = list(csv.reader(io.StringIO(spreadsheet.table(("a", "b", "c", "d", "e"), rows), newline="")))
    assert read == [["a", "b", "c", "d", "e"], ["'=cmd|'/c calc'!A1", 'say "so"', "a,b", "two\nlines", "3"]]


def test_no_other_place_of_the_site_writes_such_a_table() -> None:
    """The pure packages and commands write what their caller asked for; released bytes are read by two people."""
    apart = {"disclosure", "synthetic", "demo", "linkage", "cli"}
    writers = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] not in apart
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"writer", "DictWriter", "write_csv"}
    }
    assert writers == {"adapters/spreadsheet.py"}
