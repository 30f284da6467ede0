"""Tables that a search hands to the audit count only as far as every single sum and bound of them holds."""

from dataclasses import replace

import numpy as np
import pytest

from charteroak.disclosure import audit
from charteroak.disclosure.clock import Clock
from charteroak.disclosure.solutions import Change, Solutions
from charteroak.disclosure.tables import FIXED, Insider, LinkedTable

LATE = Clock(until=-np.inf)
S, A, B, T, U, V, W = range(7)
VALUES = np.array([250.0, 16, 34, 300, 2e7, 3e7, 5e7])


def table(*insiders: Insider) -> LinkedTable:
    """S + A + B = T and, elsewhere, U + V = W; S is sensitive, and A cannot give all that it needs."""
    room = np.where(np.arange(7) == S, 25.0, 0.0)
    return LinkedTable(
        labels=tuple("SABTUVW"), values=VALUES, lower=np.zeros(7), weight=np.ones(7), below=room, above=room,
        unit=np.where(np.isin(np.arange(7), [B, T, W]), FIXED, np.arange(7)),
        relations=(((T, 1.0), (S, -1.0), (A, -1.0), (B, -1.0)), ((W, 1.0), (U, -1.0), (V, -1.0))),
        cost=VALUES, insiders=insiders,
    )  # fmt: skip


def change(**amounts: float) -> Change:
    return np.array(["SABTUVW".index(name) for name in amounts]), np.array(list(amounts.values()))


def test_a_large_movement_elsewhere_lets_no_small_total_be_missed() -> None:
    changes = [change(S=25, A=-16, U=1e7, V=-1e7), change(S=-25, A=25, U=1e7, V=-1e7)]
    for clock in (LATE, Clock()):
        (found,) = audit(table(), [S, A, U, V], clock=clock, changes=changes)
        assert not found.safe
        assert found.high <= 266 + 1e-6


def test_a_large_movement_in_the_same_sum_excuses_no_small_one() -> None:
    """U moves by ten million beside S, which nothing that is hidden can make up for."""
    one = replace(table(), relations=(((T, 1.0), (S, -1.0), (A, -1.0), (B, -1.0), (U, -1.0), (V, -1.0)),))
    known = Solutions(
        one, np.ones(7, dtype=bool), [change(S=9, U=1e7, V=-1e7), change(S=4, A=-4, U=1e7, V=-1e7)]
    )
    assert known.extremes()[1][S] == 254


def test_a_large_movement_elsewhere_lets_no_small_figure_leave_its_bounds() -> None:
    least, most = Solutions(table(), np.ones(7, dtype=bool), [change(S=25, A=-25, U=1e7, V=-1e7)]).extremes()
    assert (least[S], most[S]) == (250, 250)
    assert most[U] == 2e7


def test_an_insider_who_knows_a_figure_refuses_only_the_tables_that_change_it() -> None:
    one = Insider("who knows A", {A: 16.0}, {A: 16.0})
    known = Solutions(
        table(one), np.ones(7, dtype=bool), [change(S=10, A=-10), change(S=5, B=-5), change(U=7, V=-7)]
    )
    assert [known.extremes(who)[1][S] for who in (None, one)] == [260, 255]
    assert [known.extremes(who)[0][A] for who in (None, one)] == [6, 16]
    assert [known.extremes(who)[1][U] for who in (None, one)] == [2e7 + 7, 2e7 + 7]


def test_what_nobody_knows_of_a_large_movement_is_no_excuse_before_an_insider() -> None:
    one = Insider("who knows A", {A: 16.0}, {A: 16.0})
    known = Solutions(table(one), np.ones(7, dtype=bool), [change(S=9, A=-9, U=1e7, V=-1e7)])
    assert known.extremes(one)[1][S] == pytest.approx(250)
    assert known.extremes()[1][S] == 259


def test_for_an_insider_whom_no_table_contradicts_nothing_is_worked_out_anew() -> None:
    known = Solutions(table(), np.ones(7, dtype=bool), [change(S=9, A=-9)])
    one = Insider("who knows B", {B: 34.0}, {B: 34.0})
    assert all(own is usual for own, usual in zip(known.extremes(one), known.extremes(), strict=True))
