"""What all released tables say together: each new number scored against every one released before."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from charteroak.disclosure.atoms import Atoms, Ids, aligned, atoms, joined, members
from charteroak.disclosure.program import Differences, NotProven, Score
from charteroak.disclosure.projection import Projection
from charteroak.disclosure.released import NUMERATOR, Cell, Keys, Released
from charteroak.disclosure.verdicts import Verdict

EPSILON = 1e-6
MARGIN = 1.001  # of the threshold, for what is only as exact as its arithmetic
OTHER_TABLE = "Publish one of the two tables, or use the same people in both."
UNPROVEN = (
    "Too many tables to be tested together: a person must compare the populations and filters of the tables."
)


@dataclass(frozen=True)
class Caps:
    """How far the tests go: atoms and known numbers of the family (T1); of the whole (T2) the known numbers that are
    projected off each other, then seconds and columns of the linear program, as its solver counts them.
    """

    atoms: int = 600
    rows: int = 600
    known: int = 4_000
    columns: int = 2_000
    seconds: float = 60.0


@dataclass(frozen=True)
class Found:
    """A new number that, less known ones, is about fewer people than the threshold."""

    table: str
    cell: str
    people: float
    others: tuple[str, ...]  # the tables it combines with; its own among them when its own numbers suffice


@dataclass(frozen=True)
class Answer:
    """What the tests found, how many earlier tables the proof covers, and how many there are."""

    found: tuple[Found, ...]
    proven: int
    earlier: int
    unproven: tuple[str, ...] = ()  # tables of the submission with numbers that no tier decided


@dataclass(frozen=True)
class Ledger:
    """Released tables over one population of hashed person keys.

    `across_projects`: the keys are a lasting hash that every contributor's clause permits, so that the tables of
    other projects are among them; else only the project's own are, under its pseudonyms, and the ledger ends
    with its extract. The key itself is never here.
    """

    tables: tuple[Released, ...] = ()
    across_projects: bool = False
    people: Keys = field(default_factory=lambda: np.zeros(0, dtype=np.uint64), repr=False, compare=False)
    placed: tuple[Ids, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def of(cls, tables: Sequence[Released], *, across_projects: bool = False) -> "Ledger":
        return cls(across_projects=across_projects).adding(*tables)

    def adding(self, *tables: Released) -> "Ledger":
        """The ledger after these tables are released."""
        people = self.people
        strangers = [table.keys[~_among(people, table.keys)] for table in tables]
        if any(map(len, strangers)):
            people = np.unique(np.concatenate([people, *strangers]))
        if len(people) == len(self.people):
            placed = (*self.placed, *(aligned(table, people) for table in tables))
        else:
            placed = tuple(aligned(table, people) for table in (*self.tables, *tables))
        return replace(self, tables=(*self.tables, *tables), people=people, placed=placed)

    def score(self, submission: Sequence[Released], minimum_people: int, caps: Caps | None = None) -> Answer:
        """Test the cells of a submission one at a time against all earlier ones and those before them.

        T0: each cell less each earlier one. T1: with the tables that split the people least, all numbers in any
        combination. T2, where tables are left over and nothing is found: the same with all tables, until a cap;
        what it does not decide is unproven. A cell about fewer people than the threshold fails by its own rule
        and is only added.
        """
        caps, earlier = caps or Caps(), len(self.tables)
        if not submission or minimum_people <= 1:
            return Answer((), earlier, earlier)
        together = self.adding(*submission)
        own = together.placed[earlier:]
        base = atoms(own)
        family = _family(together, base, earlier, caps)
        pairs = [i for i in range(earlier) if i not in family]
        close = list(_pairwise(together, base, submission, pairs, minimum_people))
        tested = _Test(together, family, minimum_people, atoms([*(together.placed[i] for i in family), *own]))
        found = tested.run(submission)
        found += [one for one in close if (one.table, one.cell) not in tested.derivable]
        unproven = tested.unproven
        if pairs and (found or caps.seconds <= 0):
            unproven = [table.table for table in submission]
        elif pairs:
            everything = atoms(together.placed)
            sure = _sure(together, everything, earlier, minimum_people, caps)
            unproven = []
            if any(len(cells) < len(table.cells) for cells, table in zip(sure, submission, strict=True)):
                whole = _Test(together, list(range(earlier)), minimum_people, everything, caps)
                found += whole.run(submission, sure)
                unproven = whole.unproven
        covered = len(family) if pairs and unproven else earlier
        return Answer(tuple(dict.fromkeys(found)), covered, earlier, tuple(dict.fromkeys(unproven)))

    def verdicts(
        self,
        submission: Sequence[Released],
        minimum_people: int,
        caps: Caps | None = None,
        judged: Collection[tuple[str, str]] = (),
    ) -> Iterator[Verdict]:
        """The same as verdicts: a fail names the tables it combines with, never the people it is about.

        `judged`: tables and cells that have failed already, and are not named again.
        """
        answer = self.score(submission, minimum_people, caps)
        limit = f"0 or at least {minimum_people}"
        for one in answer.found:
            if (one.table, one.cell.removesuffix(NUMERATOR)) in judged:
                continue
            place = f"{one.cell} against {', '.join(one.others)}"
            yield Verdict("differencing", one.table, "fail", place, f"{one.people:g}", limit, OTHER_TABLE)
        reach = "" if self.across_projects else "; not tested across projects"
        for table in submission:
            if table.table in {one.table for one in answer.found}:
                continue
            if table.table in answer.unproven:
                figure = (
                    f"not proven: {answer.proven} of {answer.earlier} earlier tables tested together{reach}"
                )
                yield Verdict(
                    "differencing", table.table, "review", figure=figure, limit=limit, mend=UNPROVEN
                )
            else:
                figure = f"tested with {answer.earlier} earlier tables{reach}"
                yield Verdict("differencing", table.table, "pass", figure=figure, limit=limit)


def _among(people: Keys, keys: Keys) -> NDArray[np.bool_]:
    """Which keys are among `people`, which is sorted."""
    if not len(people):
        return np.zeros(len(keys), dtype=bool)
    return np.asarray(people[np.minimum(np.searchsorted(people, keys), len(people) - 1)] == keys)


def _family(together: Ledger, base: Atoms, earlier: int, caps: Caps) -> list[int]:
    """The earlier tables that can be tested together at once: those that split the submission's atoms least."""
    splits = [int(joined(base.of, together.placed[place]).max(initial=-1)) for place in range(earlier)]
    chosen, of, rows = [], base.of, 0
    for place in sorted(range(earlier), key=lambda place: (splits[place], place)):
        finer = joined(of, together.placed[place])
        if (
            int(finer.max(initial=-1)) + 1 > caps.atoms
            or rows + len(together.tables[place].cells) > caps.rows
        ):
            continue
        chosen.append(place)
        of, rows = finer, rows + len(together.tables[place].cells)
    return sorted(chosen)


