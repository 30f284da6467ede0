"""Complementary suppression and its audit against published tables, brute force and chance."""

import importlib
import itertools
import random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure import Interval, Unprotectable, audit, crossed, suppress
from charteroak.disclosure.clock import Clock
from charteroak.disclosure.inequalities import Inequalities
from charteroak.disclosure.movement import targets
from charteroak.disclosure.tables import LinkedTable

# sdcTable's problemdata(): rows w to z, columns a to d.
PROBLEM = np.array([[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]])
PRIMARY = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 1), (2, 3), (3, 1), (3, 3)]
# A three by three table often printed in the suppression literature; II,C is sensitive.
LITERATURE = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
THRESHOLD = 10

Counts = npt.NDArray[np.int64]


def unit(table: Counts, row: int, column: int) -> int:
    return row * (int(table.shape[1]) + 1) + column


def intervals(table: LinkedTable, hidden: set[int]) -> dict[int, tuple[float, float]]:
    return {i.unit: (round(i.low, 4), round(i.high, 4)) for i in audit(table, hidden)}


def small_counts(values: Counts) -> dict[tuple[int, int], tuple[float, float]]:
    places = np.argwhere((values > 0) & (values < THRESHOLD))
    return {(int(row), int(column)): (1, THRESHOLD - 1) for row, column in places}


def test_a_cell_that_only_one_other_hides_is_recovered() -> None:
    table = crossed(PROBLEM, dict.fromkeys(PRIMARY, (1, 1)))
    found = intervals(table, {unit(PROBLEM, *cell) for cell in PRIMARY})
    assert found[unit(PROBLEM, 0, 1)] == (47, 47)
    assert found[unit(PROBLEM, 0, 0)] == (25, 94)
    assert found[unit(PROBLEM, 1, 2)] == (0, 69)
    assert found[unit(PROBLEM, 3, 3)] == (585, 770)


def test_one_more_suppression_shields_it() -> None:
    table = crossed(PROBLEM, dict.fromkeys(PRIMARY, (1, 1)))
    found = intervals(table, {unit(PROBLEM, *cell) for cell in [*PRIMARY, (1, 1)]})
    assert found[unit(PROBLEM, 0, 1)] == (0, 141)


def test_the_cheapest_shield_of_the_problem_table_is_xd() -> None:
    pattern = suppress(crossed(PROBLEM, dict.fromkeys(PRIMARY, (1, 1))))
    assert pattern.secondary == {unit(PROBLEM, 1, 3)}
    assert pattern.cost == 2128


@pytest.mark.parametrize(
    ("room", "hidden", "cost", "interval"),
    [
        ((5, 8), {(1, 0), (1, 2), (2, 0), (2, 2)}, 59, (5, 30)),
        ((10, 10), {(1, 1), (1, 2), (2, 1), (2, 2)}, 85, (0, 34)),
    ],
)
def test_the_literature_table_is_protected_at_its_known_cost(
    room: tuple[int, int], hidden: set[tuple[int, int]], cost: int, interval: tuple[int, int]
) -> None:
    table = crossed(LITERATURE, {(1, 2): room})
    pattern = suppress(table)
    assert pattern.units == {unit(LITERATURE, *cell) for cell in hidden}
    assert pattern.cost == cost
    assert intervals(table, set(pattern.units)) == {unit(LITERATURE, 1, 2): interval}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_removing_any_secondary_breaks_the_pattern(seed: int) -> None:
    values = np.random.default_rng(seed).poisson(14, (10, 12))
    table = crossed(values, small_counts(values))
    pattern = suppress(table)
    assert pattern.secondary
    assert all(interval.safe for interval in audit(table, pattern.units))
    for secondary in pattern.secondary:
        assert not all(interval.safe for interval in audit(table, pattern.units - {secondary}))


tables = st.tuples(st.integers(2, 6), st.integers(2, 6)).flatmap(
    lambda shape: st.lists(
        st.integers(0, 30), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
    ).map(lambda cells: np.array(cells).reshape(shape))
)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_no_random_table_is_left_with_an_unprotected_count(values: Counts) -> None:
    table = crossed(values, small_counts(values))
    pattern = suppress(table)
    assert all(interval.safe for interval in audit(table, pattern.units))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=6, max_size=6), st.sets(st.integers(0, 5), min_size=2))
