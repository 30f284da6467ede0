"""A quick proof that a new number is about enough people, however it is combined with all known ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charteroak.disclosure.atoms import Atoms, Ids
from charteroak.disclosure.released import Released

Vector = NDArray[np.float64]
RIDGE = 1e-10  # of the largest diagonal entry: totals make the known numbers depend on each other
REFINEMENTS = 4
EXACT = 1e-6  # people by which a proof may fail to be orthogonal to a known number


class Projection:
    """What is left of each number when it is projected off all numbers before it, and the proof that makes.

    The score of a number v is max v·λ over |λ_j| ≤ n_j with Aλ = 0 (see `program.Differences`), so every such λ is
    a lower bound. The residual r of v after weighted least squares on A gives one: λ = n r / max|r|. It takes one
    factorisation for all numbers, and no linear program. Numbers are ordered: table by table, cell by cell.
    """

    def __init__(self, tables: Sequence[Released], found: Atoms) -> None:
        self.sizes, self.places = found.sizes, found.classes
        self.exact = all(cell.slack == 0 for table in tables for cell in table.cells)
        self.inside = [_inside(table) for table in tables]
        self.starts = np.cumsum([0, *(len(one) for one in self.inside)])
        self.gram = self._gram()

    def bounds(self, table: int) -> list[float]:
        """Per cell of a table, the people that it is surely about less any combination of the numbers before it.

        Infinite: it is such a combination itself, and tells nothing new. 0: nothing is shown.
        """
        rows = range(int(self.starts[table]), int(self.starts[table + 1]))
        factors, proven = self._factors(rows)
        return [
            self._bound(table, cell, factors[cell]) if proven[cell] else 0.0 for cell in range(len(factors))
        ]

    def _factors(self, rows: range) -> tuple[Vector, NDArray[np.bool_]]:
        """Least-squares factors of all numbers before each of these rows, and whether they are exact enough."""
        size = rows.stop
        gram, before = self.gram[:size, :size], np.arange(size) < np.array(rows)[:, None]
        own = np.where(before, gram[rows.start :], 0.0)
        factors, wrong = np.zeros(own.shape), own
        try:
            ridge = RIDGE * max(float(gram.diagonal().max(initial=0.0)), 1.0)
            inverse = np.linalg.inv(np.linalg.cholesky(gram + ridge * np.eye(size)))
        except np.linalg.LinAlgError:
            return factors, np.zeros(len(rows), dtype=bool)
        for _ in range(REFINEMENTS):
            # a leading block of the factor's inverse is the inverse of the leading block
            factors += np.where(before, wrong @ inverse.T, 0.0) @ inverse
            wrong = np.where(before, own - factors @ gram, 0.0)
            if float(np.abs(wrong).max(initial=0.0)) <= EXACT:
                break
        return factors, np.abs(wrong).max(1, initial=0.0) <= EXACT

    def _bound(self, table: int, cell: int, factors: Vector) -> float:
        own = self.inside[table][cell][self.places[table]]
        rest = own.astype(float)
        for place, inside in enumerate(self.inside[: table + 1]):
            some = factors[int(self.starts[place]) : int(self.starts[place + 1])]
            rest -= (some @ inside)[self.places[place]]
        largest = float(np.abs(rest).max(initial=0.0))
        if largest <= EXACT:
            return float("inf") if self.exact else 0.0
        return float(self.sizes @ (own * rest)) / largest

    def _gram(self) -> Vector:
        """How many people each two numbers share."""
        gram = np.zeros((int(self.starts[-1]), int(self.starts[-1])))
        for one, first in enumerate(self.inside):
            for two, second in enumerate(self.inside[: one + 1]):
                both = _shared(
                    self.places[one], self.places[two], self.sizes, first.shape[1], second.shape[1]
                )
                block = first.astype(float) @ both @ second.T.astype(float)
                gram[self._rows(one), self._rows(two)] = block
                gram[self._rows(two), self._rows(one)] = block.T
        return gram

    def _rows(self, table: int) -> slice:
        return slice(int(self.starts[table]), int(self.starts[table + 1]))


def _inside(table: Released) -> NDArray[np.bool_]:
    """Which cells hold which classes; class 0 is everybody whom the table does not cover."""
    inside = np.zeros((len(table.cells), int(table.classes.max(initial=-1)) + 2), dtype=bool)
    for at, cell in enumerate(table.cells):
        inside[at, np.array(cell.classes, dtype=np.int64) + 1] = True
    return inside


def _shared(one: Ids, two: Ids, sizes: Vector, height: int, width: int) -> Vector:
    counted = np.bincount(one * width + two, weights=sizes, minlength=height * width)
    return np.asarray(counted, dtype=np.float64).reshape(height, width)
