"""A time limit is kept whatever the table. The clock here goes on when it is asked: nothing depends on the machine."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import highspy
import numpy as np
import pytest

from charteroak.disclosure import scale
from charteroak.disclosure.clock import Clock
from charteroak.disclosure.longtable import LongTable, long_table
from charteroak.disclosure.multiway import Rule
from charteroak.disclosure.protect import Protection, audit_table, protect
from charteroak.disclosure.rounded import rounded
from charteroak.disclosure.suppress import Pattern, suppress
from charteroak.disclosure.tables import LinkedTable


class Asked:
    """A clock that goes on by one whenever somebody looks."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1.0
        return self.seconds


def wages(rows: int = 12, columns: int = 9) -> LongTable:
    """Magnitudes of few contributors each, many of them alone in their cell: every one of them is an attacker."""
    chance = np.random.default_rng(7)
    lines = ["town,industry,value,freq"]
    for row, column in itertools.product(range(rows), range(columns)):
        freq = int(chance.integers(1, 4)) if chance.random() < 0.6 else int(chance.integers(12, 60))
        lines.append(f"t{row},i{column},{chance.lognormal(3, 1) * freq:.2f},{freq}")
    return long_table("\n".join(lines).encode(), "wages.csv")


TOWNS = {"town": {f"t{row}": f"r{row // 4}" for row in range(12)}}


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[float]]:
    """What was left on the clock whenever a linear program began."""
    begun: list[float] = []
    run = highspy.Highs.run

    def noted(self: highspy.Highs) -> object:
        begun.append(clocks[-1].left if clocks else np.inf)
        return run(self)

    monkeypatch.setattr(highspy.Highs, "run", noted)
    return lambda: begun


clocks: list[Clock] = []


@pytest.fixture(autouse=True)
def no_clock() -> None:
    clocks.clear()


def limited(seconds: float) -> Clock:
    clocks.append(Clock.start(Asked(), seconds))
    return clocks[-1]


def as_published(found: Protection) -> Protection:
    """The same table once more, as somebody else's, with its true values and what was hidden."""
    lines = ["town,industry,value,freq,primary,secondary"]
    for place, (key, entry) in enumerate(zip(found.cube.keys, found.cube.entries, strict=True)):
        primary, secondary = place in found.primary, place in found.hidden - found.primary
        lines.append(",".join([*key, f"{entry.value},{entry.freq},{int(primary)},{int(secondary)}"]))
    return audit_table(long_table("\n".join(lines).encode(), "t.csv", values=False), TOWNS, Rule())


def test_when_the_time_is_up_at_once_the_pattern_is_safe_and_no_program_was_run(
    programs: Callable[[], list[float]],
) -> None:
    found = protect(wages(), TOWNS, Rule(), limited(0))
    assert found.status == "safe"
    assert programs() == []
    clocks.clear()
    assert as_published(found).status == "safe"


@pytest.mark.parametrize("seconds", [20, 60, 150, 400, 1000, 3000])
def test_whenever_the_time_is_up_the_pattern_is_safe_and_no_further_program_begins(
    seconds: float, programs: Callable[[], list[float]]
) -> None:
    found = protect(wages(), TOWNS, Rule(), limited(seconds))
    late = [left for left in programs() if left < -4]  # asking the clock is what makes it go on
    assert found.safe
    assert late == []
    assert found.pattern is not None
    assert found.pattern.bound <= found.pattern.cost
    clocks.clear()
    assert as_published(found).status == "safe"


def test_more_time_gives_a_cheaper_pattern_and_a_higher_bound() -> None:
    patterns = [protect(wages(), TOWNS, Rule(), limited(s)).pattern for s in (0, 400, 100_000)]
    costs = [pattern.cost for pattern in patterns if pattern]
    bounds = [pattern.bound for pattern in patterns if pattern]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]
    assert bounds == sorted(bounds)


def test_two_who_are_alone_behind_the_parts_of_a_total_do_not_learn_each_others_part() -> None:
    table = long_table(b"a,b,value,freq\nx,p,40,1\nx,q,60,1\ny,p,900,30\ny,q,800,30\n", "t.csv")
    found = protect(table, {}, Rule(), limited(0))
    assert found.status == "safe"
    assert found.pattern is not None
    assert {found.cube.keys[place] for place in found.hidden} >= {("x", "p"), ("x", "q"), ("x", "Total")}


