"""Turns files into arrays: each distinct value is standardised once and numbered, each record is a row of numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage import addresses, names, values
from charteroak.linkage.hashing import WHOLE, content_hashes, factorise, letters_of, part_hashes
from charteroak.linkage.levels import Tables
from charteroak.linkage.names import Counted
from charteroak.linkage.recipe import TESTS, Field, Kind, LinkageError, Recipe

MOST_FIELDS, MOST_LEVELS = 16, 11
STANDARDISERS: Mapping[Kind, Callable[[pl.Series], tuple[pl.Series, Counted]]] = {
    Kind.GIVEN_NAME: names.name, Kind.MIDDLE_NAME: names.name, Kind.FAMILY_NAME: names.name,
    Kind.FULL_NAME: names.name, Kind.SUFFIX: names.suffix, Kind.BIRTH_DATE: values.date, Kind.DATE: values.date,
    Kind.SEX: values.sex, Kind.SSN: lambda raw: values.number(raw, 9), Kind.AGENCY_ID: values.number,
    Kind.SSN_LAST4: lambda raw: values.number(raw, 4, last=True), Kind.ADDRESS: addresses.address,
    Kind.CITY: values.text, Kind.STATE: values.text, Kind.ZIP: values.zip_code, Kind.PHONE: values.phone,
    Kind.EMAIL: values.email, Kind.EXACT: values.text, Kind.FUZZY: values.text, Kind.NUMBER: values.quantity,
    Kind.TEXT: values.as_written, Kind.DATE_AS_WRITTEN: values.date_as_written,
}  # fmt: skip
_SPLITTERS: Mapping[str, Callable[[pl.Series], pl.DataFrame]] = {
    "given_name": names.parts, "middle_name": names.parts, "family_name": names.parts,
    "address": addresses.parts, "city": addresses.parts, "state": addresses.parts, "zip": addresses.parts,
}  # fmt: skip


@dataclass(frozen=True)
class Encoded:
    """Records as numbers. `records`: id, source, in canonical order (by source, then id), so that the order of rows
    or files changes nothing. `values[field]`: its distinct standard values; the first is number `start[field]`.
    `content`: one hash of each record's values. `changes[field]`: standardiser's change → records changed.
    """

    records: pl.DataFrame
    sources: tuple[str, ...]
    fields: tuple[Field, ...]
    values: Mapping[str, pl.Series]
    start: Mapping[str, int]
    tables: Tables
    content: NDArray[np.uint64]
    changes: Mapping[str, Mapping[str, int]]

    def column(self, name: str) -> NDArray[np.int32]:
        """Numbers of the field's values by record, within the field, -1 if missing."""
        place = [each.name for each in self.fields].index(name)
        codes = self.tables.codes[:, place]
        found: NDArray[np.int32] = np.where(codes >= 0, codes - self.start[name], -1).astype(np.int32)
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
    order = {name: frames[name][ids[name]].cast(pl.String).arg_sort() for name in sources}
    records = pl.concat(
        frames[name].select(id=pl.col(ids[name]).cast(pl.String), source=pl.lit(name))[order[name]]
        for name in sources
    )
    splits: dict[tuple[str, str], pl.DataFrame] = {}
    columns, found, start, changes = [], {}, {}, {}
    total = 0
    for field in recipe.fields:
        codes, distinct, changes[field.name] = _encode_field(field, frames, order, sources, splits)
        columns.append(np.where(codes >= 0, codes + np.int32(total), np.int32(-1)).astype(np.int32))
        found[field.name], start[field.name] = distinct, total
        total += len(distinct)
    matrix = np.ascontiguousarray(np.stack(columns, axis=1))
    source = np.repeat(np.arange(len(sources), dtype=np.int16), [frames[name].height for name in sources])
    apart = np.array([name in recipe.one_per_person or not recipe.within for name in sources])
    tables, hashes = tables_of(recipe.fields, list(found.values()), matrix, source, apart)
    return Encoded(
        records, sources, recipe.fields, found, start, tables, content_hashes(matrix, hashes), changes
    )


def subset(encoded: Encoded, rows: NDArray[np.int64]) -> Encoded:
    """Some of the records, with the same values."""
    t = encoded.tables
    tables = t._replace(codes=np.ascontiguousarray(t.codes[rows]), source=t.source[rows])
    return replace(encoded, records=encoded.records[rows], tables=tables, content=encoded.content[rows])


def _encode_field(
    field: Field,
    frames: Mapping[str, pl.DataFrame],
    order: Mapping[str, pl.Series],
    sources: tuple[str, ...],
    splits: dict[tuple[str, str], pl.DataFrame],
) -> tuple[NDArray[np.int32], pl.Series, dict[str, int]]:
    parts, distinct, changes = [], [], dict[str, int]()
    for name in sources:
        raw = _raw(frames[name], field.of(name), name, splits)[order[name]]
        codes, values_of = _numbered(raw)
        standard, counted = STANDARDISERS[field.kind](values_of)
        weights = np.bincount(codes[codes >= 0], minlength=len(values_of))
        for change, mask in counted.items():
            changes[change] = changes.get(change, 0) + int(weights[mask.to_numpy()].sum())
        parts.append(codes)
        distinct.append(standard.cast(pl.String))
    everything, shift = pl.concat(distinct), np.cumsum([0, *(len(each) for each in distinct)])
    numbers, together = _numbered(everything)
    codes = np.concatenate([
        np.where(each >= 0, numbers[each + at] if len(numbers) else -1, -1) for each, at in zip(parts,
            shift[:-1], strict=True)
    ])  # fmt: skip
    return codes.astype(np.int32), together, changes


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


