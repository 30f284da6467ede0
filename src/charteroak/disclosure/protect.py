"""A table protected and proven so, or audited as it stands, with the certificate that says so."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from charteroak.disclosure.audit import Interval, audit
from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.longtable import LongTable
from charteroak.disclosure.multiway import Cube, Entry, Protectable, Rule, TableError, cube, protectable
from charteroak.disclosure.reader import Contradiction
from charteroak.disclosure.scale import in_given_unit, multiplied, suppressed, unit_of
from charteroak.disclosure.suppress import Pattern, Unprotectable

EQUAL = 1e-6  # share of the cost by which it may be above the bound
LIBRARIES = ("charteroak", "highspy", "numpy")


@dataclass(frozen=True)
class Protection:
    """What became of a table. `hidden` are its suppressed cells; `intervals` cover them all.

    `status`: optimal (protected at the least cost there is), safe (protected), unsafe (an attacker can know
    too much), or unprotectable (no pattern protects; `reason` names the cell).
    """

    cube: Cube
    rule: Rule
    status: str
    primary: frozenset[int]
    hidden: frozenset[int]
    intervals: tuple[Interval, ...] = ()
    pattern: Pattern | None = None
    reason: str = ""
    assumed: tuple[str, ...] = ()

    @property
    def safe(self) -> bool:
        return self.status in ("optimal", "safe")

    def certificate(self, seconds: float) -> dict[str, Any]:
        """Rule, method, cost, bound, gap, versions and per-cell intervals, none of which a reader of the
        protected table could not work out. `cost` covers primary and secondary cells."""
        seen = {i.figure: i for i in self.intervals if not i.attacker}
        pattern = self.pattern
        return {
            "status": self.status,
            **({"reason": self.reason} if self.reason else {}),
            "cost": pattern.cost if pattern else None,
            "bound": pattern.bound if pattern else None,
            "gap": round(pattern.gap, 6) if pattern else None,
            "seconds": round(seconds, 3),
            "method": pattern.method if pattern else "audit",
            "rule": str(self.rule),
            **({"assumed": list(self.assumed)} if self.assumed else {}),
            "primary": len(self.primary),
            "secondary": len(self.hidden - self.primary),
            "intervals": "exact" if all(i.exact for i in self.intervals) else "at least",
            "failures": [_failure(self.cube, i) for i in self.intervals if not i.safe],
            "versions": versions(),
            "cells": [self._cell(place, seen.get(place)) for place in range(len(self.cube.keys))],
        }

    def _cell(self, place: int, seen: Interval | None) -> dict[str, Any]:
        state = "published"
        if place in self.hidden:
            state = "primary" if place in self.primary else "secondary"
        value = self.cube.entries[place].value
        low, high, grain = (value, value, 0.0)
        if state != "published" and seen is not None:
            low, high, grain = seen.low, seen.high, seen.grain
        codes = dict(zip(self.cube.dimensions, self.cube.keys[place], strict=True))
        return {**codes, "state": state, "low": plain(low, grain), "high": plain(high, grain)}

    def to_csv(self) -> str:
        """The table as it may be published: hidden cells blank, primary and secondary ones alike."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        freq = any(entry.freq is not None for entry in self.cube.entries)
        writer.writerow([*self.cube.dimensions, "value", *(["freq"] if freq else []), "state"])
        for place, (key, entry) in enumerate(zip(self.cube.keys, self.cube.entries, strict=True)):
            hidden = place in self.hidden
            figures = [entry.value, entry.freq] if freq else [entry.value]
            shown = ["" if hidden or figure is None else plain(figure, 0.0) for figure in figures]
            writer.writerow([*key, *shown, "suppressed" if hidden else "published"])
        return text.getvalue()


def protect(
    table: LongTable, parents: Mapping[str, Mapping[str, str]], rule: Rule, clock: Clock = UNLIMITED
) -> Protection:
    """Suppress what must be and what that takes, then audit it by the separate code path.

    Raises TableError for input that is no table; a table that cannot be protected is an answer, not an error.
    """
    rule = _fitting(table.cells.values(), rule)
    with named(table):
        found = protectable(cube(table.dimensions, table.cells, parents), rule)
    try:
        pattern, intervals = suppressed(found.table, found.primary, clock)
    except Unprotectable as error:
        known = found.primary
        return Protection(found.cube, rule, "unprotectable", known, known, reason=str(error))
    status = "optimal" if pattern.gap <= EQUAL else "safe"
    if not all(interval.safe for interval in intervals):
        status = "unprotectable" if pattern.method == "everything" else "unsafe"
    hidden = frozenset(pattern.units)
    return Protection(found.cube, rule, status, found.primary, hidden, intervals, pattern)