def fixed_totals() -> LongTable:
    lines = ["a,b,value,fixed"]
    values = np.array([[3, 40, 50, 60], [30, 41, 52, 63], [33, 44, 55, 66]])
    for row, column in np.ndindex(values.shape):
        lines.append(f"a{row},b{column},{values[row, column]},0")
    lines += [f"a{row},Total,{values[row].sum()},1" for row in range(3)]
    lines += [f"Total,b{column},{values[:, column].sum()},1" for column in range(4)]
    return long_table("\n".join(lines).encode(), "t.csv")


def test_where_totals_must_stay_a_pattern_is_still_found_after_the_time_is_up() -> None:
    assert protect(fixed_totals(), {}, Rule(), limited(0)).status == "safe"


def deceived(monkeypatch: pytest.MonkeyPatch) -> list[Clock]:
    """The search, which the first time leaves out what it needs, so that it is asked again; by which clocks it was."""
    asked: list[Clock] = []

    def once(given: LinkedTable, primary: frozenset[int], clock: Clock) -> Pattern:
        asked.append(clock)
        found = suppress(given, primary, clock)
        return found if len(asked) > 1 else replace(found, secondary=frozenset(), witnesses=())

    monkeypatch.setattr(scale, "suppress", once)
    return asked


def test_a_search_that_the_audit_contradicts_is_begun_again_by_the_callers_own_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, asked = limited(100_000), deceived(monkeypatch)
    assert protect(fixed_totals(), {}, Rule(), clock).status == "safe"
    assert [one.seconds for one in asked] == [clock.seconds] * 2
    assert asked[1].left <= 0


def test_without_a_clock_the_second_search_is_bound_by_its_amount_and_by_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: list[float] = []
    given = highspy.Highs.setOptionValue

    def noted(self: highspy.Highs, option: str, value: bool | float | str) -> object:
        limits.extend([float(str(value))] if option == "time_limit" else [])
        return given(self, option, value)

    monkeypatch.setattr(highspy.Highs, "setOptionValue", noted)
    asked = deceived(monkeypatch)
    found = protect(fixed_totals(), {}, Rule())
    assert len(asked) == 2
    assert found.status == "safe"
    assert found.pattern is not None
    assert found.pattern.method != "everything"
    assert set(limits) <= {np.inf}


@pytest.mark.parametrize("seconds", [0, 5, 50])
def test_a_rounding_keeps_its_limit_too(seconds: float) -> None:
    found = rounded(wages(), TOWNS, Rule(), 5.0, limited(seconds))
    assert found.status in ("optimal", "safe")
    assert found.rounding is not None
    assert np.allclose(found.rounding.values % 5.0, 0.0)
    for total, parts in found.cube.sums:
        assert found.rounding.values[total] == pytest.approx(found.rounding.values[list(parts)].sum())


def test_a_cell_that_nothing_can_protect_is_named_without_searching_first(
    programs: Callable[[], list[float]],
) -> None:
    lines = ["town,industry,value,freq,fixed"]
    for row, column in itertools.product(range(20), range(12)):
        few = row == 0 and column < 2
        lines.append(
            f"t{row},i{column},{7 if few else 90 + row},{1 if few else 40},{int(row == 0 and not few)}"
        )
    lines.append(f"t0,Total,{14 + 10 * 90},402,1")
    found = protect(long_table("\n".join(lines).encode(), "t.csv"), {}, Rule(), limited(3000))
    assert found.status == "unprotectable"
    assert "town=t0, industry=i" in found.reason
    assert len(programs()) <= 4


@pytest.mark.parametrize("certified", [False, True])
@pytest.mark.parametrize("seconds", [0, 30, 200])
def test_an_audit_without_true_values_gives_the_same_verdict_when_it_is_late(
    seconds: float, certified: bool
) -> None:
    made = protect(wages(), TOWNS, Rule())
    cells = made.certificate(0.0)["cells"] if certified else []
    published = long_table(made.to_csv().encode(), "t.csv", values=False)
    late = audit_table(published, TOWNS, Rule(), cells, limited(seconds))
    assert late.status == audit_table(published, TOWNS, Rule(), cells).status == "safe"
    place = min(made.hidden - made.primary)  # somebody publishes a needed secondary again
    shown = ",".join([*made.cube.keys[place], f"{made.cube.entries[place].value}"])
    text = "\n".join(
        f"{shown},,published" if line.startswith(",".join(made.cube.keys[place]) + ",") else line
        for line in made.to_csv().splitlines()
    )
    open_ = long_table(text.encode(), "t.csv", values=False)
    assert (
        audit_table(open_, TOWNS, Rule(), cells, limited(seconds)).status
        == audit_table(open_, TOWNS, Rule(), cells).status
    )