def test_the_audit_finds_what_trying_every_table_finds(cells: list[int], hidden: set[int]) -> None:
    values = np.array(cells).reshape(2, 3)
    places = {divmod(place, 3) for place in hidden if cells[place]}
    table = crossed(values, dict.fromkeys(places, (1, 1)))
    found = intervals(table, {unit(values, *place) for place in places})
    possible = list(tables_with_margins_of(values, places))
    for place in places:
        known = [table[place] for table in possible]
        assert found[unit(values, *place)] == (min(known), max(known))


def tables_with_margins_of(values: Counts, hidden: set[tuple[int, int]]) -> list[Counts]:
    """Every table of whole numbers with the same margins and the same cells outside `hidden`."""
    rows, columns = values.sum(1), values.sum(0)
    found = []
    for first, second in itertools.product(range(columns[0] + 1), range(columns[1] + 1)):
        top = np.array([first, second, rows[0] - first - second])
        tried = np.array([top, columns - top])
        same = all(tried[place] == values[place] for place in np.ndindex(2, 3) if place not in hidden)
        if same and (tried >= 0).all():
            found.append(tried)
    return found


def plain_intervals(table: LinkedTable, hidden: set[int]) -> dict[int, tuple[float, float]]:
    """Every hidden figure's interval by two whole programs each: nothing left out, nothing remembered."""
    import highspy

    found = {}
    for figure in np.flatnonzero(table.hidden(hidden)).tolist():
        ends = []
        for sense in (1.0, -1.0):
            solver = highspy.Highs()
            solver.setOptionValue("output_flag", False)
            solver.setOptionValue("threads", 1)
            for place, value in enumerate(table.values.tolist()):
                shown = table.unit[place] not in hidden
                solver.addVar(value if shown else 0.0, value if shown else highspy.kHighsInf)
            for relation in table.relations:
                solver.addRow(0.0, 0.0, len(relation), [f for f, _ in relation], [c for _, c in relation])
            solver.changeColCost(figure, sense)
            solver.run()
            bounded = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(float(solver.getSolution().col_value[figure]) if bounded else -sense * np.inf)
        found[figure] = (round(ends[0], 4) + 0, round(ends[1], 4) + 0)
    return found


@settings(max_examples=8, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_sparing_programs_changes_no_interval(values: Counts, chance: random.Random) -> None:
    table = crossed(values, {})
    hidden = {int(unit) for unit in table.unit.tolist() if unit >= 0 and chance.random() < 0.5}
    found = {i.figure: (round(i.low, 4) + 0, round(i.high, 4) + 0) for i in audit(table, hidden, True)}
    assert found == plain_intervals(table, hidden)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=9, max_size=9))
def test_no_pattern_is_cheaper_than_one_called_optimal(cells: list[int]) -> None:
    values = np.array(cells).reshape(3, 3)
    table = crossed(values, {place: (1, 3) for place in small_counts(values) if values[place] < 4})
    try:
        pattern = suppress(table)
    except Unprotectable:
        assert not all(i.safe for i in audit(table, [u for u in table.unit.tolist() if u >= 0]))
        return
    assert pattern.optimal
    others = [int(u) for u in table.unit.tolist() if u >= 0 and u not in pattern.primary]
    for size in range(4):
        for chosen in itertools.combinations(others, size):
            hidden = pattern.primary | set(chosen)
            if sum(table.cost[u] for u in hidden) < pattern.cost - 1e-6:
                assert not all(interval.safe for interval in audit(table, hidden))


def test_a_range_without_an_end_is_wide_enough_for_any_need() -> None:
    assert Interval("a", 0, 0.0, np.inf, 0.0, np.inf).safe
    assert not Interval("a", 0, 0.0, 8.0, 0.0, np.inf).safe


@settings(max_examples=20, deadline=None)
@given(tables)
def test_large_tables_are_searched_by_neighbourhoods_and_stay_safe(values: Counts) -> None:
    """Small ones here, taken for large: the cheapest pattern is known, and none is cheaper than the bound."""
    table = crossed(values, small_counts(values))
    exact = suppress(table)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("suppress", "inequalities"):
            patch.setattr(importlib.import_module(f"charteroak.disclosure.{module}"), "LARGE", 0)
        found = suppress(table)
    assert all(interval.safe for interval in audit(table, found.units))
    assert found.bound <= exact.cost <= found.cost


