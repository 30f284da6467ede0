"""Judges a table that its author states: held against the records behind it, or, without them, by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.build import Built, State
from charteroak.disclosure.checks import check
from charteroak.disclosure.derivation import Derivation, Statistic
from charteroak.disclosure.evidence import Cell, Codes, Evidence, evidence_of
from charteroak.disclosure.figures import Compared, compared
from charteroak.disclosure.labels import coded
from charteroak.disclosure.ledger import Ledger
from charteroak.disclosure.positions import positions
from charteroak.disclosure.printed import printed
from charteroak.disclosure.rules import label
from charteroak.disclosure.stated import Line, Stated, statistic_of
from charteroak.disclosure.unusable import Unusable
from charteroak.disclosure.verdicts import Verdict

TABLES: dict[str, Statistic] = {
    "count": "count",
    "percent": "count",
    "mean": "mean",
    "sum": "sum",
    "share": "share",
}


@dataclass(frozen=True)
class Behind:
    """The records behind a table: which column is the person, which are the dimensions, what is measured.

    A record without an employer may be any employer's. With `employer`, the measure counts as a wage.
    """

    records: pl.LazyFrame
    person: str
    by: tuple[str, ...]
    measure: str | None = None
    statistic: str | None = None
    employer: str | None = None  # the column of employers that paid the measure
    other: str | None = None  # what the measure is correlated with
    weight: str | None = None  # the column of weights
    event: str | None = None  # 1 where the time, the measure, ended with the event

    def limits(self, appetite: Appetite) -> Appetite:
        """The appetite that knows the measure of a table with employers for a wage."""
        if self.employer is None or self.measure is None or appetite.is_wage(self.measure):
            return appetite
        return replace(appetite, wage_measures=(*appetite.wage_measures, self.measure.lower()))


def judge(
    table: Stated, behind: Behind, appetite: Appetite, earlier: Ledger | None = None, key: bytes = b""
) -> list[Verdict]:
    """Rebuild a table from its records, compare every figure, and apply every rule to who stands behind it.

    What the table declares about itself is recomputed, never believed. `earlier` are the tables released before,
    with people hashed under `key`. Raises Unusable when the records do not have the columns, or cannot be read
    as stated.
    """
    limits = behind.limits(appetite)
    found, built = held(table, behind, limits)
    return found + [replace(v, table=table.file) for v in check(built, limits, earlier, key)]


def held(table: Stated, behind: Behind, appetite: Appetite) -> tuple[list[Verdict], list[Built]]:
    """A table held against its records: what its figures show, and each figure column as built from them."""
    whole = _evidence(table, behind)
    found = list(_places(table, whole))
    built: list[Built] = []
    for column in table.columns:
        statistic = statistic_of(column, behind.statistic or ("mean" if behind.measure else "count"))
        if statistic not in TABLES:
            found += positions(table, column, statistic, whole, appetite)
            continue
        if behind.measure is None and statistic in ("mean", "sum", "share"):
            raise Unusable(f"a {statistic} needs --measure", file=table.file, column=column)
        reading = compared(table, column, statistic, whole, appetite)
        found += reading.verdicts
        found += printed(table, column, reading, whole, appetite)
        built.append(_built(table, column, reading, whole))
    return found, built


def _evidence(table: Stated, behind: Behind) -> Evidence:
    """All cells by the table's dimensions, with the measure where there is one."""
    schema = behind.records.collect_schema()
    if behind.employer and not behind.measure:
        raise Unusable("--employer says who paid a measure: give --measure too", file=table.file)
    named = (behind.person, *behind.by, behind.measure, behind.employer, behind.other, behind.weight)
    for column in (one for one in named if one):
        if column not in schema:
            raise Unusable(f"the records have no column {column!r}; they have {', '.join(schema.names())}")
    measure = pl.lit(None, dtype=pl.Float64)
    if behind.measure:
        dtype = schema[behind.measure]
        measure = pl.col(behind.measure).cast(pl.Float64, strict=not isinstance(dtype, pl.String))
    chosen = behind.records.select(
        pl.col(behind.person).cast(pl.String).alias("_person"),
        *behind.by,
        measure.alias("_measure"),
        *([_employer(behind.employer)] if behind.employer else []),
        *(
            pl.col(column).cast(pl.Float64, strict=False).alias(name)
            for name, column in (("_other", behind.other), ("_weight", behind.weight))
            if column
        ),
    )
    try:
        name = "".join(
            letter if letter.isalnum() and letter.isascii() else "-" for letter in table.file
        ).lstrip("-")
        derivation = Derivation(name[:60] or "table", "records", "_person", behind.by, measure=behind.measure,
                                statistic="mean" if behind.measure else "count", margins=behind.by)  # fmt: skip
        frame = chosen.collect()
        _all_numbers(behind, frame)
        stated_over = tuple(d for d in behind.by if any(d not in dict(line.codes) for line in table.lines))
        return evidence_of(coded(frame, behind.by), replace(derivation, margins=stated_over))
    except ValueError as error:
        raise error if isinstance(error, Unusable) else Unusable(str(error), file=table.file) from None