def audit_table(
    table: LongTable, parents: Mapping[str, Mapping[str, str]], rule: Rule,
    certified: Iterable[Mapping[str, Any]] = (), clock: Clock = UNLIMITED,
) -> Protection:  # fmt: skip
    """Judge a table that somebody else protected.

    Hidden is what the table says (state, secondary, suppressed, primary, or a value left out). A hidden value
    that the table does not give is held to the width of its range: a magnitude said to be primary to one that
    leaves some value the rule's percentage of room on both sides, any other to not being known; where the
    cells of its certificate are given, a primary cell must keep at least the interval certified. When the clock stops,
    ranges that are wide enough are not followed to their ends. Raises
    TableError, Contradiction.
    """
    rule = _fitting(table.cells.values(), rule)
    with named(table):
        found = cube(table.dimensions, table.cells, parents)
        hidden = frozenset(p for p, e in enumerate(found.entries) if e.suppressed or e.value is None)
        states = _states(found, certified)
        if any(low == -np.inf for low, _ in states.values()):
            rule = _boundless(rule)  # the certificate tells that figures may be negative
        system = _judged(found, rule, hidden, states)
    try:
        intervals = _ranges(system, hidden, states, clock)
    except Contradiction:  # some hidden figure is negative, as any reader will find out too
        rule = _boundless(rule)
        system = _judged(found, rule, hidden, states)
        intervals = _ranges(system, hidden, states, clock)
    sums = {p for p in system.primary & hidden if found.entries[p].primary and found.entries[p].lpl is None}
    sums = set() if _counts(found) else {p for p in sums if found.entries[p].upl is None}
    held = (_wide(i, rule) if i.figure in sums and np.isnan(i.need_low) else i for i in intervals)
    intervals = tuple(_held(i, states[i.figure]) if i.figure in states else i for i in held)
    status = "safe" if all(interval.safe for interval in intervals) else "unsafe"
    assumed = tuple(_assumed(found, rule, states))
    return Protection(found, rule, status, system.primary, hidden, intervals, assumed=assumed)


def _ranges(
    system: Protectable, hidden: frozenset[int], states: Mapping[int, tuple[float, float]], clock: Clock
) -> tuple[Interval, ...]:
    scale = unit_of(system.table)
    wanted = {place: (low * scale, high * scale) for place, (low, high) in states.items()}
    return in_given_unit(audit(multiplied(system.table, scale), hidden, True, clock, (), wanted), scale)


def _assumed(found: Cube, rule: Rule, states: Mapping[int, Any]) -> Iterator[str]:
    """What an audit took for granted, because neither the table nor a certificate says it."""
    entries = found.entries
    blank = [place for place, e in enumerate(entries) if e.value is None and e.row > 0]
    if states:
        return
    if not any(entry.primary is not None for entry in entries):
        if blank:
            yield "every blank or marked cell is sensitive: no column primary, and no certificate, says which are"
        if len(blank) < sum(entry.row > 0 for entry in entries):
            yield f"a printed figure is sensitive if it is about fewer than {rule.minimum:g}"
    if blank:
        wide = f"span {rule.minimum:g}" if _counts(found) else "have some width"
        yield f"the true values of blank cells are not known here: the range of a sensitive one must {wide}"
        if rule.lower == 0:
            yield "no figure is below 0"


@contextmanager
def named(table: LongTable) -> Iterator[None]:
    """Errors say which file they are about."""
    try:
        yield
    except TableError as error:
        raise TableError(f"{table.file}: {error}") from None


def _fitting(entries: Iterable[Entry], rule: Rule) -> Rule:
    """Where figures are negative, no reader takes 0 for granted."""
    negative = any(entry.value is not None and entry.value < 0 for entry in entries)
    return _boundless(rule) if negative else rule


def _boundless(rule: Rule) -> Rule:
    """Zero is no longer taken to be the least value; any other bound was said and stays."""
    return replace(rule, lower=-np.inf) if rule.lower == 0 else rule


