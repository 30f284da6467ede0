"""A reader of a protected table: everything that fits what is published, as a linear program over hidden figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import highspy
import numpy as np

from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.tables import Floats, Insider, Ints, LinkedTable, Mask

ENDS = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)
APART = (1e-12, 1e-9, 1e-6)  # shares of the figures by which totals printed with few decimals can be off
SWEEPS = 20  # of bounds through the relations
FEW = 4  # figures that are asked one by one
WIDER = 4e-6  # of a figure that nobody knows: less might be the solver's tolerance alone
MET = 5e-7  # of a figure and its room, less than the audit tolerates
LOW, HIGH = 0, 1
SPARED = 0.9  # of the figures left: with more than that left over, they are asked one by one


Ranges = Mapping[int, tuple[float, float]]
NO_RANGES: Ranges = MappingProxyType({})


class Contradiction(ValueError):
    """The published figures cannot all be true."""


class Unsolved(ValueError):
    """The solver came to no end, and nothing that it met bounds a figure."""


@dataclass(frozen=True)
class Room:
    """What some figures need: values beyond theirs, or a width where the true value is not known."""

    low: Floats
    high: Floats
    width: Floats

    @classmethod
    def of(cls, table: LinkedTable, asked: Ints, ranges: Ranges = NO_RANGES) -> "Room":
        """`ranges` are what single figures must cover whatever their values."""
        values, below, above = table.values[asked], table.below[asked], table.above[asked]
        low, high = values - below, values + above
        for place in np.flatnonzero(np.isin(asked, list(ranges))).tolist():
            low[place], high[place] = ranges[int(asked[place])]
        return cls(low, high, below + above)

    def __getitem__(self, number: int) -> "Room":
        one = slice(number, number + 1)
        return Room(self.low[one], self.high[one], self.width[one])

    def shown(self, least: Floats, most: Floats, side: int) -> Mask:
        """Which of them reach so far to one side in the solutions met."""
        unknown = np.isnan(self.low)
        slack = MET * np.fmax(1.0, np.abs(self.low if side == LOW else self.high))
        reached = least <= self.low + slack if side == LOW else most >= self.high - slack
        width = np.maximum(self.width, WIDER * np.maximum(np.abs(least), np.abs(most)))
        return np.where(unknown, most - least >= np.where(self.width > 0, width, 0.0), reached)


class Reader:
    """Everything that fits what is published, as a linear program over the hidden figures."""

    def __init__(self, table: LinkedTable, figures: Ints) -> None:
        self.table, self.figures = table, figures
        self.column = np.full(len(table.values), -1)
        self.column[figures] = np.arange(figures.size)
        self.low = table.lower[figures].astype(float)
        self.high = np.broadcast_to(table.upper, table.values.shape)[figures].astype(float)
        self.given = (self.low.copy(), self.high.copy())
        rows, members, self.factors = table.entries
        shown = self.column[members] < 0
        known = np.zeros(len(table.relations))
        np.add.at(known, rows[shown], self.factors[shown] * table.values[members[shown]])
        rows, self.factors, self.places = rows[~shown], self.factors[~shown], self.column[members[~shown]]
        used, self.rows = np.unique(rows, return_inverse=True)
        self.right = -known[used]
        size = np.zeros(len(table.relations))
        np.maximum.at(size, table.entries[0][shown], np.abs(table.values[table.entries[1][shown]]))
        self.scale = np.maximum(size[used], 1.0)
        self.apart = list(APART)
        self.unsolved = self.cut = False
        self.least: Floats
        self.most: Floats
        self.clock = UNLIMITED
        self._begin()
        self.solver = self._program()

    def meet(self, least: Floats, most: Floats) -> None:
        """Take in how far figures lie in solutions that somebody else found."""
        self.least = np.fmin(self.least, least[self.figures])
        self.most = np.fmax(self.most, most[self.figures])

    def _begin(self) -> None:
        truth = self.table.values[self.figures]
        self.least, self.most = truth.copy(), truth.copy()  # over all solutions met
        self.least[np.isnan(truth)], self.most[np.isnan(truth)] = np.inf, -np.inf
        self._narrow()

    def know(self, insider: Insider) -> None:
        """From now on a reader who knows what is published and this insider's own, and no other's."""
        low, high = self.given[0].copy(), self.given[1].copy()
        for bounds, own, closer in ((low, insider.lower, max), (high, insider.upper, min)):
            for figure, bound in own.items():
                if (place := int(self.column[figure])) >= 0:
                    bounds[place] = closer(bounds[place], bound)
        if len(self.apart) < len(APART):  # what somebody else could not reconcile is no doubt of this one's
            self.apart = list(APART)
            self._loosen(0.0)
        columns = np.arange(self.figures.size, dtype=np.int32)
        self.solver.changeColsBounds(columns.size, columns, low, high)
        self.low, self.high = low, high
        self._begin()

    def connected(self, known: list[int], asked: Ints) -> Mask:
        """Which of the asked figures share hidden relations, directly or through others, with known ones."""
        reached = np.zeros(self.figures.size, dtype=bool)
        reached[[int(self.column[figure]) for figure in known if self.column[figure] >= 0]] = True
        while True:
            rows = np.zeros(self.right.size, dtype=bool)
            rows[self.rows[reached[self.places]]] = True
            wider = reached.copy()
            wider[self.places[rows[self.rows]]] = True
            if (wider == reached).all():
                found: Mask = reached[self.column[asked]]
                return found
            reached = wider

    def extremes(self, asked: Ints, clock: Clock, ranges: Ranges = NO_RANGES) -> tuple[Floats, Floats, Mask]:
        """Least and greatest value per asked figure, and whether they are; after the clock, what it needs.

        A program that is running when the clock stops is left, and begun again only where the room needed has not
        been met in any solution so far.
        """
        self.clock = clock
        places, room = self.column[asked], Room.of(self.table, asked, ranges)
        ends = np.empty((2, places.size))
        exact = np.ones(places.size, dtype=bool)
        self._together(places)
        pushed = False
        for number, place in enumerate(places.tolist()):
            late = clock.left <= 0
            if late and not pushed:
                pushed = True
                self._push(places, room, np.arange(places.size) >= number)
            for side in (LOW, HIGH):
                if late and self._shows(room, places, number, side):
                    ends[side, number], exact[number] = (self.least, self.most)[side][place], False
                    continue
                ends[side, number] = self._extreme(place, -1.0 if side else 1.0)
                if self.cut:
                    late, exact[number] = True, False
                    self.clock = Clock(until=-np.inf)  # what is needed now is not cut again
                    if not self._shows(room, places, number, side):
                        ends[side, number] = self._extreme(place, -1.0 if side else 1.0)
        return ends[0], ends[1], exact

    def _shows(self, room: Room, places: Ints, number: int, side: int) -> bool:
        one = places[number : number + 1]
        return bool(room[number].shown(self.least[one], self.most[one], side)[0])

    def _together(self, places: Ints) -> None:
        """A few solutions at once: all small, all large. They spare most single programs."""
        columns = places.astype(np.int32)
        for sense in (1.0, -1.0):
            if self.clock.left > 0:
                self.solver.changeColsCost(columns.size, columns, np.full(columns.size, sense))
                self._run()
        self.solver.changeColsCost(columns.size, columns, np.zeros(columns.size))

    def _push(self, places: Ints, room: Room, among: Mask) -> None:
        """Move all figures that have not shown their room as far as they go together, while that spares programs."""
        for side, sense in ((LOW, 1.0), (HIGH, -1.0)):
            left = places[among & ~room.shown(self.least[places], self.most[places], side)]
            while left.size > FEW:
                columns = left.astype(np.int32)
                self.solver.changeColsCost(columns.size, columns, np.full(columns.size, sense))
                self._run()
                self.solver.changeColsCost(columns.size, columns, np.zeros(columns.size))
                still = places[among & ~room.shown(self.least[places], self.most[places], side)]
                if still.size > SPARED * left.size:
                    break
                left = still

    def _extreme(self, place: int, sense: float) -> float:
        """The least (sense 1) or greatest (sense -1) value of one unknown; infinite when nothing bounds it."""
        self.cut = False
        bound = float((self.low if sense > 0 else self.high)[place])
        met = float((self.least if sense > 0 else self.most)[place])
        if abs(met - bound) <= 1e-9 * max(1.0, abs(bound)):
            return bound
        self.solver.changeColCost(place, sense)
        value = self._run()
        self.solver.changeColCost(place, 0.0)
        if value is not None:
            return float(value[place])
        if self.unsolved:  # fail closed: nothing wider than what was met is claimed
            if np.isinf(met) and not self.cut:
                raise Unsolved(
                    "the audit's linear program was not solved, so nothing is proven: figures are too large beside the "
                    "smallest ones; write the table in thousands or millions"
                )
            return met
        return float(-sense * np.inf)

    def _run(self) -> Floats | None:
        """A solution, remembered; None where the objective is boundless, or `unsolved`.

        The solver now and then gives up on a boundless program that it began from an earlier basis.
        """
        left = self.clock.left if self.clock.limited else np.inf
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + left if left > 0 else np.inf)
        self.solver.run()
        status = self.solver.getModelStatus()
        self.cut = status == highspy.HighsModelStatus.kTimeLimit
        if self.cut:
            self.unsolved = True
            return None
        if status not in ENDS:
            self.solver.clearSolver()
            self.solver.setOptionValue("presolve", "off")
            self.solver.run()
            status = self.solver.getModelStatus()
        self.unsolved = status not in ENDS
        if status == highspy.HighsModelStatus.kOptimal:
            value = np.array(self.solver.getSolution().col_value)
            self.least, self.most = np.minimum(self.least, value), np.maximum(self.most, value)
            return value
        if status == highspy.HighsModelStatus.kInfeasible:
            if self.apart:
                self._loosen(self.apart.pop(0))
                return self._run()
            raise Contradiction("no figures fit what is published: a total differs from the sum of its parts")
        return None

    def _loosen(self, share: float) -> None:
        """Let totals differ from their parts by this share, as printed decimals do; nobody can tell more."""
        slack = share * self.scale
        rows = np.arange(self.right.size, dtype=np.int32)
        self.solver.clearSolver()
        for row, low, high in zip(rows.tolist(), self.right - slack, self.right + slack, strict=True):
            self.solver.changeRowBounds(row, float(low), float(high))

    def _narrow(self) -> None:
        """Carry bounds through the relations: valid for every solution, and often all there is to know."""
        for _ in range(SWEEPS):
            before = (self.low.copy(), self.high.copy())
            ends = np.stack([self.factors * self.low[self.places], self.factors * self.high[self.places]])
            for side, sense in ((ends.min(0), 1.0), (ends.max(0), -1.0)):
                boundless = np.isinf(side)
                finite = np.where(boundless, 0.0, side)
                sums = np.bincount(self.rows, finite, minlength=self.right.size)[self.rows]
                open_ = np.bincount(self.rows, boundless, minlength=self.right.size)[self.rows]
                rest = np.where(open_ - boundless > 0, -sense * np.inf, sums - finite)
                with np.errstate(invalid="ignore"):
                    limit = np.where(
                        open_ - boundless > 0, np.inf, (self.right[self.rows] - rest) / self.factors
                    )
                above = (self.factors * sense > 0) & (open_ - boundless == 0)
                below = (self.factors * sense < 0) & (open_ - boundless == 0)
                np.minimum.at(self.high, self.places[above], limit[above])
                np.maximum.at(self.low, self.places[below], limit[below])
            if np.array_equal(before[0], self.low) and np.array_equal(before[1], self.high):
                return

    def _program(self) -> highspy.Highs:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.figures.size, self.right.size
        model.col_cost_ = np.zeros(self.figures.size)
        model.row_lower_ = model.row_upper_ = self.right
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.concatenate([[0], np.cumsum(np.bincount(self.rows, minlength=self.right.size))])
        matrix.index_, matrix.value_ = self.places.astype(np.int32), self.factors
        program = highspy.Highs()
        program.setOptionValue("output_flag", False)
        program.setOptionValue("threads", 1)
        model.col_lower_, model.col_upper_ = self.given
        program.passModel(model)
        return program
