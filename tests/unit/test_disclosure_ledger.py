"""Released numbers subtracted from one another: pairs, families and whole histories."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from disclosure_records import TEN, built, extract, table
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure import Appetite, Derivation, Ledger, Released, check, published
from charteroak.disclosure.atoms import atoms
from charteroak.disclosure.ledger import Caps
from charteroak.disclosure.program import Differences
from charteroak.disclosure.projection import Projection
from charteroak.disclosure.released import Cell

NOTHING = Appetite("nothing suppressed")
KEY = b"of this project"
PAIRS_ONLY = Caps(atoms=0, rows=0, columns=1, seconds=0.0)


def numbers(folder: Path, *tables: Derivation, appetite: Appetite = TEN) -> list[Released]:
    return [published(one, appetite, KEY) for one in built(folder, *tables, appetite=appetite)]


def towns(folder: Path) -> Path:
    return extract(folder, town=["A"] * 40 + ["B"] * 40)


@pytest.mark.parametrize(("last", "dropped"), [("P00000", 1.0), ("P00002", 3.0)])  # D7, and A14
def test_the_same_table_less_a_few_people_is_refused_and_names_the_earlier_table(
    tmp_path: Path, last: str, dropped: float
) -> None:
    ledger = Ledger.of(numbers(towns(tmp_path), table("first", "town")))
    second = numbers(tmp_path, table("second", "town", filter=f"person > '{last}'"))
    (found,) = ledger.score(second, 10).found
    assert (found.cell, found.people, found.others) == ("town=A", dropped, ("first",))
    (verdict,) = ledger.verdicts(second, 10)
    assert (verdict.rule, verdict.verdict, verdict.cell) == ("differencing", "fail", "town=A against first")
    assert "P0000" not in repr(verdict)


def test_three_groups_and_a_total_five_larger_are_refused_though_no_pair_is_close(tmp_path: Path) -> None:
    extract(tmp_path, g=["a"] * 30 + ["b"] * 30 + ["c"] * 30 + ["d"] * 5, all=["x"] * 95)
    parts = [
        numbers(tmp_path, table(f"only-{g}", "g", filter=f"g = '{g}'"), appetite=NOTHING)[0] for g in "abc"
    ]
    ledger, total = Ledger.of(parts), numbers(tmp_path, table("total", "all"))
    (found,) = ledger.score(total, 10).found
    assert (found.people, found.others) == (5.0, ("only-a", "only-b", "only-c"))
    assert ledger.score(total, 10, PAIRS_ONLY).found == ()
    assert [v.verdict for v in ledger.verdicts(total, 10, PAIRS_ONLY)] == ["review"]
    whole = Caps(atoms=0, rows=0)  # no family: the program over all tables finds it
    assert [one.people for one in ledger.score(total, 10, whole).found] == [5.0]


def test_a_table_submitted_again_tells_nothing_new(tmp_path: Path) -> None:
    first = numbers(towns(tmp_path), table("first", "town", margins=("town",)))
    again = numbers(tmp_path, table("again", "town", margins=("town",), filter="true"))
    answer = Ledger.of(first).score(again, 10)
    assert (answer.found, answer.proven) == ((), 1)
    (verdict,) = Ledger.of(first).verdicts(again, 10)
    assert verdict.verdict == "pass"
    assert "not tested across projects" in verdict.figure
    (lasting,) = Ledger.of(first, across_projects=True).verdicts(again, 10)
    assert "across projects" not in lasting.figure


def test_cells_of_one_submission_are_added_one_at_a_time(tmp_path: Path) -> None:
    pair = built(towns(tmp_path), table("all", "town"), table("fewer", "town", filter="person > 'P00002'"))
    assert {v.table for v in check(pair, TEN) if v.rule == "differencing" and v.verdict == "fail"} == {
        "fewer"
    }


def test_the_number_with_the_measure_is_a_number_too(tmp_path: Path) -> None:
    wages = [None] * 3 + [float(n) for n in range(77)]
    extract(tmp_path, town=["A"] * 40 + ["B"] * 40, wage=wages)
    ledger = Ledger.of(numbers(tmp_path, table("counted", "town")))
    paid = numbers(tmp_path, table("paid", "town", measure="wage", statistic="mean"))
    assert [one.people for one in ledger.score(paid, 10).found] == [3.0]


def test_the_numerator_of_a_share_is_a_number_too(tmp_path: Path) -> None:
    flags = [1] * 20 + [0] * 20 + [1] * 40
    extract(tmp_path, town=["A"] * 40 + ["B"] * 40, enrolled=flags)
    ledger = Ledger.of(
        numbers(tmp_path, table("enrolled", "town", filter="enrolled = 1 AND person > 'P00003'"))
    )
    shares = numbers(tmp_path, table("shares", "town", measure="enrolled", statistic="share"))
    assert [one.cell for one in ledger.score(shares, 10).found] == ["town=A (numerator)"]


def test_rounded_numbers_are_known_less_closely(tmp_path: Path) -> None:
    rounded = Appetite("rounded", minimum_people=10, rounding_base=20)
    first = numbers(towns(tmp_path), table("first", "town"), appetite=rounded)
    second = numbers(tmp_path, table("second", "town", filter="person > 'P00002'"), appetite=rounded)
    assert {cell.slack for cell in first[0].cells} == {10.0}
    assert Ledger.of(first).score(second, 10).found == ()


def test_what_is_kept_of_a_release_survives_json_and_holds_no_person_key(tmp_path: Path) -> None:
    (one,) = numbers(towns(tmp_path), table("first", "town"))
    text = json.dumps(one.to_json())
    again = Released.from_json(json.loads(text))
    assert again.to_json() == one.to_json()
    assert "P0000" not in text
    other = published(built(tmp_path, table("first", "town"))[0], TEN, b"another project")
    assert not set(other.keys.tolist()) & set(one.keys.tolist())


def test_a_person_in_several_cells_is_one_person(tmp_path: Path) -> None:
    from charteroak.disclosure.evidence import evidence_of

    frame = pl.DataFrame({"_person": ["a", "a", "b"], "year": ["1", "2", "1"], "_measure": [None] * 3})
    found = evidence_of(frame, Derivation("t", "x", "_person", ("year",), margins=("year",)))
    assert {codes: cell.people for codes, cell in found.cells.items()} == {
        (): 2, (("year", "1"),): 2, (("year", "2"),): 1,
    }  # fmt: skip
    assert not found.disjoint


def as_table(name: str, rows: Sequence[Sequence[bool]]) -> Released:
    """People 0, 1, … of which each row says who is in one cell."""
    size = len(rows[0])
    patterns = [tuple(row[person] for row in rows) for person in range(size)]
    kinds = sorted(set(patterns))
    cells = tuple(
        Cell(f"c{at}", tuple(n for n, kind in enumerate(kinds) if kind[at]))
        for at in range(len(rows))
        if any(rows[at])
    )
    classes = np.array([kinds.index(pattern) for pattern in patterns], dtype=np.int32)
    return Released(name, np.arange(size, dtype=np.uint64), classes, cells)


people = st.lists(st.booleans(), min_size=24, max_size=24)


@settings(max_examples=60, deadline=None)
@given(st.lists(people, min_size=1, max_size=8), people)
def test_one_more_released_number_never_makes_a_score_better(rows: list[list[bool]], new: list[bool]) -> None:
    program = Differences(np.ones(24), enough=float("inf"))
    scores = [program.score(np.array(new)).people]
    for row in rows:
        program.add(np.array(row), 0.0)
        scores.append(program.score(np.array(new)).people)
    assert all(later <= before + 1e-6 for before, later in pairwise(scores))


@settings(max_examples=60, deadline=None)
@given(st.lists(people, min_size=1, max_size=6), people)
def test_few_columns_give_the_same_score_and_the_quick_bound_is_below_it(
    rows: list[list[bool]], new: list[bool]
) -> None:
    sizes = np.arange(1.0, 25.0)
    whole, few = Differences(sizes, enough=1e9), Differences(sizes, enough=1e9, columns=3)
    for row in rows:
        whole.add(np.array(row), 0.0)
        few.add(np.array(row), 0.0)
    score = whole.score(np.array(new))
    assert few.score(np.array(new)).people == pytest.approx(score.people, abs=1e-6)
    assert whole.bound(np.array(new)) <= score.people + 1e-6
    combined = np.array(new, dtype=float) - sum(
        factor * row.astype(float) for factor, row in zip(score.used, whole.rows, strict=True)
    )
    assert float((sizes * np.abs(combined)).sum()) == pytest.approx(score.people, abs=1e-6)  # the proof


@settings(max_examples=40, deadline=None)
@given(st.lists(people, min_size=1, max_size=5), people)
def test_what_the_family_finds_the_whole_finds_too(rows: list[list[bool]], new: list[bool]) -> None:
    ledger = Ledger.of([as_table(f"t{at}", [row]) for at, row in enumerate(rows)])
    family = ledger.score([as_table("new", [new])], 8)
    whole = ledger.score([as_table("new", [new])], 8, Caps(atoms=0, rows=0, columns=4))
    assert whole.found or not family.found


@settings(max_examples=80, deadline=None)
@given(st.lists(people, min_size=1, max_size=6), st.lists(people, min_size=1, max_size=3))
def test_the_projection_never_promises_more_people_than_the_linear_program(
    rows: list[list[bool]], new: list[list[bool]]
) -> None:
    tables = [*(as_table(f"t{at}", [row]) for at, row in enumerate(rows)), as_table("new", new)]
    together = Ledger.of(tables)
    found = atoms(together.placed)
    program = Differences(found.sizes, enough=float("inf"))
    for at, earlier in enumerate(tables[:-1]):
        for row in found.sets(earlier, at):
            program.add(row, 0.0)
    bounds = Projection(tables, found).bounds(len(rows))
    for row, bound in zip(found.sets(tables[-1], len(rows)), bounds, strict=True):
        score = program.score(row).people
        if bound == float("inf"):
            assert score == pytest.approx(0, abs=1e-5)
        else:
            assert bound <= score + 1e-5
        program.add(row, 0.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(people, min_size=1, max_size=5), people, people)
def test_what_the_projection_decides_the_linear_program_decides_alike(
    rows: list[list[bool]], one: list[bool], two: list[bool]
) -> None:
    ledger = Ledger.of([as_table(f"t{at}", [row]) for at, row in enumerate(rows)])
    new = [as_table("one", [one]), as_table("two", [two])]
    quick = ledger.score(new, 6, Caps(atoms=0, rows=0))
    slow = ledger.score(new, 6, Caps(atoms=0, rows=0, known=0))
    assert (quick.found, quick.unproven) == (slow.found, slow.unproven)


def test_where_all_tables_together_are_proven_no_linear_program_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = np.random.default_rng(3)
    columns = [chance.integers(0, 6, 3_000) for _ in range(5)]
    crossed = [(columns[at] * 6 + columns[at + 1]).astype(np.int32) for at in range(4)]
    keys = np.arange(3_000, dtype=np.uint64)
    cells = tuple(Cell(f"c{at}", (at,)) for at in range(36))
    tables = [Released(f"t{at}", keys, classes, cells) for at, classes in enumerate(crossed)]
    answer = Ledger.of(tables[:3]).score(tables[3:], 10, Caps(atoms=0, rows=0, seconds=1e-9))
    assert (answer.found, answer.proven, answer.unproven) == ((), 3, ())