def _pairwise(
    together: Ledger, base: Atoms, submission: Sequence[Released], places: Sequence[int], minimum: int
) -> Iterator[Found]:
    """T0: new cells whose people differ from an earlier cell's by fewer than the threshold."""
    for place in places:
        table, classes = together.tables[place], together.placed[place]
        width, height = int(classes.max(initial=0)) + 1, len(base.sizes)
        both = (
            np.bincount(base.of * width + classes, minlength=height * width)
            .reshape(height, width)
            .astype(float)
        )
        old = members(table, np.arange(width)).astype(float)
        old_sizes = old @ both.sum(0)
        old_slack = np.array([cell.slack for cell in table.cells])
        for at, new in enumerate(submission):
            sets = members(new, base.classes[at]).astype(float)
            new_sizes = sets @ base.sizes
            apart = new_sizes[:, None] + old_sizes[None, :] - 2 * (sets @ both @ old.T)
            slack = np.array([cell.slack for cell in new.cells])[:, None] + old_slack[None, :]
            close = (apart > EPSILON) & (apart + slack < minimum - EPSILON) & (new_sizes[:, None] >= minimum)
            known = ((apart <= EPSILON) & (slack == 0)).any(1)
            for cell in np.flatnonzero(close.any(1) & ~known):
                least = float(apart[cell][close[cell]].min())
                yield Found(new.table, new.cells[cell].label, least, (table.table,))