def _numbered(column: pl.Series) -> tuple[NDArray[np.int32], pl.Series]:
    """Numbers of the column's values in order of appearance (-1 for null), and the distinct values."""
    codes, first = factorise(column.hash(seed=1).to_numpy(), column.is_not_null().to_numpy())
    return codes, column.gather(first)


def tables_of(
    fields: tuple[Field, ...],
    distinct: list[pl.Series],
    codes: NDArray[np.int32],
    source: NDArray[np.int16],
    apart: NDArray[np.bool_],
) -> tuple[Tables, NDArray[np.uint64]]:
    """The arrays that the compiled code reads, and the hash of each value."""
    texts = pl.concat(distinct) if distinct else pl.Series(dtype=pl.String)
    chars, offset = characters(texts)
    hashes = part_hashes(chars, offset, 0, len(texts), WHOLE)
    number, nicknames, tokens = [], [], []
    at = 0
    for field, series in zip(fields, distinct, strict=True):
        number.append(_numbers(field, series, hashes[at : at + len(series)]))
        at += len(series)
        nicknames.append(_nickname_groups(field, series))
        tokens.append(_tokens(field, series))
    groups_at, groups = _ragged(pl.concat(nicknames))
    tokens_at, words = _ragged(pl.concat(tokens))
    word_hashes = part_hashes(*characters(words), 0, len(words), WHOLE).view(np.int64)
    rules = [level.rule for field in fields for level in field.levels]
    first_level = np.cumsum([0, *(len(field.levels) for field in fields)]).astype(np.int32)
    remembered = [
        any(
            level.test.startswith(("jaro", "part", "nickname", "levenshtein", "damerau"))
            for level in each.levels
        )
        and each.kind not in {Kind.SSN, Kind.BIRTH_DATE, Kind.ZIP, Kind.PHONE}
        for each in fields
    ]
    return Tables(
        codes, source, apart, np.concatenate(number), offset, chars, groups_at,
            groups.to_numpy().astype(np.int64), tokens_at, word_hashes,
        letters_of(chars, offset),
        first_level, np.array([TESTS.index(test) for test, _ in rules], np.int32),
        np.array([limit for _, limit in rules], np.float64), _partners(fields), np.array(remembered),
            _told_by(fields),
    ), hashes  # fmt: skip


def _told_by(fields: tuple[Field, ...]) -> NDArray[np.int32]:
    """The finer field that each is told by: one ZIP is one city, so that weighs once."""
    names = {field.kind: place for place, field in enumerate(fields)}
    told = np.full(len(fields), -1, np.int32)
    for coarse, finer in ((Kind.CITY, Kind.ZIP), (Kind.STATE, Kind.ZIP), (Kind.SSN_LAST4, Kind.SSN)):
        if coarse in names and finer in names:
            told[names[coarse]] = names[finer]
    return told


def _partners(fields: tuple[Field, ...]) -> NDArray[np.int32]:
    """Which field each may be swapped with: given and family name, where one has a `swapped` level."""
    kinds = [field.kind for field in fields]
    partner = np.full(len(fields), -1, np.int32)
    both = {Kind.GIVEN_NAME, Kind.FAMILY_NAME} <= set(kinds)
    if both and any(level.test == "swapped" for field in fields for level in field.levels):
        given, family = kinds.index(Kind.GIVEN_NAME), kinds.index(Kind.FAMILY_NAME)
        partner[given], partner[family] = family, given
    return partner


def _numbers(field: Field, series: pl.Series, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    if field.kind in {Kind.BIRTH_DATE, Kind.DATE}:
        days = series.str.to_date("%Y%m%d", strict=False).to_physical().cast(pl.Int64)
        return days.fill_null(-(1 << 40)).to_numpy()
    if field.kind == Kind.DATE_AS_WRITTEN:
        return series.str.to_date("%Y-%m-%d").to_physical().cast(pl.Int64).to_numpy()
    if field.kind == Kind.NUMBER:
        return series.cast(pl.Int64).to_numpy()
    return hashes.view(np.int64)


def _nickname_groups(field: Field, series: pl.Series) -> pl.Series:
    if any(level.test == "nickname" for level in field.levels):
        return pl.Series(names.groups(series.to_list()), dtype=pl.List(pl.Int64))
    return pl.Series([[]], dtype=pl.List(pl.Int64)).new_from_index(0, len(series))


def _tokens(field: Field, series: pl.Series) -> pl.Series:
    """The words of a name that say something: no particles, no initials."""
    if not any(level.test == "part" for level in field.levels):
        return pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, len(series))
    word = pl.element()
    return series.str.split(" ").list.eval(
        word.filter((word.str.len_chars() > 1) & ~word.is_in(list(names.PARTICLES)))
    )


def _ragged(lists: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
    """Where each list begins, and all items one after another."""
    at = np.concatenate([[0], np.cumsum(lists.list.len().to_numpy())]).astype(np.int64)
    return at, lists.explode(empty_as_null=False).drop_nulls()


def characters(texts: pl.Series) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of all texts one after another, and where each begins."""
    offset = np.concatenate([[0], np.cumsum(texts.str.len_chars().to_numpy())]).astype(np.int64)
    return np.frombuffer("".join(texts.to_list()).encode("utf-32-le"), np.uint32), offset
