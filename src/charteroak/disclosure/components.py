"""Hidden figures fall into components that no relation binds: small systems, each solved by itself.

A movement changes published sums in no relation, so it never leaves the component of the figure it shifts.
Protected tables of any size have many small ones; that is what replaces a decomposition into sub-tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from charteroak.disclosure.tables import Ints, LinkedTable, Mask


@dataclass(frozen=True)
class Component:
    """Figures bound to each other, ascending, and the places of their entries in the table's `entries`."""

    figures: Ints
    entries: Ints


class Components:
    """The components of the figures that may move. `label` numbers them per figure; -1: does not move."""

    def __init__(self, table: LinkedTable, moving: Mask) -> None:
        rows, figures, _ = table.entries
        inside = np.flatnonzero(moving[figures])
        self.label = bound_together(moving, rows[inside], figures[inside], len(table.relations))
        where = np.flatnonzero(moving)
        self._figures = where[np.argsort(self.label[where], kind="stable")]
        self._figure_ends = _Ends(self.label[self._figures])
        self._entries = inside[np.argsort(self.label[figures[inside]], kind="stable")]
        self._entry_ends = _Ends(self.label[figures[self._entries]])

    def __getitem__(self, label: int) -> Component:
        return Component(self._figures[self._figure_ends[label]], self._entries[self._entry_ends[label]])

    def __iter__(self) -> Iterator[int]:
        return iter(np.unique(self.label[self.label >= 0]).tolist())


class _Ends:
    """The stretch of each label in a sorted list of labels."""

    def __init__(self, labels: Ints) -> None:
        self.labels = labels

    def __getitem__(self, label: int) -> slice:
        first, last = np.searchsorted(self.labels, [label, label + 1])
        return slice(int(first), int(last))


def bound_together(moving: Mask, rows: Ints, columns: Ints, count: int) -> Ints:
    """Per column a number common to all that rows bind together: the least of them; -1: not moving.

    `rows` (below `count`) and `columns` are the entries of a matrix, moving columns only.
    """
    size = moving.size
    label = np.where(moving, np.arange(size), -1)
    while True:  # spread through rows until nothing changes
        least = np.full(count, size)
        np.minimum.at(least, rows, label[columns])
        wider = label.copy()
        np.minimum.at(wider, columns, least[rows])
        wider[moving] = wider[wider[moving]]  # as far as the neighbour has come
        if np.array_equal(wider, label):
            return label
        label = wider
