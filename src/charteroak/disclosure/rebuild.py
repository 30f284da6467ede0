"""The airlock's own look: every file of an outbox rebuilt from the extract and compared byte by byte."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import PurePath
from typing import Any

import duckdb

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.build import Built, build_tables
from charteroak.disclosure.checks import check, published, unrounded
from charteroak.disclosure.derivation import Derivation, DerivationError
from charteroak.disclosure.files import inspect
from charteroak.disclosure.hidden_figures import hidden_figures
from charteroak.disclosure.identifiers import identifiers
from charteroak.disclosure.ledger import Ledger
from charteroak.disclosure.records import person_keys
from charteroak.disclosure.released import Released
from charteroak.disclosure.rules import base, primary_rules
from charteroak.disclosure.suppress import Unprotectable
from charteroak.disclosure.verdicts import Verdict, worst


@dataclass(frozen=True)
class Rebuilt:
    """What is known of one file. `rebuilt` is the airlock's own text of a table that was submitted otherwise.

    `evidence` and `published` are for checkers and the record of releases, as confidential as the extract.
    """

    file: str
    sha256: str
    derivable: bool
    same_bytes: bool
    verdicts: list[Verdict]
    derivation: str = ""  # its digest
    statistic: str = ""  # what the derivation states; of a file without one nothing is known
    rebuilt: str = ""
    evidence: list[dict[str, Any]] = field(default_factory=list)
    published: list[Released] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        known = {one.name: getattr(self, one.name) for one in fields(self)}
        verdicts = [asdict(verdict) for verdict in self.verdicts]
        numbers = [table.to_json() for table in self.published]
        return known | {"verdicts": verdicts, "published": numbers, "verdict": worst(self.verdicts)}


def rebuild(
    outbox: Mapping[str, bytes],
    extract: duckdb.DuckDBPyConnection,
    appetite: Appetite,
    *,
    person: str,
    earlier: Ledger | None = None,
    key: bytes = b"",
) -> list[Rebuilt]:
    """Judge every file of an outbox; derivations (`NAME.toml`) are read with their table and do not leave.

    `person` is the extract's key: a derivation by any other is refused. `earlier` was released, its people
    hashed with `key`. A table whose rebuilt bytes differ fails; a file without derivation is at best `review`.
    A workspace sees no employers: a table right but for them fails by `employers`; then submit `rebuilt`.
    """
    stated, refused = _stated(outbox, person)
    tables, verdicts, unaware = dict[str, Built](), list[Verdict](), dict[str, bytes]()
    try:
        built = build_tables(stated, extract, appetite)
        tables = {table.derivation.name: table for table in built}
        unaware = _without_employers(outbox, built, extract, appetite)
        verdicts = [*check(built, appetite, earlier, key), *unrounded(built, appetite)]
    except (DerivationError, Unprotectable) as error:
        # Tables are protected together, so one that cannot be built leaves all of them unbuilt.
        refused |= {f"{d.name}.csv": Verdict("derivation", d.name, "fail", mend=str(error)) for d in stated}
    people = {str(one) for (one,) in extract.execute(person_keys(extract, person)).fetchall()}
    found = []
    for file, content in sorted(outbox.items()):
        name = file.removesuffix(".csv")
        if file in refused:
            found.append(Rebuilt(file, _sha256(content), file.endswith(".csv"), False, [refused[file]]))
        elif file.endswith(".csv") and name in tables:
            own = [verdict for verdict in verdicts if verdict.table == name]
            own += _compared(name, content, tables[name].content, unaware.get(name))
            found.append(_table(content, tables[name], own, appetite, published(tables[name], appetite, key)))
        elif not file.endswith(".toml"):
            own = inspect(file, content, appetite, people=people, tables=tables.keys())
            own += hidden_figures(file, content, [*tables.values()])
            found.append(Rebuilt(file, _sha256(content), False, False, own))
    return found


def _without_employers(
    outbox: Mapping[str, bytes],
    built: Sequence[Built],
    extract: duckdb.DuckDBPyConnection,
    appetite: Appetite,
) -> dict[str, bytes]:
    """Where some table differs, all as a workspace gives them, where no employer rule can be computed."""
    if all(outbox[f"{table.derivation.name}.csv"] == table.content for table in built):
        return {}
    silent = replace(appetite, minimum_employers=0, largest_employer=None)
    stated = [table.derivation for table in built]
    return {table.derivation.name: table.content for table in build_tables(stated, extract, silent)}


def _stated(outbox: Mapping[str, bytes], person: str) -> tuple[list[Derivation], dict[str, Verdict]]:
    """The derivations that can be used, and a verdict under the file name of each that cannot."""
    stated: list[Derivation] = []
    refused: dict[str, Verdict] = {}
    for file, content in sorted(outbox.items()):
        if not file.endswith(".toml"):
            continue
        table = f"{PurePath(file).stem}.csv"
        try:
            derivation = Derivation.from_toml(content.decode("utf-8"))
            if f"{derivation.name}.csv" != table:
                raise DerivationError(f"{file} describes the table {derivation.name!r}: give both one name")
            if derivation.person != person:
                raise DerivationError(
                    f"table {derivation.name!r}: the extract's person key is {person!r}: use it"
                )
            if table not in outbox:
                raise DerivationError(
                    f"table {derivation.name!r}: {table} is missing: submit it, or leave {file} out"
                )
        except (ValueError, TypeError) as error:
            refused[table if table in outbox else file] = Verdict(
                "derivation", table, "fail", mend=str(error)
            )
        else:
            stated.append(derivation)
    return stated, refused


def _compared(name: str, content: bytes, rebuilt: bytes, unaware: bytes | None) -> list[Verdict]:
    """Whether the submitted bytes are the airlock's, or what a workspace without that evidence gives."""
    found = identifiers(name, content.decode("utf-8", errors="replace"))
    if content not in (rebuilt, unaware):
        mend = (
            "The table differs from what its derivation gives: write it with disclosure.build, "
            "and submit every table of its group together."
        )
        return [*found, Verdict("same_bytes", name, "fail", mend=mend)]
    found.append(Verdict("same_bytes", name, "pass"))
    if content != rebuilt:
        mend = "Few employers stand behind some figures. Submit the airlock's version, which suppresses them."
        found.append(Verdict("employers", name, "fail", mend=mend))
    return found


def _table(
    content: bytes, table: Built, verdicts: list[Verdict], appetite: Appetite, numbers: Released
) -> Rebuilt:
    same = any(verdict.rule == "same_bytes" and verdict.verdict == "pass" for verdict in verdicts)
    return Rebuilt(
        f"{table.derivation.name}.csv",
        _sha256(content),
        True,
        same,
        verdicts,
        table.derivation.digest,
        table.derivation.statistic,
        "" if content == table.content else table.content.decode(),
        _evidence(table, appetite),
        [numbers],
    )


def _evidence(table: Built, appetite: Appetite) -> list[dict[str, Any]]:
    """A row per shown cell: how many people, why it is suppressed, how much the largest contributor holds."""
    rows = []
    for codes, state in table.states.items():
        cell = table.evidence.cells[codes]
        rows.append(
            {
                "cell": dict(codes),
                "people": cell.people,
                "figure_about": base(cell, table.derivation),
                "largest_share": float(cell.top[0] / cell.absolute) if cell.top and cell.absolute else None,
                "state": state,
                "rules": primary_rules(cell, table.derivation, appetite),
            }
        )
    return rows


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
