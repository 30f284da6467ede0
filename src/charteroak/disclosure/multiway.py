"""Multi-way tables with margins and hierarchies, as the linear system that binds their cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from charteroak.disclosure.tables import FIXED, Floats, Insider, Ints, LinkedTable, Mask, Relation

TOTAL = "Total"
MOST = 250_000  # cells, totals included
LARGEST = 1e15  # above, sums of doubles are off by more than a tenth
APART = 1e-6  # totals may differ from their parts by this share, for numbers written with few decimals

Key = tuple[str, ...]  # one code per dimension


class TableError(ValueError):
    """A table that cannot be read or does not add up; the message says where and what to do."""


@dataclass(frozen=True)
class Entry:
    """One cell as given. None leaves the choice to the table's rule; `row` is for messages."""

    value: float | None
    freq: float | None = None
    primary: bool | None = None
    fixed: bool = False
    lpl: float | None = None
    upl: float | None = None
    cost: float | None = None
    suppressed: bool | None = None
    row: int = 0


@dataclass(frozen=True)
class Cube:
    """A table's cells, totals and all, with the sums that bind them.

    `keys` are the cells, `entries` what was given about them (computed totals: their value alone), `sums`
    each total with its parts as places in `keys`. `dimensions` are the columns' names.
    """

    dimensions: tuple[str, ...]
    keys: tuple[Key, ...]
    entries: tuple[Entry, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]

    def label(self, place: int) -> str:
        return ", ".join(f"{d}={c}" for d, c in zip(self.dimensions, self.keys[place], strict=True))

    @property
    def relations(self) -> tuple[Relation, ...]:
        return tuple(((total, 1.0), *((part, -1.0) for part in parts)) for total, parts in self.sums)


def cube(
    dimensions: Sequence[str],
    given: Mapping[Key, Entry],
    parents: Mapping[str, Mapping[str, str]] = {},
) -> Cube:
    """Complete `given` with the totals it lacks, and check those it has.

    `parents` maps, per dimension, each code to the code above it; codes without one lie under `Total`. A
    combination that is absent counts as zero, except where a cell has no parts at all: it is then simply not
    broken down along that dimension (tables linked through their margins). Raises TableError naming the cell
    whose parts do not add up to it, or the code that is its own ancestor.
    """
    above = [_chains(name, {key[d] for key in given}, parents.get(name, {}))
             for d, name in enumerate(dimensions)]  # fmt: skip
    depths = [_depths(parent) for parent in above]
    cells: dict[Key, Entry | None] = dict(given)
    parts: dict[tuple[int, Key], list[Key]] = {}
    known = 0
    while known < len(cells):
        known = len(cells)
        for dimension, (parent, depth) in enumerate(zip(above, depths, strict=True)):
            _climb(cells, parts, dimension, parent, depth)
            if len(cells) > MOST:
                raise TableError(f"{len(dimensions)} dimensions make more than {MOST:,} cells with their totals; "
                                 "leave a dimension out, or split the table")  # fmt: skip
    entries = _filled(cells, parts, depths)
    places = {key: place for place, key in enumerate(cells)}
    sums = {(places[total], tuple(sorted(places[k] for k in below))) for (_, total), below in parts.items()}
    found = Cube(tuple(dimensions), tuple(cells), tuple(entries[key] for key in cells), tuple(sorted(sums)))
    _check(found)
    return found


def _chains(name: str, codes: set[str], parents: Mapping[str, str]) -> dict[str, str]:
    """The parent of every code in use and of its ancestors; `Total` has none."""
    found: dict[str, str] = {}
    for code in sorted(codes):
        seen = {code}
        while code != TOTAL and code not in found:
            found[code] = parents.get(code, TOTAL)
            code = found[code]
            if code in seen:
                raise TableError(f"hierarchy of {name!r}: {code!r} lies above itself; correct its parents")
            seen.add(code)
    return found


