"""Who stands behind each figure: people, non-missing values, sums and the largest contributors."""

import functools
import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from charteroak.disclosure.cells import cell_evidence
from charteroak.disclosure.derivation import Derivation, DerivationError
from charteroak.disclosure.labels import TOTAL
from charteroak.disclosure.records import counts, levels, load, loaded, payers, person_keys

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
    rows: int = 0
    values: int = 0  # rows that have the measure
    negatives: int = 0

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
            self.rows + other.rows,
            self.values + other.values,
            self.negatives + other.negatives,
        )


@dataclass(frozen=True)
class Evidence:
    """All cells of a table, shown or not: every combination of levels and totals.

    `rows` counts the source's rows, so that `rows` above `cells[()].people` tells of repeated people.
    `parents` maps a fine (column, code) to its coarse one. `records` are those behind the table: the person
    key `_person`, a column per level, and `_measure`. `disjoint`: nobody stands in two finest cells, so that
    a total is the sum of its parts.
    """

    derivation: Derivation
    rows: int
    cells: Mapping[Codes, Cell]
    parents: Mapping[tuple[str, str], tuple[str, str]]
    records: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False, compare=False)
    disjoint: bool = True

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
    keys = person_keys(extract, derivation.person)
    load(extract, derivation)
    unlike, strangers = counts(extract, keys)
    where = f"table {derivation.name!r}"
    if strangers:
        raise DerivationError(
            f"{where}: {strangers} keys are not in the extract's {derivation.person!r}: use its own key"
        )
    if derivation.statistic == "share" and unlike:
        raise DerivationError(f"{where}: {unlike} values of the measure are not 0 or 1: recode it")
    found = evidence_of(loaded(extract, derivation), derivation, _employers(extract, derivation))
    if not found.disjoint:
        raise DerivationError(f"{where}: a person stands in two cells: give each person one row")
    return found


def evidence_of(
    records: pl.DataFrame, derivation: Derivation, employers: Mapping[Codes, Employers] | None = None
) -> Evidence:
    """The evidence of a table over `records`: the person key `_person`, its levels' columns, `_measure`.
    Employers are those of the column `_employer` where there is one, else the ones given by finest cell.

    Where people stand in several finest cells, every total counts them once. Raises DerivationError when a
    row has no key, two codes read alike, a code is reserved, or a code has two parents.
    """
    where, by = f"table {derivation.name!r}", levels(derivation)
    finest = _cells(records, by, derivation, employers)
    if any(code == TOTAL for codes in finest for _, code in codes):
        raise DerivationError(f"{where}: {TOTAL!r} is a code: recode it")
    parents = _parents(where, derivation, finest)
    disjoint = sum(cell.people for cell in finest.values()) == records["_person"].n_unique()
    cells: dict[Codes, Cell] = {}
    for choice in _choices(derivation):
        if disjoint:
            cells |= _rolled_up(finest, choice)
        else:
            cells |= _cells(records, [level for level in by if level in choice], derivation, None)
    return Evidence(derivation, records.height, cells, parents, records, disjoint)


def _cells(
    records: pl.DataFrame, by: list[str], derivation: Derivation, employers: Mapping[Codes, Employers] | None
) -> dict[Codes, Cell]:
    known = dict(_employed(records, by)) if "_employer" in records.columns else employers or {}
    measure = "_measure" if derivation.measure else None
    try:
        found = cell_evidence(records.lazy(), person="_person", by=by, measure=measure, digests=True)
    except ValueError as error:
        message = str(error).replace("'_person'", repr(derivation.person))
        raise DerivationError(f"table {derivation.name!r}: {message}") from None
    cells = {}
    for row in found.iter_rows(named=True):
        codes = tuple(sorted((column, row[column]) for column in by))
        cells[codes] = _cell(row, known.get(codes))
    return cells


def _cell(row: Mapping[str, Any], employers: Employers | None) -> Cell:
    def digest(name: str) -> int:
        return (row[f"{name}0"] or 0) << 64 | (row[f"{name}1"] or 0)

    top = sorted((Decimal(value) for value in row["top"] if value is not None), reverse=True)
    return Cell(
        row["people"], digest("members"), row["n"], digest("measured"), digest("holders"),
        Decimal(row["total"] or 0), tuple(top), Decimal(row["absolute"] or 0), employers,
        row["rows"], row["values"], row["negatives"] or 0,
    )  # fmt: skip


def _employed(records: pl.DataFrame, by: list[str]) -> Iterator[tuple[Codes, Employers]]:
    """Per cell the wages by employer; wages without one may be the largest employer's, and are no employer more."""
    paid = records.filter(pl.col("_measure").is_not_null()).group_by(*by, "_employer")
    wages: dict[Codes, dict[str, Decimal]] = {}
    elsewhere: dict[Codes, Decimal] = {}
    for row in paid.agg(_wages=pl.col("_measure").abs().sum()).iter_rows(named=True):
        codes = tuple(sorted((column, row[column]) for column in by))
        dollars = Decimal(row["_wages"])
        if row["_employer"] is None:
            elsewhere[codes] = dollars
        wages.setdefault(codes, {}).update(
            {row["_employer"]: dollars} if row["_employer"] is not None else {}
        )
    for codes, known in wages.items():
        yield codes, Employers(known, elsewhere.get(codes, Decimal()), 1, exact=True)


def _employers(extract: duckdb.DuckDBPyConnection, derivation: Derivation) -> dict[Codes, Employers]:
    found: dict[Codes, Employers] = {}
    for codes, payer, wages, elsewhere, most_per_person, exact in payers(extract, derivation):
        key = tuple(sorted(zip(levels(derivation), codes, strict=True)))
        one = Employers({payer: wages}, elsewhere, most_per_person, exact)
        found[key] = found[key] + one if key in found else one
    return found


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


def _choices(derivation: Derivation) -> Iterator[tuple[str | None, ...]]:
    """Every combination of one level, or the total, per dimension."""
    return itertools.product(*((*derivation.levels(dimension), None) for dimension in derivation.dimensions))


def _rolled_up(finest: Mapping[Codes, Cell], choice: tuple[str | None, ...]) -> dict[Codes, Cell]:
    """Each total from the finest cells; a fine level's key leaves its coarse code out."""
    together: dict[Codes, Cell] = {}
    for codes, cell in finest.items():
        key = tuple(pair for pair in codes if pair[0] in choice)
        together[key] = together[key] + cell if key in together else cell
    return together