@settings(max_examples=40, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_the_compiled_simplex_moves_a_figure_as_far_as_the_solver_does(
    values: Counts, chance: random.Random
) -> None:
    table = crossed(values, small_counts(values))
    asked, primary = targets(table), frozenset(np.flatnonzero(table.sensitive).tolist())
    chosen = np.array([chance.choice([0.0, 0.25, 0.5, 1.0]) for _ in table.cost])
    chosen[list(primary)] = 1.0
    by_solver, by_us = (Inequalities(table, primary, asked) for _ in range(2))
    by_us.compiled = True
    theirs, ours = by_solver.violated(chosen), by_us.violated(chosen)
    assert by_solver.remembered.last.keys() == by_us.remembered.last.keys()
    assert bool(theirs) == bool(ours)
    assert all(cut.broken(chosen) for cut in [*theirs, *ours])
    everything = np.where(table.unit[: len(table.cost)] >= 0, 1.0, 0.0)
    assert not any(cut.broken(everything) for cut in ours if not by_us.violated(everything))


def test_a_shield_may_have_to_move_farther_than_what_it_shields() -> None:
    """b stands twice in the relation of the figure: a pattern of b alone protects it."""
    table = LinkedTable(
        labels=("a", "b", "c"), values=np.array([5.0, 40.0, 90.0]), lower=np.zeros(3), weight=np.ones(3),
        below=np.array([1.0, 0, 0]), above=np.array([9.0, 0, 0]), unit=np.arange(3),
        relations=(((0, 2.0), (1, 1.0), (2, -1.0)), ((0, 2.0), (1, 1.0), (2, -1.0))), cost=np.array([5.0, 40, 90]),
    )  # fmt: skip
    found = suppress(table)
    assert (found.units, found.optimal) == (frozenset({0, 1}), True)


@settings(max_examples=30, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_an_audit_that_is_late_gives_the_same_verdict(values: Counts, chance: random.Random) -> None:
    table = crossed(values, small_counts(values))
    hidden = {int(unit) for unit in table.unit.tolist() if unit >= 0 and chance.random() < 0.6}
    hidden |= {int(unit) for unit in table.unit[table.sensitive].tolist()}
    late = audit(table, hidden, True, Clock(until=0.0))
    exact = audit(table, hidden, True)
    assert [i.safe for i in late] == [i.safe for i in exact]
    assert all(a.low >= b.low - 1e-6 and a.high <= b.high + 1e-6 for a, b in zip(late, exact, strict=True))
    assert all(a.exact for a in exact)


@pytest.mark.parametrize("factor", [0.5, 0.25, 3.0])
def test_relations_may_have_factors_other_than_one(factor: float) -> None:
    """A rate shown beside counts: published = factor · (a + b), and a + c, b + d published too."""
    values = np.array([4.0, 16.0, 30.0, 20.0, factor * 20, 34.0, 36.0, factor * 50])
    a, b, c, d, first, left, right, second = range(8)
    table = LinkedTable(
        labels=tuple("abcdefgh"), values=values, lower=np.zeros(8), weight=values,
        below=np.array([1.0, *[0.0] * 7]), above=np.array([9.0, *[0.0] * 7]), unit=np.arange(8),
        relations=(
            ((first, 1.0), (a, -factor), (b, -factor)), ((second, 1.0), (c, -factor), (d, -factor)),
            ((left, 1.0), (a, -1.0), (c, -1.0)), ((right, 1.0), (b, -1.0), (d, -1.0)),
        ),
        cost=values,
    )  # fmt: skip
    choices = itertools.chain.from_iterable(itertools.combinations(range(1, 8), n) for n in range(8))
    safe = [one for one in choices if all(i.safe for i in audit(table, {0, *one}))]
    found = suppress(table)
    assert found.optimal
    assert found.cost == min(values[[0, *one]].sum() for one in safe)


@settings(max_examples=30, deadline=None)
@given(tables)
def test_no_secondary_of_any_pattern_can_be_published_again(values: Counts) -> None:
    table = crossed(values, small_counts(values))
    pattern = suppress(table)
    for secondary in pattern.secondary:
        assert not all(interval.safe for interval in audit(table, pattern.units - {secondary}))
