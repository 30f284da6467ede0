"""The airlock's own look: every file of an outbox rebuilt from the extract and compared byte by byte."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

import duckdb

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.build import Built, build_tables
from charteroak.disclosure.checks import check
from charteroak.disclosure.derivation import Derivation, DerivationError
from charteroak.disclosure.differencing import PublishedSet, published
from charteroak.disclosure.files import identifiers, inspect
from charteroak.disclosure.records import person_keys
from charteroak.disclosure.rules import base, primary_rules
from charteroak.disclosure.suppress import Unprotectable
from charteroak.disclosure.verdicts import Verdict, worst


@dataclass(frozen=True)
class Rebuilt:
    """What is known of one file. `evidence` and `published` are for checkers and the register of releases,
    as confidential as the extract.
    """

    file: str
    sha256: str
    derivable: bool
    same_bytes: bool
    verdicts: list[Verdict]
    derivation: str = ""  # its digest
    evidence: list[dict[str, Any]] = field(default_factory=list)
    published: list[PublishedSet] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": worst(self.verdicts)}


def rebuild(
    outbox: Mapping[str, bytes],
    extract: duckdb.DuckDBPyConnection,
    appetite: Appetite,
    *,
    person: str,
    earlier: Sequence[PublishedSet] = (),
) -> list[Rebuilt]:
    """Judge every file of an outbox; derivations (`NAME.toml`) are read with their table and do not leave.

    `person` is the extract's key: a derivation by any other is refused. A table whose rebuilt bytes differ
    fails; a file without derivation is at best `review`.
    """
    stated, refused = _stated(outbox, person)
    try:
        tables = (
            {table.derivation.name: table for table in build_tables(stated, extract, appetite)}
            if stated
            else {}
        )
        verdicts = check(list(tables.values()), appetite, earlier) if tables else []
    except (DerivationError, Unprotectable) as error:
        # Tables are protected together, so one that cannot be built leaves all of them unbuilt.
        refused |= {f"{d.name}.csv": Verdict("derivation", d.name, "fail", mend=str(error)) for d in stated}
        tables, verdicts = {}, []
    keys = {str(key) for (key,) in extract.execute(person_keys(extract, person)).fetchall()}
    found = []
    for file, content in sorted(outbox.items()):
        if file in refused:
            found.append(Rebuilt(file, _sha256(content), file.endswith(".csv"), False, [refused[file]]))
        elif file.endswith(".csv") and PurePath(file).stem in tables:
            table = tables[PurePath(file).stem]
            found.append(_compared(file, content, table, verdicts, appetite))
        elif not file.endswith(".toml"):
            inspected = inspect(file, content, appetite, people=keys, tables=tables.keys())
            found.append(Rebuilt(file, _sha256(content), False, False, inspected))
    return found


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
        except (DerivationError, UnicodeDecodeError, TypeError) as error:
            refused[table if table in outbox else file] = Verdict(
                "derivation", table, "fail", mend=str(error)
            )
        else:
            stated.append(derivation)
    return stated, refused


def _compared(
    file: str, content: bytes, table: Built, verdicts: Sequence[Verdict], appetite: Appetite
) -> Rebuilt:
    name, same = table.derivation.name, content == table.content
    own = [verdict for verdict in verdicts if verdict.table == name]
    own += identifiers(file, content.decode("utf-8", errors="replace"))
    mend = "" if same else (
        "The table differs from what its derivation gives: write it with disclosure.build, "
        "and submit every table of its group together."
    )  # fmt: skip
    own.append(Verdict("same_bytes", name, "pass" if same else "fail", mend=mend))
    return Rebuilt(
        file, _sha256(content), True, same, own, table.derivation.digest,
        _evidence(table, appetite), published([table]),
    )  # fmt: skip


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
