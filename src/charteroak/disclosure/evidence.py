"""Who stands behind each figure: people, non-missing values, sums and the largest contributors."""

import functools
import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from charteroak.disclosure.derivation import Derivation, DerivationError
from charteroak.disclosure.records import counts, finest, levels, load, payers, person_keys

TOTAL = "Total"

Codes = tuple[tuple[str, str], ...]  # (column, code) pairs in order of column; () is everybody


@dataclass(frozen=True)
class Employers:
    """What is known about the employers behind a cell's wages.

    `wages` are dollars by employer, or by the payer's industry when `exact` is false: two industries are
    two employers, so their number is a lower bound and the largest industry's share an upper one.
    """

    wages: Mapping[str, Decimal]
    elsewhere: Decimal  # dollars from payers other than each person's largest
    most_per_person: int
    exact: bool

    @property
    def at_least(self) -> int:
        return max(len(self.wages), self.most_per_person)

    @property
    def largest_share_at_most(self) -> float:
        everything = sum(self.wages.values(), self.elsewhere)
        largest = max(self.wages.values(), default=Decimal()) + self.elsewhere
        return float(largest / everything) if everything else 0.0

    def __add__(self, other: "Employers") -> "Employers":
        wages = dict(self.wages)
        for employer, wage in other.wages.items():
            wages[employer] = wages.get(employer, Decimal()) + wage
        most = max(self.most_per_person, other.most_per_person)
        return Employers(wages, self.elsewhere + other.elsewhere, most, self.exact)


@dataclass(frozen=True)
class Cell:
    """The evidence behind one cell. `people` are distinct; `n` of them have the measure.

    A set of people is known by the XOR of its members' 128-bit key digests: equal sets have equal digests,
    whatever table, filter or label they come from, and disjoint sets' digests combine by XOR.
    """

    people: int
    members: int
    n: int = 0
    measured: int = 0  # digest of those with the measure
    holders: int = 0  # digest of those whose measure is 1, for shares
    total: Decimal = Decimal()
    top: tuple[Decimal, ...] = ()  # the two largest absolute contributions, largest first
    absolute: Decimal = Decimal()  # the sum without signs; above `total` where values are negative
    employers: Employers | None = None

    def __add__(self, other: "Cell") -> "Cell":
        """The evidence of two disjoint cells together."""
        known = [e for e in (self.employers, other.employers) if e is not None]
        return Cell(
            self.people + other.people,
            self.members ^ other.members,
            self.n + other.n,
            self.measured ^ other.measured,
            self.holders ^ other.holders,
            self.total + other.total,
            tuple(heapq.nlargest(2, self.top + other.top)),
            self.absolute + other.absolute,
            functools.reduce(lambda a, b: a + b, known) if known else None,
        )


@dataclass(frozen=True)
class Evidence:
    """All cells of a table, shown or not: every combination of levels and totals.

    `rows` counts the source's rows, so that `rows` above `cells[()].people` tells of repeated people.
    `parents` maps a fine (column, code) to its coarse one.
    """

    derivation: Derivation
    rows: int
    cells: Mapping[Codes, Cell]
    parents: Mapping[tuple[str, str], tuple[str, str]]

    def coarser(self, codes: Codes) -> Iterator[tuple[str, Codes]]:
        """Each column of a cell with the cell one level up along it: to the parent code, or to the total."""
        for pair in codes:
            rest = [other for other in codes if other != pair]
            up = [self.parents[pair]] if pair in self.parents else []
            yield pair[0], tuple(sorted(rest + up))


def evidence(extract: duckdb.DuckDBPyConnection, derivation: Derivation) -> Evidence:
    """Compute the evidence of a table from the records behind it, in one pass over them.

    `extract` comes from `read.open_extract`. Repeated rows of a person in one cell count as one person whose
    contributions are summed; NULL codes are the code "Missing". Sums are exact to six decimals whatever the
    order of rows. Raises DerivationError when the source does not run, a person stands in two cells, a key is
    missing or unknown, a share's measure is not 0 or 1, a code is reserved, or a code has two parents.
    """
    where = f"table {derivation.name!r}"
    keys = person_keys(extract, derivation.person)
    load(extract, derivation)
    rows, keyless, unlike, people, strangers = counts(extract, keys)
    base = _base(extract, derivation)
    standing = sum(cell.people for cell in base.values())
    for wrong, message in (
        (keyless, f"{keyless} rows have no {derivation.person!r}: filter them or join by the key"),
        (strangers, f"{strangers} keys are not in the extract's {derivation.person!r}: use its own key"),
        (
            derivation.statistic == "share" and unlike,
            f"{unlike} values of the measure are not 0 or 1: recode it",
        ),
        (
            any((column, TOTAL) in codes for codes in base for column, _ in codes),
            f"{TOTAL!r} is a code: recode it",
        ),
        (standing != people, "a person stands in two cells: give each person one row"),
    ):
        if wrong:
            raise DerivationError(f"{where}: {message}")
    parents = _parents(where, derivation, base)
    return Evidence(derivation, rows, dict(_rolled_up(derivation, base)), parents)


def _base(extract: duckdb.DuckDBPyConnection, derivation: Derivation) -> dict[Codes, Cell]:
    """The finest cells, whose people are disjoint."""

    def key(codes: list[str]) -> Codes:
        return tuple(sorted(zip(levels(derivation), codes, strict=True)))

    employers: dict[Codes, Employers] = {}
    for codes, payer, wages, elsewhere, most_per_person, exact in payers(extract, derivation):
        one = Employers({payer: wages}, elsewhere, most_per_person, exact)
        employers[key(codes)] = employers[key(codes)] + one if key(codes) in employers else one
    base = {}
    for codes, (people, members, n, measured, holders, total, top, absolute) in finest(extract, derivation):
        measures = (
            n,
            measured or 0,
            holders or 0,
            total or Decimal(),
            tuple(top or ()),
            absolute or Decimal(),
        )
        base[key(codes)] = Cell(people, members, *measures, employers.get(key(codes)))
    return base


def _parents(
    where: str, derivation: Derivation, base: Iterable[Codes]
) -> dict[tuple[str, str], tuple[str, str]]:
    parents: dict[tuple[str, str], tuple[str, str]] = {}
    for codes in base:
        code = dict(codes)
        for fine, coarse in derivation.hierarchies.items():
            up = (coarse, code[coarse])
            if parents.setdefault((fine, code[fine]), up) != up:
                raise DerivationError(
                    f"{where}: a code of {fine!r} lies in two codes of {coarse!r}: give it one parent"
                )
    return parents


def _rolled_up(derivation: Derivation, base: Mapping[Codes, Cell]) -> Iterator[tuple[Codes, Cell]]:
    """Every level and total from the finest cells; a fine level's key leaves its coarse code out."""
    axes = [(*derivation.levels(dimension), None) for dimension in derivation.dimensions]
    for choice in itertools.product(*axes):
        together: dict[Codes, Cell] = {}
        for codes, cell in base.items():
            key = tuple(pair for pair in codes if pair[0] in choice)
            together[key] = together[key] + cell if key in together else cell
        yield from together.items()
