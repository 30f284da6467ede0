"""Other tables that fit what is published, as proofs handed to the auditor: each is checked before it counts."""

from collections.abc import Iterable

import numpy as np

from charteroak.disclosure.tables import Floats, Insider, Ints, LinkedTable, Mask

SLACK, DIGITS = 1e-6, 1e-9  # what the solver's tolerance leaves of a sum, and of the largest change in it
Change = tuple[Ints, Floats]  # figures, and by how much they differ from the true ones


class Solutions:
    """How far from their true values figures are in tables that no reader can tell from the true one."""

    def __init__(self, table: LinkedTable, hidden: Mask, changes: Iterable[Change]) -> None:
        """Kept are those changes that keep every sum, every published figure and every bound."""
        self.table = table
        found = [change for change in changes if change[0].size]
        self.which = np.repeat(np.arange(len(found)), [figures.size for figures, _ in found])
        self.figures = np.concatenate([figures for figures, _ in found] or [np.zeros(0, dtype=np.int64)])
        self.amounts = np.concatenate([amounts for _, amounts in found] or [np.zeros(0)])
        self.size = len(found)
        self._keep(self._fitting(hidden))
        self.starts = np.searchsorted(self.which, np.arange(self.size + 1))
        self.by_figure = np.argsort(self.figures, kind="stable")
        self.sorted = self.figures[self.by_figure]
        self.least, self.most = table.values.copy(), table.values.copy()
        self._widen(self.least, self.most, np.arange(self.figures.size))

    def extremes(self, insider: Insider | None = None) -> tuple[Floats, Floats]:
        """The least and greatest value of each figure, over the tables that also fit what an insider knows.

        Of all that is known, only what stands in a table that the insider can refuse is looked at again.
        """
        refused = self._refused(insider) if insider is not None else np.zeros(0, dtype=np.int64)
        if not refused.size:
            return self.least, self.most
        lost = np.unique(self.figures[_spans(self.starts[refused], self.starts[refused + 1])])
        least, most = self.least.copy(), self.most.copy()
        least[lost] = most[lost] = self.table.values[lost]
        again = self._of(lost)
        self._widen(least, most, again[~np.isin(self.which[again], refused)])
        return least, most

    def _widen(self, least: Floats, most: Floats, at: Ints) -> None:
        """Take in the values that some entries give; nobody believes in one beyond a figure's own bounds."""
        figures = self.figures[at]
        high = np.broadcast_to(self.table.upper, self.table.values.shape)[figures]
        values = np.clip(self.table.values[figures] + self.amounts[at], self.table.lower[figures], high)
        np.minimum.at(least, figures, values)
        np.maximum.at(most, figures, values)

    def _of(self, figures: Ints) -> Ints:
        """The entries of some figures."""
        first, last = (np.searchsorted(self.sorted, figures, side) for side in ("left", "right"))
        return self.by_figure[_spans(first, last)]

    def _keep(self, kept: Mask) -> None:
        at = kept[self.which]
        self.figures, self.amounts = self.figures[at], self.amounts[at]
        self.which = (np.cumsum(kept) - 1)[self.which[at]]
        self.size = int(kept.sum())

    def _fitting(self, hidden: Mask) -> Mask:
        table, which, figures, amounts = self.table, self.which, self.figures, self.amounts
        moved = table.values[figures] + amounts
        low, high = table.lower[figures], np.broadcast_to(table.upper, table.values.shape)[figures]
        slack = _slack(amounts)
        wrong = ~hidden[figures] | (moved < low - slack) | (moved > high + slack)
        kept: Mask = np.bincount(which, wrong, minlength=self.size) == 0
        order, starts = table.by_figure
        lengths = starts[figures + 1] - starts[figures]
        entries = order[_spans(starts[figures], starts[figures + 1])]  # of every figure that moves
        rows, _, factors = table.entries
        keys = np.repeat(which, lengths) * max(1, len(table.relations)) + rows[entries]
        sums, at = np.unique(keys, return_inverse=True)
        shares = factors[entries] * np.repeat(amounts, lengths)
        largest = np.zeros(sums.size)
        np.maximum.at(largest, at, np.abs(shares))
        left = np.abs(np.bincount(at, shares, minlength=sums.size))
        kept[(sums // max(1, len(table.relations)))[left > _slack(largest)]] = False
        return kept

    def _refused(self, insider: Insider) -> Ints:
        """Which tables disagree with what somebody knows; what does not change is as it is known to be."""
        known = np.unique(np.array([*insider.lower, *insider.upper], dtype=np.int64))
        low = np.array([insider.lower.get(figure, -np.inf) for figure in known.tolist()])
        high = np.array([insider.upper.get(figure, np.inf) for figure in known.tolist()])
        touched = self._of(known)
        place = np.searchsorted(known, self.figures[touched])
        moved, slack = self.table.values[known[place]] + self.amounts[touched], _slack(self.amounts[touched])
        wrong = (moved < low[place] - slack) | (moved > high[place] + slack)
        return np.unique(self.which[touched[wrong]])


def _slack(changes: Floats) -> Floats:
    return np.maximum(SLACK, DIGITS * np.abs(changes))


def _spans(first: Ints, last: Ints) -> Ints:
    """All numbers from each first to before its last, one span after another."""
    lengths = last - first
    found: Ints = np.arange(int(lengths.sum())) + np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    return found
