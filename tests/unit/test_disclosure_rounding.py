"""Rounding that keeps sums, against trying everything and against its own promises."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure.multiway import Entry, Key, Rule, cube, protectable
from charteroak.disclosure.rounding import controlled_rounding
from charteroak.disclosure.tables import LinkedTable, crossed


def adds_up(table: LinkedTable, values: np.ndarray) -> bool:
    rows, figures, factors = table.entries
    return bool(np.allclose(np.bincount(rows, factors * values[figures]), 0))


def test_the_worked_table_of_the_docs() -> None:
    table = crossed(np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]]), {})
    found = controlled_rounding(table, 5)
    assert found.values.reshape(4, 4).tolist() == [
        [20, 50, 10, 80], [10, 20, 20, 50], [15, 30, 15, 60], [45, 100, 45, 190],
    ]  # fmt: skip
    assert (found.distance, found.adjacent, found.optimal) == (16, True, True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=4, max_size=4), st.integers(2, 7))
def test_no_rounding_to_neighbours_changes_less(cells: list[int], base: int) -> None:
    table = crossed(np.array(cells).reshape(2, 2), {})
    found = controlled_rounding(table, base)
    choices = [sorted({v // base * base, -(-v // base) * base}) for v in table.values.astype(int).tolist()]
    tried = [np.array(one, dtype=float) for one in itertools.product(*choices)]
    least = min(float(np.abs(one - table.values).sum()) for one in tried if adds_up(table, one))
    assert found.adjacent
    assert found.distance == pytest.approx(least)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=24, max_size=24), st.sampled_from([3, 5, 10]))
def test_three_ways_and_groups_still_add_up(cells: list[int], base: int) -> None:
    given_cells: dict[Key, Entry] = {
        (f"a{n % 4}", f"b{n // 4 % 3}", f"c{n // 12}"): Entry(float(value)) for n, value in enumerate(cells)
    }
    parents = {"a": {"a0": "left", "a1": "left", "a2": "right", "a3": "right"}}
    table = protectable(cube(("a", "b", "c"), given_cells, parents), Rule()).table
    found = controlled_rounding(table, base)
    assert adds_up(table, found.values)
    assert (found.values % base == 0).all()
    assert (found.values >= 0).all()
    if found.adjacent:
        assert (np.abs(found.values - table.values) < base).all()


def test_a_base_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        controlled_rounding(crossed(np.array([[1, 2], [3, 4]]), {}), 0)
