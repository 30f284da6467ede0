"""A table rounded so that it still adds up, with the certificate of what a reader can tell of it."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from charteroak.disclosure.audit import Interval, audit
from charteroak.disclosure.clock import UNLIMITED, Clock
from charteroak.disclosure.longtable import LongTable
from charteroak.disclosure.multiway import Cube, Rule, cube, protectable
from charteroak.disclosure.protect import named, plain, versions
from charteroak.disclosure.rounding import Rounding, Unroundable, controlled_rounding
from charteroak.disclosure.tables import LinkedTable

SEARCH = 0.8  # of the time limit; the rest is the audit's


@dataclass(frozen=True)
class Rounded:
    """A table's rounded figures. `intervals` are what a reader can tell of each figure at most.

    `status`: optimal (no rounding changes less), safe, unsafe (a sensitive figure is known to less than a base),
    or unprotectable (no rounding adds up; `reason`).
    """

    cube: Cube
    base: float
    status: str
    sensitive: frozenset[int]
    rounding: Rounding | None = None
    intervals: tuple[Interval, ...] = ()
    reason: str = ""

    @property
    def safe(self) -> bool:
        return self.status in ("optimal", "safe")

    def certificate(self, seconds: float) -> dict[str, Any]:
        """As of a suppressed table; `cost` is what the rounding changes in sum, `value` what is published."""
        rounding = self.rounding
        cost = None if rounding is None else plain(rounding.distance)
        bound = None if rounding is None else plain(rounding.bound)
        return {
            "status": self.status,
            **({"reason": self.reason} if self.reason else {}),
            "cost": cost,
            "bound": bound,
            "gap": None if rounding is None else round(rounding.gap, 6),
            "seconds": round(seconds, 3),
            "method": f"controlled rounding to {self.base:g}",
            "rule": f"a reader must not tell any sensitive figure to less than {self.base:g}",
            "primary": len(self.sensitive),
            "secondary": 0,
            "intervals": "exact" if all(i.exact for i in self.intervals) else "at least",
            "failures": [self._failure(i) for i in self.intervals if not i.safe],
            "versions": versions(),
            "cells": [self._cell(i) for i in self.intervals],
        }

    def to_csv(self) -> str:
        """The table as it may be published."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*self.cube.dimensions, "value", "state"])
        if self.rounding is not None:
            for key, value in zip(self.cube.keys, self.rounding.values.tolist(), strict=True):
                writer.writerow([*key, plain(value), "rounded"])
        return text.getvalue()

    def _cell(self, interval: Interval) -> dict[str, Any]:
        codes = dict(zip(self.cube.dimensions, self.cube.keys[interval.figure], strict=True))
        value = None if self.rounding is None else plain(self.rounding.values[interval.figure])
        low, high = plain(interval.low), plain(interval.high)
        return {**codes, "state": "rounded", "value": value, "low": low, "high": high}

    def _failure(self, interval: Interval) -> dict[str, Any]:
        codes = dict(zip(self.cube.dimensions, self.cube.keys[interval.figure], strict=True))
        return {**codes, "low": plain(interval.low), "high": plain(interval.high), "what": "too narrow"}


def rounded(
    table: LongTable,
    parents: Mapping[str, Mapping[str, str]],
    rule: Rule,
    base: float,
    clock: Clock = UNLIMITED,
) -> Rounded:
    """Round a table to multiples of `base`, and work out what a reader who knows the base can tell.

    The reader knows that each figure lies within one base of what is published (farther where the sums left no
    choice, which the certificate's reader is told too), the least value, and that all sums hold. Raises
    TableError, and ValueError for a base that is not positive.
    """
    with named(table):
        system = protectable(cube(table.dimensions, table.cells, parents), rule)
    sensitive = system.primary
    try:
        rounding = controlled_rounding(system.table, base, clock.share(SEARCH))
    except Unroundable as error:
        return Rounded(system.cube, base, "unprotectable", sensitive, reason=str(error))
    seen = _seen(system.table, rounding, base, sensitive)
    intervals = tuple(audit(seen, range(len(seen.cost)), True, clock))
    status = "optimal" if rounding.optimal else "safe"
    if not all(interval.safe for interval in intervals):
        status = "unsafe"
    return Rounded(system.cube, base, status, sensitive, rounding, intervals)


def _seen(table: LinkedTable, rounding: Rounding, base: float, sensitive: frozenset[int]) -> LinkedTable:
    """The table to its reader: every figure unknown, none farther from what is published than the farthest."""
    size = len(table.values)
    reach = base * max(1.0, float(np.ceil(np.abs(rounding.values - table.values).max(initial=0.0) / base)))
    half = np.where([place in sensitive for place in range(size)], base / 2, 0.0)
    return replace(
        table,
        values=np.full(size, np.nan),
        lower=np.maximum(table.lower, rounding.values - reach),
        upper=rounding.values + reach,
        below=half,
        above=half,
        unit=np.arange(size),
        cost=np.ones(size),
        insiders=(),
    )
