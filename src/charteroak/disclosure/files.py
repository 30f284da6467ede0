"""Judges any file: tables with or without their records, models, charts, ACRO's records, texts."""

import json
from collections.abc import Iterator, Mapping, Set
from pathlib import PurePath
from typing import Any

from charteroak.disclosure import acro
from charteroak.disclosure.appetite import Appetite
from charteroak.disclosure.followed import followed
from charteroak.disclosure.identifiers import identifiers, in_grid
from charteroak.disclosure.judge import Behind, judge, without_records
from charteroak.disclosure.modelled import modelled
from charteroak.disclosure.models import is_model, model
from charteroak.disclosure.rules import answered
from charteroak.disclosure.stated import stated
from charteroak.disclosure.survival import is_survival, survival
from charteroak.disclosure.tabular import SUFFIXES, document, grids
from charteroak.disclosure.unusable import Unusable
from charteroak.disclosure.verdicts import Verdict

CHARTS = {".svg", ".png", ".pdf", ".jpg", ".jpeg"}
UNREADABLE_CHARTS = CHARTS - {".svg"}


def examine(
    file: str,
    content: bytes,
    appetite: Appetite,
    *,
    behind: Behind | None = None,
    statistic: str | None = None,
    beside: Mapping[str, bytes] | None = None,
) -> list[Verdict]:
    """Every verdict on one file, a table rebuilt from the records `behind` it where they are given.

    `beside` are files by name that an ACRO record may list. Raises Unusable for what cannot be read.
    """
    suffix = PurePath(file).suffix.lower()
    if suffix == ".json":
        value = document(file, content)
        if acro.is_acro(value):
            return list(_acro(file, value, content, appetite, beside or {}))
        if is_model(value):
            held = modelled(file, value, behind, appetite) if behind else model(file, value, appetite)
            return [*identifiers(file, content.decode("utf-8-sig")), *held]
    if behind is not None and not behind.by and not behind.event:
        raise Unusable("--records needs --by for each dimension of the table", file=file)
    if suffix not in SUFFIXES:
        _refuse_opaque(file, suffix, content)
        return inspect(file, content, appetite)
    found: list[Verdict] = []
    for grid in grids(file, content):
        found += in_grid(file, grid)
        if is_survival(grid) and behind is not None and behind.event:
            found += followed(file, grid, behind, appetite)
        elif is_survival(grid) and behind is None:
            found += survival(file, grid, appetite)
        elif behind is not None:
            found += judge(stated(file, grid, behind.by), behind, appetite)
        else:
            found += without_records(stated(file, grid), appetite, statistic)
    if not found:
        raise Unusable("the table has no rows: give one with figures", file=file)
    return found


def _refuse_opaque(file: str, suffix: str, content: bytes) -> None:
    try:
        opaque = "\0" in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        opaque = True
    if opaque and suffix not in CHARTS:
        raise Unusable(
            "neither text nor a format that is read: export it as CSV, Parquet, XLSX or JSON", file=file
        )


def _acro(
    file: str, value: Mapping[str, Any], content: bytes, appetite: Appetite, beside: Mapping[str, bytes]
) -> Iterator[Verdict]:
    yield from identifiers(file, content.decode("utf-8-sig"))
    yield from acro.recorded(file, value, appetite)
    for name in acro.files_of(value):
        if name not in beside:
            yield Verdict(
                "acro", file, "review", name, mend="The listed file is not beside the record: give it too."
            )
            continue
        try:
            yield from examine(name, beside[name], appetite)
        except Unusable:
            yield from inspect(name, beside[name], appetite)


def inspect(
    file: str,
    content: bytes,
    appetite: Appetite,
    *,
    people: Set[str] = frozenset(),
    tables: Set[str] = frozenset(),
) -> list[Verdict]:
    """Verdicts on a file without a derivation: `fail` for identifiers, otherwise at best `review`.

    `people` are the extract's person keys, `tables` the names of the submission's derivable tables. Found
    identifiers are counted, never quoted.
    """
    suffix = PurePath(file).suffix.lower()
    mend = "Two people must read it: add a derivation if it is a table."
    found = [Verdict("not_derivable", file, "review", mend=mend)]
    if suffix in CHARTS:
        found += _chart(file, tables, appetite)
    if suffix in UNREADABLE_CHARTS:
        return found
    if suffix in (".parquet", ".xlsx"):
        return [*found, *_workbook(file, content, appetite, people)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        mend = "Export CSV, JSON, SVG or plain text in UTF-8, so that it can be read before it leaves."
        return [*found, Verdict("opaque", file, "fail", mend=mend)]
    found += identifiers(file, text, people)
    if suffix == ".json":
        found += _json(file, text, appetite)
    if suffix in (".csv", ".tsv"):
        found += _table(file, content, appetite)
    return found


def _json(file: str, text: str, appetite: Appetite) -> Iterator[Verdict]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        yield Verdict("model", file, "fail", mend="The file is not JSON: write it again.")
        return
    if acro.is_acro(value):
        yield from acro.recorded(file, value, appetite)
    elif is_model(value) or isinstance(value, dict):
        yield from model(file, value, appetite)
    else:
        yield from _table(file, text.encode(), appetite)


def _table(file: str, content: bytes, appetite: Appetite) -> Iterator[Verdict]:
    """What a table without its records shows; what is no table is left to people."""
    try:
        for grid in grids(file, content):
            if is_survival(grid):
                yield from survival(file, grid, appetite)
            else:
                yield from without_records(stated(file, grid), appetite, None)
    except Unusable:
        return


def _workbook(file: str, content: bytes, appetite: Appetite, people: Set[str]) -> Iterator[Verdict]:
    try:
        for grid in grids(file, content):
            yield from in_grid(file, grid, people)
    except Unusable as error:
        yield Verdict("opaque", file, "fail", mend=str(error))
        return
    yield from _table(file, content, appetite)


def _chart(file: str, tables: Set[str], appetite: Appetite) -> Iterator[Verdict]:
    table = PurePath(file).stem
    if table in tables:
        mend = f"Compare every mark with the table {table}.csv."
        yield from answered("chart", appetite.charts, file, "", "a chart of its table", mend)
    else:
        mend = (
            f"Submit the table it shows as {table}.csv with its derivation: a chart is judged by its table."
        )
        yield Verdict("chart", file, "fail", mend=mend)