def _depths(parent: Mapping[str, str]) -> dict[str, int]:
    """How many codes lie above each."""
    depth: dict[str, int] = {TOTAL: 0}
    for code in parent:
        chain = [code]
        while chain[-1] not in depth:
            chain.append(parent[chain[-1]])
        for step, below in enumerate(reversed(chain[:-1]), start=depth[chain[-1]] + 1):
            depth[below] = step
    return depth


def _climb(
    cells: dict[Key, Entry | None],
    parts: dict[tuple[int, Key], list[Key]],
    dimension: int,
    parent: Mapping[str, str],
    depth: Mapping[str, int],
) -> None:
    """Which cells add up to which along one dimension, deepest codes first; totals that were missing appear."""
    levels: dict[int, list[Key]] = {}
    for key in cells:
        levels.setdefault(depth[key[dimension]], []).append(key)
    for level in range(max(levels, default=0), 0, -1):
        families: dict[Key, list[Key]] = {}
        for key in levels.get(level, []):
            total = (*key[:dimension], parent[key[dimension]], *key[dimension + 1 :])
            families.setdefault(total, []).append(key)
        for total, family in families.items():
            if total not in cells:
                cells[total] = None
                levels.setdefault(level - 1, []).append(total)
            parts[dimension, total] = family


def _filled(
    cells: Mapping[Key, Entry | None],
    parts: Mapping[tuple[int, Key], list[Key]],
    depths: Sequence[Mapping[str, int]],
) -> dict[Key, Entry]:
    """All cells, the missing totals summed from parts that are complete by then: deepest first."""
    found = {key: entry for key, entry in cells.items() if entry is not None}
    missing = [key for key, entry in cells.items() if entry is None]
    for key in sorted(missing, key=lambda key: -sum(d[c] for d, c in zip(depths, key, strict=True))):
        family = next(parts[d, key] for d in range(len(depths)) if (d, key) in parts)
        found[key] = _summed([found[part] for part in family])
        if abs(found[key].value or 0.0) > LARGEST:
            raise TableError(
                f"the {len(family)} parts of {', '.join(key)} add up to {found[key].value:.6g}, too large to be exact; "
                "write the figures in thousands or millions"
            )
    return found


def _summed(family: list[Entry]) -> Entry:
    """A total that was not given: computed, unless one of its parts is unknown."""
    values = [entry.value for entry in family]
    freqs = [entry.freq for entry in family]
    value = None if None in values else float(sum(v for v in values if v is not None))
    return Entry(value, None if None in freqs else float(sum(f for f in freqs if f is not None)))


def _check(found: Cube) -> None:
    largest = max((abs(entry.value) for entry in found.entries if entry.value is not None), default=1.0)
    for total, parts in found.sums:
        values = [found.entries[place].value for place in (total, *parts)]
        if None in values:
            continue
        whole, *rest = (value for value in values if value is not None)
        if abs(whole - sum(rest)) > APART * max(min(1.0, largest), abs(whole), *map(abs, rest)):
            row = found.entries[total].row
            raise TableError(
                f"{f'row {row}, ' if row else ''}column 'value': {found.label(total)} is {whole:.12g}, but its "
                f"{len(rest)} parts add up to {sum(rest):.12g}; correct one of them, or leave the total out to "
                "have it computed"
            )


@dataclass(frozen=True)
class Rule:
    """What makes cells sensitive where the table does not say so, and the room they need.

    `minimum` people or contributors per cell; `p_percent` is the room of magnitudes, in percent of the value.
    `lower` is what any reader knows to be a cell's least value. `singletons`: the one contributor of a cell
    (freq 1) knows it, and must not learn others' cells from that.
    """

    minimum: int = 10
    p_percent: float = 10.0
    lower: float = 0.0
    singletons: bool = True

    def primary(self, entry: Entry) -> bool:
        if entry.primary is not None:
            return entry.primary
        people = entry.freq if entry.freq is not None else entry.value
        return people is not None and 0 < people < self.minimum

    def levels(self, entry: Entry, counts: bool) -> tuple[float, float]:
        """The room a sensitive cell needs below and above, never below what everybody knows."""
        value = entry.value or 0.0
        usual = (1.0, self.minimum - 1.0) if counts else (self.p_percent / 100 * abs(value),) * 2
        below = min(usual[0] if entry.lpl is None else entry.lpl, max(value - self.lower, 0.0))
        above = usual[1] if entry.upl is None else entry.upl
        if below == above == 0:  # a suppressed cell must never be known exactly
            above = 1.0 if counts else max(abs(value), 1.0) / 1000
        return below, above

    def __str__(self) -> str:
        alone = "the contributor of a cell with freq 1 knows it" if self.singletons else "no contributors"
        return (
            f"where the table does not say: sensitive below {self.minimum}; room 1 below and {self.minimum - 1} "
            f"above for counts, {self.p_percent:g} % for magnitudes; reader's lower bound {self.lower:g}; {alone}"
        )