def _sure(together: Ledger, found: Atoms, earlier: int, minimum: int, caps: Caps) -> list[set[int]]:
    """Per table of the submission, the cells that need no linear program to be decided among all tables."""
    submission = together.tables[earlier:]
    if sum(len(table.cells) for table in together.tables) > caps.known:
        return [set() for _ in submission]
    projection = Projection(together.tables, found)
    return [
        {
            at
            for at, bound in enumerate(projection.bounds(place))
            if bound >= MARGIN * (minimum - table.cells[at].slack)
        }
        for place, table in enumerate(submission, earlier)
    ]


class _Test:
    """One linear program over some earlier tables, to which the submission's own numbers are added in turn."""

    def __init__(
        self,
        together: Ledger,
        family: Sequence[int],
        minimum: int,
        found: Atoms,
        caps: Caps | None = None,
    ) -> None:
        self.minimum, self.atoms, self.family = minimum, found, family
        self.earlier_tables = [together.tables[place] for place in family]
        if caps is None:
            self.program = Differences(found.sizes, float(minimum))
        else:
            self.program = Differences(
                found.sizes, float(minimum), columns=caps.columns, seconds=caps.seconds
            )
        self.owner: list[
            tuple[str, bool]
        ] = []  # of each known number: its table, and whether it was released
        self.unproven: list[str] = []
        self.derivable: set[tuple[str, str]] = set()  # table and cell of numbers that tell nothing new
        for at, table in enumerate(self.earlier_tables):
            self.program.split(found.classes[at])
            for row, cell in zip(found.sets(table, at), table.cells, strict=True):
                self._add(row, cell, table.table, released=True)

    def _add(self, row: NDArray[np.bool_], cell: Cell, table: str, *, released: bool) -> None:
        before = len(self.program.rows)
        self.program.add(row, cell.slack, splitting=not released)
        self.owner += [(table, released)] * (len(self.program.rows) - before)

    def run(self, submission: Sequence[Released], sure: Sequence[Collection[int]] = ()) -> list[Found]:
        """Numbers that are too close to known ones; `sure` are those of each table that are decided already."""
        found = []
        for at, table in enumerate(submission, len(self.family)):
            decided = sure[at - len(self.family)] if sure else ()
            for number, (row, cell) in enumerate(zip(self.atoms.sets(table, at), table.cells, strict=True)):
                try:
                    score = None if number in decided else self._score(table.table, row, cell)
                except NotProven:
                    self.unproven.append(table.table)
                    score = None
                if score is not None:
                    others = {self.owner[i][0] for i in np.flatnonzero(np.abs(score.used) > EPSILON)}
                    people = round(score.people, 3)
                    found.append(
                        Found(table.table, cell.label, people, tuple(sorted(others)) or (table.table,))
                    )
                self._add(row, cell, table.table, released=False)
        return found

    def _score(self, table: str, row: NDArray[np.bool_], cell: Cell) -> Score | None:
        """The score when it is too low; None for one that is enough, or of a number that is known already."""
        enough = self.minimum - cell.slack
        if self.program.derivable(row):
            self.derivable.add((table, cell.label))
            return None
        if float(self.atoms.sizes[row].sum()) < self.minimum:
            return None
        if self.program.bound(row) >= enough:
            return None
        score = self.program.score(row)
        if score.people <= EPSILON:
            self.derivable.add((table, cell.label))
        if not EPSILON < score.people < enough - EPSILON:
            return None
        used = np.flatnonzero(np.abs(score.used) > EPSILON)
        if any(self.owner[i][1] for i in used) or (score.rest >= 0).all() or (score.rest <= 0).all():
            return score
        return self._of_one_sign(row, enough)

    def _of_one_sign(self, row: NDArray[np.bool_], enough: float) -> Score | None:
        """Within a submission, a difference between small groups is the audit's matter; a small group is not."""
        for side in (1, -1):
            score = self.program.score(row, side)
            if EPSILON < score.people < enough - EPSILON:
                return score
        return None