def _employer(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text).alias("_employer")


def _all_numbers(behind: Behind, frame: pl.DataFrame) -> None:
    if behind.measure is None:
        return
    given = (
        behind.records.select(pl.col(behind.measure).cast(pl.String).str.strip_chars()).collect().to_series()
    )
    wrong = frame["_measure"].is_null() & given.is_not_null() & (given != "")
    if wrong.any():
        row = int(wrong.arg_max() or 0) + 1
        raise Unusable(f"the measure is not a number in record {row} (after --where): mend the records",
                       column=behind.measure)  # fmt: skip
    if not frame["_measure"].fill_null(0.0).is_finite().all():
        raise Unusable(
            "the measure is infinite or not a number in some record: mend it", column=behind.measure
        )


def _places(table: Stated, whole: Evidence) -> Iterator[Verdict]:
    """Lines that name one cell twice, or a cell that the records do not have."""
    seen: set[Codes] = set()
    for line in table.lines:
        place = label(line.codes)
        if line.codes in seen:
            yield Verdict("same_figure", table.file, "fail", place, f"row {line.row}", "once",
                          "A cell stands in the table twice: leave one line out.")  # fmt: skip
        seen.add(line.codes)
        says = any(figure.high > 0 and not figure.hidden for figure in line.figures.values())
        if line.codes not in whole.cells and says:
            yield Verdict("same_figure", table.file, "fail", place, f"row {line.row}", "nobody in the records",
                          "Build the table from these records, with the same codes.")  # fmt: skip


def _built(table: Stated, column: str, reading: Compared, whole: Evidence) -> Built:
    """One figure column as the library's own tables are judged: cells not stated are as good as hidden."""
    statistic = TABLES[reading.statistic]
    derivation = replace(
        whole.derivation, name=f"{whole.derivation.name}-{table.columns.index(column)}", statistic=statistic,
        measure=None if statistic == "count" else whole.derivation.measure,
    )  # fmt: skip
    cells = {codes: _about(cell, reading) for codes, cell in whole.cells.items()}
    states: dict[Codes, State] = dict.fromkeys(whole.cells, "complementary")
    for line in table.lines:
        if line.codes in states and _legible(line, column):
            states[line.codes] = ""
    return Built(replace(whole, derivation=derivation, cells=cells), states, b"")


def _legible(line: Line, column: str) -> bool:
    return line.figures[column].exact


def _about(cell: Cell, reading: Compared) -> Cell:
    """A count of those with the measure is about them alone."""
    if reading.statistic in ("count", "percent") and reading.about == "n":
        return replace(cell, people=cell.n, members=cell.measured)
    return cell


def without_records(table: Stated, appetite: Appetite, statistic: str | None) -> list[Verdict]:
    """What a table's own figures show. People per cell cannot be known, so the best outcome is `review`."""
    mend = "Give --records, --person and --by: without the records nobody can tell how many people stand behind it."
    found = [Verdict("records", table.file, "review", mend=mend)]
    asked = statistic or ("count" if _whole(table) else "mean")
    for column in table.columns:
        kind = statistic_of(column, asked)
        if kind not in TABLES:
            found += positions(table, column, kind, None, appetite)
        else:
            found += printed(table, column, Compared(kind, "people", ()), None, appetite)
    return found


def _whole(table: Stated) -> bool:
    return all(f.low == int(f.low) for line in table.lines for f in line.figures.values() if f.exact)
