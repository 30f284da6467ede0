"""Other tables that fit what is published, as proofs handed to the auditor: each is checked before it counts."""

from collections.abc import Iterable

import numpy as np

from charteroak.disclosure.tables import Floats, Insider, Ints, LinkedTable, Mask

SLACK = 1e-6  # of the largest change, at least of one: what the solver's own tolerance leaves
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
        self.slack = SLACK * np.array([max(1.0, float(np.abs(amounts).max())) for _, amounts in found])
        self._keep(self._fitting(hidden))

    def extremes(self, insider: Insider | None = None) -> tuple[Floats, Floats]:
        """The least and greatest value of each figure, over the tables that also fit what an insider knows."""
        kept = self._within(insider) if insider is not None else np.ones(self.slack.size, dtype=bool)
        at = kept[self.which]
        least, most = self.table.values.copy(), self.table.values.copy()
        values = self.table.values[self.figures[at]] + self.amounts[at]
        np.minimum.at(least, self.figures[at], values)
        np.maximum.at(most, self.figures[at], values)
        return least, most

    def _keep(self, kept: Mask) -> None:
        at = kept[self.which]
        self.figures, self.amounts = self.figures[at], self.amounts[at]
        self.which = (np.cumsum(kept) - 1)[self.which[at]]
        self.slack = self.slack[kept]

    def _fitting(self, hidden: Mask) -> Mask:
        table, which, figures, amounts = self.table, self.which, self.figures, self.amounts
        moved = table.values[figures] + amounts
        low, high = table.lower[figures], np.broadcast_to(table.upper, table.values.shape)[figures]
        slack = self.slack[which]
        wrong = ~hidden[figures] | (moved < low - slack) | (moved > high + slack)
        kept: Mask = np.bincount(which, wrong, minlength=self.slack.size) == 0
        order, starts = table.by_figure
        first = starts[figures]
        lengths = starts[figures + 1] - first
        within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        entries = order[np.repeat(first, lengths) + within]  # of every figure that moves
        rows, _, factors = table.entries
        keys = np.repeat(which, lengths) * max(1, len(table.relations)) + rows[entries]
        sums, at = np.unique(keys, return_inverse=True)
        left = np.abs(np.bincount(at, factors[entries] * np.repeat(amounts, lengths), minlength=sums.size))
        of = sums // max(1, len(table.relations))
        kept[of[left > self.slack[of]]] = False
        return kept

    def _within(self, insider: Insider) -> Mask:
        """Which tables agree with everything that somebody knows; what does not change is as it is known to be."""
        known = np.unique(np.array([*insider.lower, *insider.upper], dtype=np.int64))
        low = np.array([insider.lower.get(figure, -np.inf) for figure in known.tolist()])
        high = np.array([insider.upper.get(figure, np.inf) for figure in known.tolist()])
        touched = np.flatnonzero(np.isin(self.figures, known))
        place = np.searchsorted(known, self.figures[touched])
        moved, slack = (
            self.table.values[self.figures[touched]] + self.amounts[touched],
            self.slack[self.which[touched]],
        )
        wrong = (moved < low[place] - slack) | (moved > high[place] + slack)
        fitting: Mask = np.bincount(self.which[touched], wrong, minlength=self.slack.size) == 0
        return fitting
