"""Atoms: groups of people whom no table of several tells apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charteroak.disclosure.released import Released

Ids = NDArray[np.int64]
OUTSIDE = 0  # of a table; its classes are numbered from 1 here


def aligned(table: Released, people: NDArray[np.uint64]) -> Ids:
    """Each person's class in a table, plus one, and OUTSIDE for whom it does not cover; `people` is sorted."""
    found = np.zeros(len(people), dtype=np.int64)
    if len(table.keys):
        found[np.searchsorted(people, table.keys)] = table.classes.astype(np.int64) + 1
    return found


def joined(atoms: Ids, classes: Ids) -> Ids:
    """The coarsest atoms that refine both, numbered from 0 without gaps."""
    width = int(classes.max(initial=0)) + 1
    both = atoms * width + classes
    size = (int(atoms.max(initial=0)) + 1) * width
    if size > 8 * len(both) + (1 << 20):  # sparse: sort instead of counting
        return np.asarray(np.unique(both, return_inverse=True)[1], dtype=np.int64)
    present = np.zeros(size, dtype=np.int64)
    present[both] = 1
    return np.asarray((np.cumsum(present) - 1)[both])


@dataclass(frozen=True)
class Atoms:
    """Atoms of some tables over one population: of each person, sizes, and of each table the atom's class."""

    of: Ids
    sizes: NDArray[np.float64]
    classes: tuple[Ids, ...]

    def sets(self, table: Released, place: int) -> NDArray[np.bool_]:
        """The cells of the table at `place` as sets of atoms, shape (cells, atoms)."""
        return members(table, self.classes[place])


def atoms(tables: Sequence[Ids]) -> Atoms:
    """Of tables given as each person's class in them."""
    of = np.zeros(len(tables[0]) if tables else 0, dtype=np.int64)
    for classes in tables:
        of = joined(of, classes)
    number = int(of.max(initial=-1)) + 1
    one = np.zeros(number, dtype=np.int64)
    one[of] = np.arange(len(of))  # somebody of each atom speaks for it
    return Atoms(
        of, np.bincount(of, minlength=number).astype(float), tuple(classes[one] for classes in tables)
    )


def members(table: Released, classes: Ids) -> NDArray[np.bool_]:
    """Which groups of people, each of one class of the table, lie in which of its cells."""
    width = int(table.classes.max(initial=-1)) + 2
    inside = np.zeros((len(table.cells), width), dtype=bool)
    for at, cell in enumerate(table.cells):
        inside[at, np.array(cell.classes, dtype=np.int64) + 1] = True
    return np.asarray(inside[:, classes])
