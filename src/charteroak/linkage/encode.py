"""Turns files into arrays: each distinct value is standardised once and numbered, each record is a row of numbers."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage import addresses, names, values
from charteroak.linkage.hashing import content_hashes, factorise
from charteroak.linkage.levels import Tables
from charteroak.linkage.names import Counted
from charteroak.linkage.recipe import Field, Kind, LinkageError, Recipe
from charteroak.linkage.tables import tables_of
from charteroak.machine import cores, spread

MOST_FIELDS, MOST_LEVELS = 16, 11
STANDARDISERS: Mapping[Kind, Callable[[pl.Series], tuple[pl.Series, Counted]]] = {
    Kind.GIVEN_NAME: names.name, Kind.MIDDLE_NAME: names.name, Kind.FAMILY_NAME: names.family_name,
    Kind.INITIAL: names.initial,
    Kind.FULL_NAME: names.name, Kind.SUFFIX: names.suffix, Kind.BIRTH_DATE: values.date, Kind.DATE: values.date,
    Kind.SEX: values.sex, Kind.SSN: lambda raw: values.number(raw, 9), Kind.AGENCY_ID: values.number,
    Kind.SSN_LAST4: lambda raw: values.number(raw, 4, last=True), Kind.ADDRESS: addresses.address,
    Kind.CITY: values.text, Kind.STATE: values.text, Kind.ZIP: values.zip_code, Kind.PHONE: values.phone,
    Kind.EMAIL: values.email, Kind.EXACT: values.text, Kind.FUZZY: values.text, Kind.NUMBER: values.quantity,
    Kind.TEXT: values.as_written, Kind.DATE_AS_WRITTEN: values.date_as_written,
    Kind.NUMBER_AS_WRITTEN: values.number_as_written,
}  # fmt: skip
_BY_CUSTOM = {Kind.BIRTH_DATE, Kind.DATE, Kind.ZIP}
"""What is read by the custom of its file: the order of a date's parts, codes of four digits."""
_SPLITTERS: Mapping[str, Callable[[pl.Series], pl.DataFrame]] = {
    "given_name": names.parts, "middle_name": names.parts, "family_name": names.parts,
    "address": addresses.parts, "city": addresses.parts, "state": addresses.parts, "zip": addresses.parts,
}  # fmt: skip


