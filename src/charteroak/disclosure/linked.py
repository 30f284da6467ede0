"""Tables of one submission bound into one system by the people they share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.derivation import Derivation
from charteroak.disclosure.evidence import Cell, Codes, Evidence
from charteroak.disclosure.rules import DEFAULT_P_PERCENT, base, primary_rules, shown
from charteroak.disclosure.tables import FIXED, UNSHOWN, Insider, LinkedTable, Relation

Row = tuple[str, Codes]  # (table's name, cell) as published
PRINTED = {
    "count": ("people",),
    "mean": ("measured", "sum"),
    "sum": ("measured", "sum"),
    "share": ("measured", "holders"),
}


@dataclass(frozen=True)
class Linked:
    """Several tables as one system: the unit of each shown row, and the rules that make rows primary."""

    table: LinkedTable
    units: Mapping[Row, int]
    primaries: Mapping[Row, list[str]]


@dataclass
class _Figures:
    """Figures as they are met: a set of people, or a sum over a set, is one figure wherever it appears."""

    minimum_people: int
    number: dict[tuple[str, ...], int] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    needs: defaultdict[int, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    alone: defaultdict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))

    def people(self, members: int, count: int, label: str) -> int | None:
        """The number of people in a set; an empty set is a known zero and no figure."""
        if count == 0:
            return None
        number = self._add(("people", str(members)), label, float(count), 0.0, float(count))
        if count < self.minimum_people:
            self.needs[number].append((1.0, self.minimum_people - 1.0))
        return number

    def sum(self, measure: str, cell: Cell, label: str, per_person: float) -> int | None:
        """The measure's sum over a cell, weighed in people: its average contribution costs one person."""
        if cell.n == 0:
            return None
        lower = 0.0 if cell.absolute == cell.total else -np.inf
        key = ("sum", measure, str(cell.measured))
        number = self._add(key, label, float(cell.total), lower, cell.n / per_person)
        if cell.n == 1:
            self.alone[cell.measured][number] = float(cell.total)
        return number

    def insiders(self) -> Iterator[Insider]:
        """Whoever is alone behind a sum knows it, and is the same person wherever that set of one stands."""
        for own in self.alone.values():
            yield Insider(f"the contributor of {self.labels[min(own)]}", own, own)

    def _add(self, key: tuple[str, ...], label: str, value: float, lower: float, weight: float) -> int:
        if key not in self.number:
            self.number[key] = len(self.labels)
            self.labels.append(label)
            self.values.append(value)
            self.lower.append(lower)
            self.weight.append(weight)
        return self.number[key]


def linked(tables: Sequence[Evidence], appetite: Appetite) -> Linked:
    """Bind tables that share figures into one system.

    Figures are recognised by the people in them, so tables link however they were written. Numbers with and
    without the measure, and numerators with their complements, are figures too: what a reader can subtract is
    protected like what is printed. Whoever is alone behind a sum is an attacker who knows it, in all tables at
    once. Tables with `protect=False` stay published and are judged by the checks.
    """
    figures = _Figures(appetite.minimum_people)
    relations: dict[Relation, None] = {}
    rows: dict[Row, list[int]] = {}
    primaries: dict[Row, list[str]] = {}
    fixed: set[int] = set()
    people: dict[Row, int] = {}
    for table in tables:
        derivation = table.derivation
        quantities = {codes: _quantities(figures, table, codes) for codes in sorted(table.cells)}
        relations |= dict.fromkeys(_relations(table, quantities))
        for codes in (codes for codes in quantities if shown(codes, derivation)):
            row, cell = (derivation.name, codes), table.cells[codes]
            printed = [quantities[codes][name] for name in PRINTED[derivation.statistic]]
            rows[row] = [number for number in printed if number is not None]
            people[row] = base(cell, derivation)
            if not derivation.protect:
                fixed.update(rows[row])
            elif rules := primary_rules(cell, derivation, appetite):
                primaries[row] = rules
                for number, need in _needs(cell, quantities[codes], derivation, appetite):
                    figures.needs[number].append(need)
    unit, units = _units(len(figures.labels), rows, fixed)
    cost = np.zeros(max(units.values(), default=-1) + 1)
    for row, number in units.items():
        cost[number] += people[row]
    return Linked(_system(figures, unit, tuple(relations), cost), units, primaries)


