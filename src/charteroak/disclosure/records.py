"""The questions asked of an extract in SQL: its people, a table's records, and who paid their wages."""
# ruff: noqa: S608  # names are quoted; the source is the researcher's own and can read nothing but the extract

import itertools
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import polars as pl

from charteroak.disclosure.arrow import frame
from charteroak.disclosure.derivation import Derivation, DerivationError
from charteroak.disclosure.labels import MISSING
from charteroak.disclosure.read import EVIDENCE_VIEW, columns, quoted

MONEY = "DECIMAL(28, 6)"  # exact, so that no sum depends on the order of rows


def levels(derivation: Derivation) -> list[str]:
    """All columns that a table is broken down by, coarser levels after their finer ones."""
    return list(itertools.chain.from_iterable(derivation.levels(d) for d in derivation.dimensions))


def load(extract: duckdb.DuckDBPyConnection, derivation: Derivation) -> None:
    """Run a derivation's source once and keep its records as the table `_records`.

    What follows asks only that table, so the source's text can shape records but not how they are counted.
    Raises DerivationError when it is not one statement or does not run; the message holds no data.
    """
    chosen = [f"CAST({quoted(derivation.person)} AS VARCHAR) AS _person"]
    chosen += [
        f"coalesce(CAST({quoted(level)} AS VARCHAR), '{MISSING}') AS _level{place}"
        for place, level in enumerate(levels(derivation))
    ]
    chosen.append(
        f"CAST({quoted(derivation.measure) if derivation.measure else 'NULL'} AS {MONEY}) AS _measure"
    )
    kept = f"WHERE ({derivation.filter}\n)" if derivation.filter else ""
    records = f"SELECT {', '.join(chosen)} FROM ({derivation.source}\n) {kept}"
    statement = f"CREATE OR REPLACE TEMP TABLE _records AS {records}"
    where = f"table {derivation.name!r}"
    try:
        if len(extract.extract_statements(statement)) != 1:
            raise DerivationError(f"{where}: the source is more than one statement: write one SELECT")
        extract.execute(statement)
    except duckdb.Error as error:
        raise DerivationError(f"{where}: the source does not run: {_cause(error)}") from None


def _cause(error: duckdb.Error) -> str:
    """What went wrong, without any value of the data: only errors found before reading data are quoted."""
    if isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException):
        return str(error).splitlines()[0]
    return f"{type(error).__name__} while reading the data; run the source in the workspace to see it"


def person_keys(extract: duckdb.DuckDBPyConnection, person: str) -> str:
    """A query for every person key the extract's own files hold; raises DerivationError when none has it."""
    views = [
        view for view, names in sorted(columns(extract).items()) if person in names and view != EVIDENCE_VIEW
    ]
    if not views:
        raise DerivationError(
            f"no file of the extract has the person key {person!r}: use the extract's own key"
        )
    key = quoted(person)
    return " UNION ".join(
        f"SELECT CAST({key} AS VARCHAR) FROM {quoted(view)} WHERE {key} IS NOT NULL" for view in views
    )


def counts(extract: duckdb.DuckDBPyConnection, keys: str) -> tuple[int, int]:
    """Of the loaded records: measures other than 0 and 1, and people whom the extract does not know."""
    return extract.execute(
        "SELECT (SELECT count(*) FROM _records WHERE _measure NOT IN (0, 1)), "
        f"(SELECT count(DISTINCT _person) FROM _records WHERE _person NOT IN ({keys}))"
    ).fetchall()[0]


def loaded(extract: duckdb.DuckDBPyConnection, derivation: Derivation) -> pl.DataFrame:
    """The loaded records: `_person`, a column per level under its own name, and `_measure`."""
    found = frame(extract.table("_records").__arrow_c_stream__())
    return found.rename({f"_level{place}": level for place, level in enumerate(levels(derivation))})


def payers(
    extract: duckdb.DuckDBPyConnection, derivation: Derivation
) -> Iterator[tuple[list[str], str, Decimal, Decimal, int, bool]]:
    """Per finest cell and payer: codes, payer, dollars from it, dollars from each person's other payers,
    most employers of one person, and whether payers are employers (else industries).

    From the view `evidence`: the person key, `total_wage`, and `employer` (that employer's wages) or
    `top_payer_naics4` (with `top_employer_share` and `employer_count` where known). Nothing without them.
    """
    known = columns(extract).get(EVIDENCE_VIEW, set())
    exact = "employer" in known
    payer = "employer" if exact else "top_payer_naics4"
    if derivation.measure is None or not {derivation.person, payer, "total_wage"} <= known:
        return
    share = "coalesce(top_employer_share, 0)" if "top_employer_share" in known else "0"
    share = "1" if exact else share
    most = "coalesce(max(employer_count), 1)" if "employer_count" in known else "1"
    by = _by(derivation)
    query = (
        f"SELECT {by}coalesce(CAST({payer} AS VARCHAR), '{MISSING}'), "
        f"CAST(sum(total_wage * {share}) AS {MONEY}), "
        f"CAST(sum(total_wage * (1 - {share})) AS {MONEY}), {most} "
        f"FROM (SELECT DISTINCT {by}_person FROM _records WHERE _measure IS NOT NULL) "
        f"JOIN {EVIDENCE_VIEW} ON _person = CAST({quoted(derivation.person)} AS VARCHAR) GROUP BY ALL"
    )
    for *codes, code, wages, elsewhere, most_per_person in extract.execute(query).fetchall():
        yield codes, code, wages, elsewhere, most_per_person, exact


def _by(derivation: Derivation) -> str:
    return "".join(f"_level{place}, " for place in range(len(levels(derivation))))
