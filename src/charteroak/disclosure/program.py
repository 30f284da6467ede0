"""The linear program of differencing: how few people could a new number, less known ones, be about?"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from charteroak.disclosure.atoms import joined

Vector = NDArray[np.float64]
ROUNDS = 30  # of adding columns


class NotProven(Exception):
    """The program did not end within its cap."""


@dataclass(frozen=True)
class Score:
    """`people` that a new number can be narrowed down to; `used`: the factor of each known number in it;
    `rest`: the factor with which each atom remains."""

    people: float
    used: Vector
    rest: Vector


class Differences:
    """Scores sets of people against known ones: min over y of Σ n_j |v_j - (yA)_j| + Σ u_i |y_i|.

    Solved as its dual, max v·λ with |Aλ| ≤ u and |λ_j| ≤ n_j: n_j people in atom j, u_i the slack of number i.
    Only some atoms are columns at first; others enter when they would change the answer. A score of at least
    `enough` is not computed further. 0: derivable already. Below k: the number less known ones is about fewer
    than k people. Numbers combined with factors below 1 for the new one are not covered.
    Source: linear disclosure as in Fischetti and Salazar (2001); the least-absolute form is our own.
    """

    def __init__(
        self, sizes: Vector, enough: float, *, columns: int = 1 << 30, seconds: float = float("inf")
    ) -> None:
        self.sizes, self.enough, self.seconds = sizes, enough, seconds
        largest = np.argsort(-sizes, kind="stable")[:columns]
        self.chosen = np.sort(largest)
        self.spent = 0.0  # seconds, by the solver's own count
        self.rows: list[NDArray[np.bool_]] = []
        self.slack: list[float] = []
        self.known: set[tuple[int, int]] = set()
        self.marks = _marks(len(sizes))
        # atoms in the same known numbers have one number here: a cheap lower bound of the score
        self.alike = np.zeros(len(sizes), dtype=np.int64)
        self.solver: highspy.Highs | None = None  # made when first needed

    def _solver(self) -> highspy.Highs:
        solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            solver.setOptionValue(option, value)
        if np.isfinite(self.seconds):
            solver.setOptionValue("time_limit", max(self.seconds - self.spent, 0.0))
        solver.addVars(len(self.chosen), -self.sizes[self.chosen], self.sizes[self.chosen])
        for row, slack in zip(self.rows, self.slack, strict=True):
            self._row(solver, row, slack)
        return solver

    def _row(self, solver: highspy.Highs, row: NDArray[np.bool_], slack: float) -> None:
        inside = np.flatnonzero(row[self.chosen]).astype(np.int32)
        solver.addRow(-slack, slack, len(inside), inside, np.ones(len(inside)))

    def split(self, classes: NDArray[np.int64]) -> None:
        """Numbers to be added next do not tell apart atoms of one class: said once for all of a table's."""
        self.alike = joined(self.alike, classes)

    def add(self, row: NDArray[np.bool_], slack: float, *, splitting: bool = True) -> None:
        """From now on this number is known. `splitting`: no `split` spoke for it."""
        if self.derivable(row):
            return
        if slack == 0.0:
            self.known.add(self._digest(row))
        self.rows.append(row)
        self.slack.append(slack)
        if splitting:
            self.split(row.astype(np.int64))
        if self.solver is not None:
            self._row(self.solver, row, slack)

    def derivable(self, row: NDArray[np.bool_]) -> bool:
        return self._digest(row) in self.known

    def _digest(self, row: NDArray[np.bool_]) -> tuple[int, int]:
        """Equal for equal sets; two sets of one size share it with a chance of 1 in 2^64."""
        return int(np.count_nonzero(row)), int(np.add.reduce(self.marks, where=row))

    def bound(self, row: NDArray[np.bool_]) -> float:
        """A lower bound of the score: in atoms alike to all known numbers, the smaller of both sides."""
        inside = np.bincount(self.alike, weights=self.sizes * row)
        outside = np.bincount(self.alike, weights=self.sizes * ~row)
        return float(np.minimum(inside, outside).sum())

    def score(self, row: NDArray[np.bool_], side: int = 0) -> Score:
        """The score of one set; with side 1 or -1, only combinations that remain with one sign are meant.

        Infinite people: there is no such combination. Raises NotProven at the cap.
        """
        for _ in range(ROUNDS):
            if self.spent >= self.seconds:
                raise NotProven
            found = self._solve(row, side)
            if found.people >= self.enough or len(self.chosen) == len(self.sizes):
                return found
            upper = float((self.sizes * np.abs(found.rest)).sum() + np.abs(found.used) @ np.array(self.slack))
            if upper <= found.people + 1e-6:
                return found
            weight = self.sizes * np.abs(found.rest)
            weight[self.chosen] = 0.0
            entering = np.argsort(-weight, kind="stable")[: max(len(self.chosen) // 2, 64)]
            self.chosen = np.sort(np.concatenate([self.chosen, entering[weight[entering] > 0]]))
            self.solver = None
        raise NotProven

    def _solve(self, row: NDArray[np.bool_], side: int) -> Score:
        if self.solver is None:
            self.solver = self._solver()
        columns = np.arange(len(self.chosen), dtype=np.int32)
        sizes = self.sizes[self.chosen]
        before = self.solver.getRunTime()
        if side:
            low, high = (
                (-np.full(len(sizes), np.inf), sizes) if side > 0 else (-sizes, np.full(len(sizes), np.inf))
            )
            self.solver.changeColsBounds(len(columns), columns, low, high)
        self.solver.changeColsCost(len(columns), columns, -row[self.chosen].astype(float))
        self.solver.run()
        self.spent += self.solver.getRunTime() - before
        status = self.solver.getModelStatus()
        solution = self.solver.getSolution()
        people = -self.solver.getInfo().objective_function_value
        if side:
            self.solver.changeColsBounds(len(columns), columns, -sizes, sizes)
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Score(float("inf"), np.zeros(len(self.rows)), np.zeros(len(self.sizes)))
        if status != highspy.HighsModelStatus.kOptimal:
            raise NotProven
        used = -np.array(solution.row_dual)
        rest = row.astype(float)
        for at in np.flatnonzero(np.abs(used) > 1e-9):
            rest[self.rows[at]] -= used[at]
        rest[np.abs(rest) < 1e-9] = 0.0
        return Score(people, used, rest)


def _marks(number: int) -> NDArray[np.uint64]:
    """A 64-bit number for each atom, spread as evenly as chance would. Source: Steele et al. (2014), SplitMix64."""
    mixed = np.arange(1, number + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