def _quantities(figures: _Figures, table: Evidence, codes: Codes) -> dict[str, int | None]:
    cell, derivation = table.cells[codes], table.derivation
    label = f"{derivation.name}[{', '.join(f'{column}={code}' for column, code in codes)}]"
    found = {"people": figures.people(cell.members, cell.people, label)}
    if derivation.measure is None:
        return found
    found["measured"] = figures.people(cell.measured, cell.n, f"{label} with {derivation.measure}")
    found["missing"] = figures.people(
        cell.members ^ cell.measured, cell.people - cell.n, f"{label} without {derivation.measure}"
    )
    if derivation.statistic == "share":
        holders = int(cell.total)
        found["holders"] = figures.people(cell.holders, holders, f"{label} {derivation.measure}=1")
        rest = cell.measured ^ cell.holders
        found["others"] = figures.people(rest, cell.n - holders, f"{label} {derivation.measure}=0")
    else:
        everybody = table.cells[()]
        per_person = float(everybody.absolute) / everybody.n if everybody.absolute else 1.0
        found["sum"] = figures.sum(
            derivation.measure, cell, f"{label} sum of {derivation.measure}", per_person
        )
    return found


def _relations(table: Evidence, quantities: Mapping[Codes, Mapping[str, int | None]]) -> Iterator[Relation]:
    """Parent minus its parts, along every column and within each cell."""
    parts: defaultdict[tuple[str, Codes], list[Codes]] = defaultdict(list)
    for codes, numbers in quantities.items():
        for column, parent in table.coarser(codes) if table.disjoint else ():  # else a total is no sum
            parts[column, parent].append(codes)
        yield from _relation(numbers["people"], [numbers.get("measured"), numbers.get("missing")])
        if "holders" in numbers:
            yield from _relation(numbers["measured"], [numbers["holders"], numbers["others"]])
    for (_, parent), children in parts.items():
        for name, number in quantities[parent].items():
            yield from _relation(number, [quantities[child][name] for child in children])


def _relation(whole: int | None, parts: Iterable[int | None]) -> Iterator[Relation]:
    """The whole less its parts, known zeros left out; nothing when a figure would only equal itself."""
    coefficients: defaultdict[int, float] = defaultdict(float)
    known = [part for part in parts if part is not None]
    if whole is None or not known:
        return
    coefficients[whole] += 1.0
    for part in known:
        coefficients[part] -= 1.0
    entries = tuple(sorted((figure, factor) for figure, factor in coefficients.items() if factor))
    if entries:
        yield entries


def _needs(
    cell: Cell, numbers: Mapping[str, int | None], derivation: Derivation, appetite: Appetite
) -> Iterator[tuple[int, tuple[float, float]]]:
    """The room a primary row's figures need beyond that of small numbers of people.

    A sum must stay uncertain by p % of it, and by the protection level of the (n,k) rule where that is more
    (Hundepool et al., Statistical Disclosure Control, 2012, section 4.2.2); a suppressed share's numerator by a
    threshold's worth of people.
    """
    summed, holders = numbers.get("sum"), numbers.get("holders")
    if summed is not None:
        room = (appetite.p_percent or DEFAULT_P_PERCENT) / 100 * float(cell.absolute)
        if appetite.top_share:  # as far as the largest contributors' share must seem to fall
            top = sum(float(value) for value in cell.top[: appetite.top_contributors])
            room = max(room, top / appetite.top_share - float(cell.absolute))
        yield summed, (room, room)
    if holders is not None and derivation.statistic == "share":
        yield holders, (1.0, max(appetite.minimum_people - 1.0, 1.0))


def _units(
    figures: int, rows: Mapping[Row, Sequence[int]], fixed: set[int]
) -> tuple[list[int], dict[Row, int]]:
    """Rows that print a common figure are suppressed together or not at all: one unit each."""
    unit = [FIXED if figure in fixed else UNSHOWN for figure in range(figures)]
    units: dict[Row, int] = {}
    members: dict[int, list[int]] = {}
    for place, (row, printed) in enumerate(rows.items()):
        own = [figure for figure in printed if figure not in fixed]
        joined = {unit[figure] for figure in own if unit[figure] != UNSHOWN}
        members[place] = sorted({*own, *(figure for old in joined for figure in members.pop(old))})
        for figure in members[place]:
            unit[figure] = place
        for earlier, old in units.items():
            if old in joined:
                units[earlier] = place
        if own:
            units[row] = place
    order = {old: new for new, old in enumerate(dict.fromkeys(units.values()))}
    return [order.get(number, number) if number >= 0 else number for number in unit], {
        row: order[number] for row, number in units.items()
    }


def _system(
    figures: _Figures, unit: Sequence[int], relations: tuple[Relation, ...], cost: np.ndarray
) -> LinkedTable:
    below, above = np.zeros(len(unit)), np.zeros(len(unit))
    for figure, needs in figures.needs.items():
        if unit[figure] != FIXED:
            below[figure] = max(need[0] for need in needs)
            above[figure] = max(need[1] for need in needs)
    return LinkedTable(
        labels=tuple(figures.labels),
        values=np.array(figures.values),
        lower=np.array(figures.lower),
        weight=np.array(figures.weight),
        below=below,
        above=above,
        unit=np.array(unit, dtype=np.int64),
        relations=relations,
        cost=cost,
        insiders=tuple(figures.insiders()),
    )
