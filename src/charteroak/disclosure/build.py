"""Builds protected tables from an extract, the same bytes for the researcher and for the airlock."""

import csv
import decimal
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.derivation import Derivation, DerivationError
from charteroak.disclosure.evidence import Cell, Codes, Evidence, evidence
from charteroak.disclosure.labels import TOTAL
from charteroak.disclosure.linked import linked
from charteroak.disclosure.read import open_extract
from charteroak.disclosure.rules import base, primary_rules, shown
from charteroak.disclosure.suppress import suppress

State = Literal["", "primary", "complementary"]


@dataclass(frozen=True)
class Built:
    """A table as it may leave: its bytes, and behind them the evidence and each shown cell's state."""

    evidence: Evidence
    states: Mapping[Codes, State]
    content: bytes

    @property
    def derivation(self) -> Derivation:
        return self.evidence.derivation


def build(derivations: Sequence[Derivation], data: Path, appetite: Appetite) -> dict[str, bytes]:
    """Build every table from the extract in `data` (a folder of Parquet files) as canonical CSV, by name.

    Columns: the dimensions (a coarser level before its finer one), `people`, `value` unless people are
    counted, and `suppressed`: empty, or `primary` or `complementary` where the figures are empty. A
    combination of codes that has no row has nobody. Shares are percentages. Same extract, derivations and
    appetite give the same bytes. Raises DerivationError, or Unprotectable when no suppression can help.
    """
    extract = open_extract(data)
    try:
        return {
            table.derivation.name: table.content for table in build_tables(derivations, extract, appetite)
        }
    finally:
        extract.close()


def build_tables(
    derivations: Sequence[Derivation], extract: duckdb.DuckDBPyConnection, appetite: Appetite
) -> list[Built]:
    """As `build`, with the evidence; tables of one group are protected jointly, in order of name."""
    names = [derivation.name for derivation in derivations]
    if len(set(names)) != len(names):
        raise DerivationError(f"two tables have one name among {sorted(names)}: rename one")
    tables = [one_row_each(evidence(extract, d)) for d in sorted(derivations, key=lambda d: d.name)]
    groups: dict[str, list[Evidence]] = {}
    for table in tables:
        groups.setdefault(table.derivation.group or f"table {table.derivation.name}", []).append(table)
    built = itertools.chain.from_iterable(jointly(group, appetite) for group in groups.values())
    return sorted(built, key=lambda table: table.derivation.name)


def one_row_each(table: Evidence) -> Evidence:
    """The same evidence, or DerivationError when a person has several rows."""
    people = table.cells[()].people if table.cells else 0
    if table.rows != people:
        raise DerivationError(
            f"table {table.derivation.name!r}: {table.rows} rows for {people} people: "
            f"aggregate the source by {table.derivation.person!r}"
        )
    return table


def jointly(tables: Sequence[Evidence], appetite: Appetite) -> list[Built]:
    """Suppress what the appetite asks for, then what else would give it away, in all tables together."""
    together = linked(tables, appetite)
    primary = {together.units[row] for row in together.primaries}
    hidden = primary | (suppress(together.table, primary).units if appetite.complementary else frozenset())
    built = []
    for table in tables:
        states: dict[Codes, State] = {}
        for codes, cell in table.cells.items():
            if shown(codes, table.derivation):
                suppressed = together.units.get((table.derivation.name, codes)) in hidden
                own = suppressed and primary_rules(cell, table.derivation, appetite)
                states[codes] = "primary" if own else "complementary" if suppressed else ""
        built.append(Built(table, states, _csv(table, states)))
    return built


def _csv(table: Evidence, states: Mapping[Codes, State]) -> bytes:
    derivation = table.derivation
    columns = [level for d in derivation.dimensions for level in reversed(derivation.levels(d))]
    counted = derivation.statistic == "count"
    rows = []
    for codes, state in states.items():
        code = dict(codes)
        code |= dict(table.parents[pair] for pair in codes if pair in table.parents)
        labels = [code.get(column, TOTAL) for column in columns]
        figures = (
            ["", ""]
            if state
            else [str(base(table.cells[codes], derivation)), value(table.cells[codes], derivation)]
        )
        rows.append([*labels, *figures[: 1 if counted else 2], state])
    rows.sort(key=lambda row: [(label == TOTAL, label) for label in row[: len(columns)]])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*columns, "people", *([] if counted else ["value"]), "suppressed"])
    writer.writerows(rows)
    return text.getvalue().encode()


def value(cell: Cell, derivation: Derivation) -> str:
    """A cell's figure as printed: means and sums with two decimals, shares in percent with one."""
    if cell.n == 0:
        return ""
    with decimal.localcontext(prec=50):
        if derivation.statistic == "sum":
            return f"{_rounded(cell.total, '0.01')}"
        if derivation.statistic == "mean":
            return f"{_rounded(cell.total / cell.n, '0.01')}"
        return f"{_rounded(100 * cell.total / cell.n, '0.1')}"


def _rounded(number: Decimal, step: str) -> Decimal:
    """Half to even, and never a negative zero."""
    return number.quantize(Decimal(step), rounding=decimal.ROUND_HALF_EVEN) + 0