def _judged(found: Cube, rule: Rule, hidden: frozenset[int], states: Mapping[int, Any]) -> Protectable:
    """The system of a table as published; unknown values are NaN, and sensitive unless it is said.

    A total that the table neither gives nor lets compute is not sensitive: nobody printed it.
    """
    entries = found.entries
    unknown = np.array([entry.value is None for entry in entries])
    said = bool(states) or any(entry.primary for entry in entries)
    filled = []
    for place, entry in enumerate(entries):
        if unknown[place]:
            primary = place in states or bool(entry.primary) or (not said and entry.row > 0)
            entry = replace(entry, value=0.0, primary=primary, suppressed=True, fixed=False)
        filled.append(entry)
    whole = _counts(found)
    free = replace(rule, lower=min(rule.lower, 0.0), singletons=rule.singletons and not unknown.any())
    system = protectable(replace(found, entries=tuple(filled)), free)
    values = np.where(unknown, np.nan, system.table.values)
    below, above = system.table.below.copy(), system.table.above.copy()
    for place in unknown.nonzero()[0].tolist():
        if place in system.primary:
            usual = (1.0, rule.minimum - 1.0) if whole else (1e-6, 1e-6)
            below[place] = usual[0] if entries[place].lpl is None else entries[place].lpl
            above[place] = usual[1] if entries[place].upl is None else entries[place].upl
    unit = np.where(
        [place in hidden for place in range(len(entries))], np.arange(len(entries)), system.table.unit
    )
    lower = np.full(len(entries), rule.lower)
    table = replace(system.table, values=values, below=below, above=above, unit=unit, lower=lower)
    return replace(system, table=table)


def _states(found: Cube, certified: Iterable[Mapping[str, Any]]) -> dict[int, tuple[float, float]]:
    """The certified interval of each primary cell of the table."""
    places = {key: place for place, key in enumerate(found.keys)}
    needs = {}
    for cell in certified:
        key = tuple(str(cell.get(dimension)) for dimension in found.dimensions)
        if key not in places:
            raise TableError(
                f"certificate: {key} is no cell of the table; give the certificate that belongs to it"
            )
        if cell.get("state") == "primary":
            low, high = cell.get("low"), cell.get("high")
            need = (-np.inf if low is None else float(low), np.inf if high is None else float(high))
            if np.isnan(need).any():
                raise TableError(f"certificate: {key} has no range; give the one that oak protect wrote")
            needs[places[key]] = need
    return needs


def _wide(interval: Interval, rule: Rule) -> Interval:
    """No value with the rule's percentage of room on both sides fits a narrower range than this."""
    share = rule.p_percent / 100
    known = max(interval.low, 0.0) * 2 * share / (1 - share) if share < 1 else np.inf
    return replace(interval, width=max(interval.width, known))


def _counts(found: Cube) -> bool:
    return all(e.value is None or e.value == round(e.value) for e in found.entries)


def _held(interval: Interval, need: tuple[float, float]) -> Interval:
    return replace(interval, need_low=need[0], need_high=need[1])


def _failure(found: Cube, interval: Interval) -> dict[str, Any]:
    exact = np.isfinite(interval.high) and interval.high - interval.low <= 1e-9 * max(
        interval.grain, abs(interval.high)
    )
    what = "known exactly" if exact else "too narrow"
    codes = dict(zip(found.dimensions, found.keys[interval.figure], strict=True))
    seen = {"attacker": interval.attacker} if interval.attacker else {}
    return {
        **codes,
        **seen,
        "low": plain(interval.low, interval.grain),
        "high": plain(interval.high, interval.grain),
        "what": what,
    }


def versions() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def plain(figure: float | None, grain: float = 1.0) -> float | int | None:
    """A figure for JSON and CSV: whole numbers without a point, boundless ones as null.

    To 6 decimals of what the solver took for one; of given figures (`grain` 0) small ones to 12 digits.
    """
    if figure is None or not np.isfinite(figure):
        return None
    decimals = 6 - math.floor(math.log10(grain)) if 0 < grain < 1 else 6
    near = float(f"{figure:.12g}") if grain == 0 and abs(figure) < 1 else round(float(figure), decimals)
    return int(near) if near == round(near) else near