@dataclass(frozen=True)
class Encoded:
    """Records as numbers. `records`: id, source, in canonical order (by source, then id), so that the order of rows
    or files changes nothing. `values[field]`: its distinct standard values; the first is number `start[field]`.
    `hashes`: one of each value. `changes[field]`: standardiser's change → records changed.
    """

    records: pl.DataFrame
    sources: tuple[str, ...]
    fields: tuple[Field, ...]
    values: Mapping[str, pl.Series]
    start: Mapping[str, int]
    tables: Tables
    hashes: NDArray[np.uint64]
    changes: Mapping[str, Mapping[str, int]]

    @cached_property
    def content(self) -> NDArray[np.uint64]:
        """One hash of each record's values in all fields; 0 where every value is missing."""
        codes = self.tables.codes
        found, each = np.empty(len(codes), np.uint64), max(1, -(-len(codes) // cores()))

        def part(at: int) -> None:
            found[at : at + each] = content_hashes(codes[at : at + each], self.hashes)

        spread(part, range(0, len(codes), each))
        return found

    def column(self, name: str) -> NDArray[np.int32]:
        """Numbers of the field's values by record, within the field, -1 if missing."""
        place = [each.name for each in self.fields].index(name)
        found: NDArray[np.int32] = np.maximum(self.tables.codes[:, place] - np.int32(self.start[name]), -1)
        return found

    def standard(self, name: str) -> pl.Series:
        """The field's standard values by record."""
        code = pl.Series(self.column(name))
        return self.values[name].gather(code.set(code < 0, None))


def encode(frames: Mapping[str, pl.DataFrame], ids: Mapping[str, str], recipe: Recipe) -> Encoded:
    """Standardise and number the files' fields. `ids`: the column that identifies a record, by file.

    Raises LinkageError for a column that a file lacks, and for a recipe with more than MOST_FIELDS fields.
    """
    if len(recipe.fields) > MOST_FIELDS or max(len(each.levels) for each in recipe.fields) > MOST_LEVELS:
        raise LinkageError(
            f"recipe {recipe.name}: at most {MOST_FIELDS} fields of {MOST_LEVELS} levels; leave the weakest out"
        )
    sources = tuple(sorted(frames))
    named = [frames[name][ids[name]].cast(pl.String) for name in sources]
    order = [each.arg_sort().to_numpy() for each in named]
    sizes = [len(each) for each in named]
    source = np.repeat(np.arange(len(sources), dtype=np.int16), sizes)
    records = pl.DataFrame(
        {
            "id": pl.concat(each.gather(rows) for each, rows in zip(named, order, strict=True)),
            "source": pl.Series(sources, dtype=pl.String).gather(source),
        }
    )
    splits: dict[tuple[str, str], pl.DataFrame] = {}
    raws = [[_raw(frames[name], field.of(name), name, splits) for name in sources] for field in recipe.fields]
    matrix = np.empty((len(source), len(raws)), np.int32)
    with ThreadPoolExecutor(cores()) as pool:
        found = list(pool.map(lambda raw, field: _encode_field(field, raw, order), raws, recipe.fields))
    values_of, start, total = {}, {}, 0
    for place, (field, (codes, distinct, _)) in enumerate(zip(recipe.fields, found, strict=True)):
        np.add(codes, np.int32(total), out=matrix[:, place], where=codes >= 0)
        matrix[codes < 0, place] = -1
        values_of[field.name], start[field.name] = distinct, total
        total += len(distinct)
    apart = np.array([name in recipe.one_per_person or not recipe.within for name in sources])
    tables, hashes = tables_of(recipe.fields, list(values_of.values()), matrix, source, apart)
    changes = {
        field.name: each | _taken(field, sources, raw)
        for field, raw, (_, _, each) in zip(recipe.fields, raws, found, strict=True)
    }
    return Encoded(records, sources, recipe.fields, values_of, start, tables, hashes, changes)


def _taken(field: Field, sources: Sequence[str], raw: Sequence[pl.Series]) -> dict[str, int]:
    """How many records have the field as a part of another column's text, by that column."""
    found: dict[str, int] = {}
    for source, texts in zip(sources, raw, strict=True):
        for whole, colon, part in (column.rpartition(":") for column in field.of(source)):
            if colon and part in _SPLITTERS:
                change = f"taken out of {whole}"
                found[change] = found.get(change, 0) + len(texts) - texts.null_count()
    return found


def subset(encoded: Encoded, rows: NDArray[np.int64]) -> Encoded:
    """Some of the records, with the same values."""
    t = encoded.tables
    tables = t._replace(codes=np.ascontiguousarray(t.codes[rows]), source=t.source[rows])
    return replace(encoded, records=encoded.records[rows], tables=tables)


def _encode_field(
    field: Field, raw: Sequence[pl.Series], order: Sequence[NDArray[np.int64]]
) -> tuple[NDArray[np.int32], pl.Series, dict[str, int]]:
    """Numbers of the field's values by record, the distinct standard values, and by change how many records it was.

    `raw` and `order` by file. What is written in several files is standardised once, unless its meaning depends on
    the file's custom.
    """
    if field.kind not in _BY_CUSTOM:
        shift = np.cumsum([0, *(len(each) for each in raw)])
        raw, order = (
            [pl.concat(raw)],
            [np.concatenate([each + at for each, at in zip(order, shift, strict=False)])],
        )
    parts, distinct, changes, count = [], [], dict[str, int](), 0
    for column, rows in zip(raw, order, strict=True):
        codes, values_of = _numbered(column, rows)
        standard, counted = STANDARDISERS[field.kind](values_of)
        weights = np.bincount(codes + 1, minlength=len(values_of) + 1)[1:]
        for change, mask in counted.items():
            changes[change] = changes.get(change, 0) + int(weights[mask.to_numpy()].sum())
        if (
            len(raw) == 1 and standard is values_of
        ):  # what is taken as it is written stays as distinct as it was
            return codes, values_of, changes
        parts.append(np.where(codes >= 0, codes + np.int32(count), np.int32(-1)))
        distinct.append(standard.cast(pl.String))
        count += len(standard)
    numbers, together = _numbered(pl.concat(distinct))
    return np.append(numbers, np.int32(-1))[np.concatenate(parts)], together, changes


def _raw(
    frame: pl.DataFrame, columns: tuple[str, ...], source: str, splits: dict[tuple[str, str], pl.DataFrame]
) -> pl.Series:
    """The field's text as the file has it, its columns joined by a space."""
    found = []
    for column in columns:
        whole, _, part = column.rpartition(":")
        if column in frame.columns:
            found.append(_text(frame[column]))
        elif part in _SPLITTERS and whole in frame.columns:
            key = (source, f"{whole}:{_SPLITTERS[part].__module__}")
            if key not in splits:
                codes, distinct = _numbered(_text(frame[whole]))
                rows = pl.Series(codes)
                splits[key] = (
                    _SPLITTERS[part](distinct)[rows.set(rows < 0, None)]
                    if len(distinct)
                    else pl.DataFrame(
                        {each: pl.Series([None] * frame.height, dtype=pl.String) for each in _SPLITTERS}
                    )
                )
            found.append(splits[key][part])
        else:
            raise LinkageError(f"{source}: no column {column!r}; deliver it or change the recipe")
    if not found:
        return pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    if len(found) == 1:
        return found[0]
    joined = pl.select(pl.concat_str(found, separator=" ", ignore_nulls=True)).to_series().str.strip_chars()
    return joined.set(joined == "", None)


def _text(column: pl.Series) -> pl.Series:
    if column.dtype in (pl.Date, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d")
    if (
        column.dtype.is_float()
        and column.drop_nulls().drop_nans().round(0).eq(column.drop_nulls().drop_nans()).all()
    ):
        return column.cast(pl.Int64, strict=False).cast(
            pl.String
        )  # 6511.0 is how a missing value disguises 06511
    return column.cast(pl.String)


def _numbered(
    column: pl.Series, order: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int32], pl.Series]:
    """Numbers of the column's values in order of appearance (-1 for null), and the distinct values. `order`: rows."""
    hashes, known = column.hash(seed=1).to_numpy(), column.is_not_null().to_numpy()
    if order is None:
        codes, first = factorise(hashes, known)
        return codes, column.gather(first)
    codes, first = factorise(hashes[order], known[order])
    return codes, column.gather(order[first])
