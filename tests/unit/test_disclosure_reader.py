"""What one reader knows is no other reader's: the audit asks for each insider by the same program, begun anew."""

from dataclasses import replace

import highspy
import numpy as np
import pytest

from charteroak.disclosure.audit import audit
from charteroak.disclosure.clock import Clock
from charteroak.disclosure.tables import FIXED, Insider, LinkedTable

# two sums of two hidden figures each; of the second, one part of a thousand million is published
VALUES = np.array([4e8, 6e8, 1e9 + 500.0, 100.0, 60.0, 1e9 + 160.0, 1e9])
ROOM = np.array([0, 0, 0, 10.0, 0, 0, 0])
TABLE = LinkedTable(
    labels=tuple("abscdtp"),
    values=VALUES,
    lower=np.zeros(7),
    weight=np.ones(7),
    below=ROOM,
    above=ROOM,
    unit=np.array([0, 1, FIXED, 2, 3, FIXED, FIXED]),
    relations=(((0, -1.0), (1, -1.0), (2, 1.0)), ((3, -1.0), (4, -1.0), (6, -1.0), (5, 1.0))),
    cost=np.ones(4),
)
DOUBTFUL = Insider("doubtful", {0: 4e8, 1: 6e8, 4: 0.0}, {0: 4e8, 1: 6e8})  # off by 500 in a thousand million


@pytest.mark.parametrize(
    ("knows", "low", "high"), [((55.0, 65.0), 95.0, 105.0), ((60.0, 60.0), 100.0, 100.0)]
)
def test_an_insiders_contradiction_widens_nobody_elses_range(
    knows: tuple[float, float], low: float, high: float
) -> None:
    insider = Insider("exact", {4: knows[0]}, {4: knows[1]})
    for insiders in ((insider,), (DOUBTFUL, insider)):
        found = audit(replace(TABLE, insiders=insiders), [0, 1, 2, 3])
        (seen,) = [one for one in found if one.attacker == "exact"]
        assert (seen.low, seen.high) == pytest.approx((low, high), abs=1e-3)
        assert not seen.safe


@pytest.mark.parametrize("cut", range(1, 4))
def test_a_program_that_the_clock_cuts_is_begun_again_where_nothing_was_met_yet(
    cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without true values the first programs' solutions are all there is to go by."""
    blank = replace(TABLE, values=np.where(np.isin(np.arange(7), [0, 1, 3, 4]), np.nan, VALUES))
    whole = [(one.low, one.high) for one in audit(blank, [0, 1, 2, 3], True)]
    ends, status = [highspy.HighsModelStatus.kTimeLimit] * cut, highspy.Highs.getModelStatus
    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda self: ends.pop() if ends else status(self))
    found = audit(blank, [0, 1, 2, 3], True, Clock(until=5.0))
    assert not ends
    assert [(one.low, one.high) for one in found if one.exact] == [
        ends for ends, one in zip(whole, found, strict=True) if one.exact
    ]
    assert all(one.safe for one in found if one.figure == 3)
    for one, (low, high) in zip(found, whole, strict=True):
        assert low - 1e-3 <= one.low <= one.high <= high + 1e-3
