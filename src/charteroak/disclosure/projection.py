"""A quick proof that a new number is about enough people, however it is combined with all known ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charteroak.disclosure.atoms import Atoms, Ids
from charteroak.disclosure.released import Released

Vector = NDArray[np.float64]
RIDGE = 1e-9  # of the largest diagonal entry: totals make the known numbers depend on each other
REFINEMENTS = 4
EXACT = 1e-6  # people by which a proof may fail to be orthogonal to a known number


class Projection:
    """What is left of each number when it is projected off all numbers before it, and the proof that makes.

    The score of a number v is max v·λ over |λ_j| ≤ n_j with Aλ = 0 (see `program.Differences`), so every such λ is
    a lower bound. The residual r of v after weighted least squares on A gives one: λ = n r / max|r|. It takes one
    factorisation for all numbers, and no linear program. Numbers are ordered: table by table, cell by cell.
    """

    def __init__(self, tables: Sequence[Released], found: Atoms) -> None:
        self.found, self.places = found, found.classes
        self.exact = all(cell.slack == 0 for table in tables for cell in table.cells)
        self.inside = [_inside(table) for table in tables]
        self.starts = np.cumsum([0, *(len(one) for one in self.inside)])
        gram = self._gram()
        gram[np.diag_indices_from(gram)] += RIDGE * max(float(gram.diagonal().max(initial=0.0)), 1.0)
        self.lower = np.linalg.cholesky(gram)
        self.inverse = np.linalg.inv(self.lower)

    def bound(self, table: int, cell: int) -> float:
        """People that a number is surely about, less any combination of the numbers before it.

        Infinite: it is such a combination itself, and tells nothing new. 0: nothing is shown.
        """
        at = int(self.starts[table]) + cell
        own = self.inside[table][cell][self.places[table]]
        inverse, factors = self.inverse[:at, :at], np.zeros(len(self.lower))
        factors[:at] = self.lower[at, :at] @ inverse  # the factor's row is the forward substitution
        for _ in range(REFINEMENTS):
            rest = own - self._combined(factors, at)
            wrong = self._known(rest, at)
            if float(np.abs(wrong).max(initial=0.0)) <= EXACT:
                break
            factors[:at] += (inverse @ wrong) @ inverse
        else:
            return 0.0
        largest = float(np.abs(rest).max(initial=0.0))
        if largest <= EXACT:
            return float("inf") if self.exact else 0.0
        return float(self.found.sizes @ (own * rest)) / largest

    def _gram(self) -> Vector:
        """How many people each two numbers share."""
        gram = np.zeros((int(self.starts[-1]), int(self.starts[-1])))
        for one, first in enumerate(self.inside):
            for two, second in enumerate(self.inside[: one + 1]):
                both = _shared(
                    self.places[one], self.places[two], self.found.sizes, first.shape[1], second.shape[1]
                )
                block = first.astype(float) @ both @ second.T.astype(float)
                gram[self._rows(one), self._rows(two)] = block
                gram[self._rows(two), self._rows(one)] = block.T
        return gram

    def _rows(self, table: int) -> slice:
        return slice(int(self.starts[table]), int(self.starts[table + 1]))

    def _combined(self, factors: Vector, before: int) -> Vector:
        """Per atom, the sum of the factors of the numbers that it is in."""
        total = np.zeros(len(self.found.sizes))
        for table, inside in enumerate(self.inside):
            if self.starts[table] < before:
                total += (factors[self._rows(table)] @ inside)[self.places[table]]
        return total

    def _known(self, rest: Vector, before: int) -> Vector:
        """Per number before, the people that `rest` still leaves in it."""
        weighted = self.found.sizes * rest
        found = [
            inside @ np.bincount(self.places[table], weights=weighted, minlength=inside.shape[1])
            for table, inside in enumerate(self.inside)
            if self.starts[table] < before
        ]
        return np.concatenate(found)[:before] if found else np.zeros(0)


def _inside(table: Released) -> NDArray[np.bool_]:
    """Which cells hold which classes; class 0 is everybody whom the table does not cover."""
    inside = np.zeros((len(table.cells), int(table.classes.max(initial=-1)) + 2), dtype=bool)
    for at, cell in enumerate(table.cells):
        inside[at, np.array(cell.classes, dtype=np.int64) + 1] = True
    return inside


def _shared(one: Ids, two: Ids, sizes: Vector, height: int, width: int) -> Vector:
    return np.bincount(one * width + two, weights=sizes, minlength=height * width).reshape(height, width)