@dataclass(frozen=True)
class Protectable:
    """A cube as a linked table; figures, units and cells share their numbers."""

    cube: Cube
    table: LinkedTable
    primary: frozenset[int] = field(default_factory=frozenset)


def protectable(found: Cube, rule: Rule) -> Protectable:
    """The linear system of a cube whose values are all known. Zeros stay published unless marked primary.

    A cell's cost is its value unless given. Raises TableError for a value below the reader's lower bound, or
    a cell that is both primary and fixed.
    """
    entries = found.entries
    values = np.array([entry.value for entry in entries], dtype=float)
    counts = bool(np.all(values == np.round(values))) and all(
        entry.freq is None or entry.freq == entry.value for entry in entries
    )
    primary = np.array([rule.primary(entry) for entry in entries], dtype=bool)
    _refuse(found, rule, values, primary)
    below, above = np.zeros(len(entries)), np.zeros(len(entries))
    for place in primary.nonzero()[0].tolist():
        below[place], above[place] = rule.levels(entries[place], counts)
    fixed = np.array([entry.fixed for entry in entries]) | ((values == 0) & ~primary)
    cost = np.array([abs(v) if e.cost is None else e.cost for v, e in zip(values, entries, strict=True)])
    table = LinkedTable(
        labels=tuple(found.label(place) for place in range(len(entries))),
        values=values,
        lower=np.full(len(entries), rule.lower),
        weight=np.maximum(cost, 1e-3 * max(1.0, float(cost.max(initial=0.0)) ** 0.5)),
        below=below,
        above=above,
        unit=np.where(fixed, FIXED, np.arange(len(entries))),
        relations=found.relations,
        cost=cost,
        insiders=_insiders(found, fixed) if rule.singletons else (),
    )
    return Protectable(found, table, frozenset(primary.nonzero()[0].tolist()))


def _refuse(found: Cube, rule: Rule, values: Floats, primary: Mask) -> None:
    for place, entry in enumerate(found.entries):
        at = f"row {entry.row}, " if entry.row else ""
        if primary[place] and entry.fixed:
            raise TableError(
                f"{at}column 'fixed': {found.label(place)} is both primary and fixed; clear one of the two"
            )
        if values[place] < rule.lower:
            raise TableError(
                f"{at}column 'value': {found.label(place)} is {values[place]:.12g}, below the lower bound "
                f"{rule.lower:.12g} that every reader is taken to know; lower it with --lower (-inf for none)"
            )


def _insiders(found: Cube, fixed: Mask) -> tuple[Insider, ...]:
    """The single contributors: a total with one contributor belongs to the same as its one filled part."""
    alone = np.array([entry.freq == 1 for entry in found.entries], dtype=bool) & ~fixed
    owner: Ints = np.arange(len(found.entries))
    for total, parts in sorted(found.sums, key=lambda one: -len(one[1])):
        if alone[total]:
            for part in (part for part in parts if alone[part]):
                owner[owner == owner[part]] = owner[total]
    known: dict[int, dict[int, float]] = {}
    for place in alone.nonzero()[0].tolist():
        known.setdefault(int(owner[place]), {})[place] = float(found.entries[place].value or 0.0)
    return tuple(
        Insider(f"the contributor of {found.label(place)}", own, own) for place, own in known.items()
    )
