"""Figures of any size are protected alike: the solver's tolerances are made for figures about one."""

import csv
import io
from dataclasses import replace

import pytest

from charteroak.disclosure import scale
from charteroak.disclosure.clock import Clock
from charteroak.disclosure.longtable import LongTable, long_table
from charteroak.disclosure.multiway import Rule, TableError
from charteroak.disclosure.protect import audit_table, protect
from charteroak.disclosure.suppress import Pattern, suppress
from charteroak.disclosure.tables import LinkedTable

SIZES = [1e-9, 1e-6, 1e-3, 1.0, 1e6, 1e10]
INNER = [[3, 40, 50, 60], [30, 41, 52, 63], [33, 44, 55, 66]]
FREQ = [[2, 40, 50, 60], [30, 41, 52, 63], [33, 44, 55, 66]]


def table(size: float, hidden: str = "") -> LongTable:
    """One sensitive cell of two contributors; `hidden` cells as somebody else left them, by row and column."""
    lines = ["a,b,value,freq" + (",suppressed" if hidden else "")]
    for row, column in ((r, c) for r in range(3) for c in range(4)):
        mark = f",{int(f'{row}{column}' in hidden.split())}" if hidden else ""
        lines.append(f"a{row},b{column},{INNER[row][column] * size:.12g},{FREQ[row][column]}{mark}")
    return long_table("\n".join(lines).encode(), "t.csv", values=not hidden)


@pytest.mark.parametrize("size", SIZES)
def test_a_cell_that_a_total_gives_away_fails_however_small_it_is(size: float) -> None:
    found = audit_table(table(size, "00 01"), {}, Rule())
    assert found.status == "unsafe"
    assert found.certificate(0.0)["failures"][0]["what"] == "known exactly"
    assert audit_table(table(size, "00 01 10 11"), {}, Rule()).status == "safe"


@pytest.mark.parametrize("size", SIZES)
def test_the_same_cells_are_hidden_whatever_the_unit(size: float) -> None:
    usual, other = protect(table(1.0), {}, Rule()), protect(table(size), {}, Rule())
    assert other.status == usual.status == "optimal"
    assert other.pattern is not None
    assert usual.pattern is not None
    assert other.pattern.units == usual.pattern.units
    assert {other.cube.keys[place] for place in other.hidden} == {
        usual.cube.keys[place] for place in usual.hidden
    }
    assert other.pattern.cost == pytest.approx(usual.pattern.cost * size, rel=1e-9, abs=0.0)
    sensitive = next(c for c in other.certificate(0.0)["cells"] if c["state"] == "primary")
    assert sensitive["low"] <= 0.9 * INNER[0][0] * size
    assert sensitive["high"] >= 1.1 * INNER[0][0] * size


@pytest.mark.parametrize("size", SIZES)
def test_what_stays_published_is_printed_in_full(size: float) -> None:
    written = list(csv.DictReader(io.StringIO(protect(table(size), {}, Rule()).to_csv())))
    shown = {(row["a"], row["b"]): float(row["value"]) for row in written if row["value"]}
    assert shown["a2", "b3"] == pytest.approx(66 * size, rel=1e-11, abs=0.0)


@pytest.mark.parametrize("primary", ["", "1"])
def test_a_blank_magnitude_that_a_total_gives_back_is_known_exactly(primary: str) -> None:
    text = "a,b,value,primary\nx,p,,{0}\nx,q,60.5,0\nx,Total,107.5,0\ny,p,10.25,0\ny,q,20.5,0\n"
    given = long_table(text.format(primary or 0).encode(), "t.csv", values=False)
    found = audit_table(given, {}, Rule())
    assert found.status == "unsafe"
    assert [(f["low"], f["high"]) for f in found.certificate(0.0)["failures"]] == [(47, 47)]


def test_large_whole_numbers_are_printed_to_the_last_digit() -> None:
    given = long_table(b"a,b,value\nx,p,123456789012347\nx,q,7\ny,p,20\ny,q,87654321098763\n", "t.csv")
    assert "123456789012347" in protect(given, {}, Rule(minimum=1)).to_csv()
    assert "87654321098763" in protect(given, {}, Rule(minimum=1)).to_csv()


def test_where_the_audit_contradicts_the_search_the_first_pattern_is_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Clock] = []

    def deceived(given: LinkedTable, primary: frozenset[int], clock: Clock) -> Pattern:
        """The search, which the first time leaves out what it needs."""
        found = suppress(given, primary, clock)
        asked.append(clock)
        return found if len(asked) > 1 else replace(found, secondary=frozenset(), witnesses=())

    monkeypatch.setattr(scale, "suppress", deceived)
    found = protect(table(1.0), {}, Rule())
    assert len(asked) == 2
    assert found.status == "safe"
    assert found.pattern is not None
    assert found.pattern.method == "all totals above"


def test_totals_that_doubles_cannot_hold_are_refused_before_anything_is_written() -> None:
    given = long_table(b"a,b,value,freq\nx,p,9e14,20\nx,q,9e14,30\ny,p,8e14,3\ny,q,9e14,40\n", "t.csv")
    with pytest.raises(TableError, match="thousands or millions"):
        protect(given, {}, Rule())
