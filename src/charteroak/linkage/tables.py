"""The arrays that the compiled code reads: every distinct value's characters, words, nicknames, number."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.digits import asked_of, level_by_outcome, packed
from charteroak.linkage.hashing import FIRST_WORD, WHOLE, letters_of, part_hashes
from charteroak.linkage.levels import Tables
from charteroak.linkage.names import PARTICLES
from charteroak.linkage.nicknames import GROUPS
from charteroak.linkage.recipe import TESTS, Field, Kind, Level

MILLION = 1_000_000
"""A number with decimals is compared in millionths."""


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
    number, counts, nicknames, tokens = [], [], [], []
    at = 0
    for field, series in zip(fields, distinct, strict=True):
        end = at + len(series)
        number.append(_numbers(field, series, hashes[at:end]))
        words = part_hashes(chars, offset, at, end, FIRST_WORD) if _tests(field, "nickname") else None
        count, groups = _nickname_groups(words, len(series))
        counts.append(count)
        nicknames.append(groups)
        tokens.append(_tokens(field, series))
        at = end
    tokens_at, spoken = _ragged(pl.concat(tokens))
    by_field = [_rules(field, fields) for field in fields]
    rules = [rule for each in by_field for rule in each]
    first_level = np.cumsum([0, *(len(field.levels) for field in fields)]).astype(np.int32)
    return Tables(
        codes, source, apart, np.concatenate(number), offset, chars,
        np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64), np.concatenate(nicknames),
        tokens_at, part_hashes(*characters(spoken), 0, len(spoken), WHOLE).view(np.int64),
        letters_of(chars, offset), packed(chars, offset),
        first_level, np.array([TESTS.index(test) for test, _ in rules], np.int32),
        np.array([limit for _, limit in rules], np.float64), np.stack([asked_of(each) for each in by_field]),
        np.stack([level_by_outcome(each) for each in by_field]), _partners(fields),
        np.array([_remembered(*each, len(codes)) for each in zip(fields, map(len, distinct), strict=True)]),
        _told_by(fields),
    ), hashes  # fmt: skip


def _rules(field: Field, fields: tuple[Field, ...]) -> list[tuple[str, float]]:
    """Test and limit of each level. Names in each other's place are one fault: where given and family name both have
    a level for it, the family name's never holds.
    """
    rules = [_rule(level, field.kind) for level in field.levels]
    given = next((each for each in fields if each.kind == Kind.GIVEN_NAME), None)
    if field.kind == Kind.FAMILY_NAME and given and _tests(given, "swapped"):
        return [("same", limit) if test == "swapped" else (test, limit) for test, limit in rules]
    return rules


def _rule(level: Level, kind: Kind) -> tuple[str, float]:
    test, limit = level.rule
    return test, limit * MILLION if test == "within" and kind == Kind.NUMBER_AS_WRITTEN else limit


def _tests(field: Field, *tests: str) -> bool:
    return any(level.test.startswith(tests) for level in field.levels)


def _remembered(field: Field, values: int, records: int) -> bool:
    """Whether pairs of its values come back often, and cost more to compare than to remember."""
    return 4 * values < records and _tests(
        field, "jaro", "part", "nickname", "levenshtein", "damerau", "username"
    )


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
    if field.kind == Kind.NUMBER_AS_WRITTEN:
        return (series.cast(pl.Float64) * MILLION).round().cast(pl.Int64).to_numpy()
    if field.kind == Kind.NUMBER:
        return series.cast(pl.Int64).to_numpy()
    return hashes.view(np.int64)


def _nickname_groups(
    words: NDArray[np.uint64] | None, values: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many nickname groups each value has, and these one after another. `words`: hashes of their first words."""
    if words is None or not values:
        return np.zeros(values, np.int64), np.empty(0, np.int64)
    known = pl.Series(list(GROUPS))
    hashes = part_hashes(*characters(known), 0, len(known), WHOLE)
    order = np.argsort(hashes)
    lists = [GROUPS[name] for name in known.gather(order)]
    size = np.array([len(each) for each in lists])
    begin = np.cumsum(size) - size
    place = np.minimum(np.searchsorted(hashes[order], words), len(order) - 1)
    count = np.where(hashes[order][place] == words, size[place], 0)
    at = np.repeat(begin[place] - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
    return count.astype(np.int64), np.concatenate(lists).astype(np.int64)[at]


def _tokens(field: Field, series: pl.Series) -> pl.Series:
    """The words of a name that say something: no particles, no initials. A name with particles is also its letters in
    one, as `DE LA CRUZ` is written DELACRUZ.
    """
    if not _tests(field, "part"):
        return pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, len(series))
    word = pl.element()
    words = pl.col("v").str.split(" ")
    own = words.list.eval(word.filter((word.str.len_chars() > 1) & ~word.is_in(list(PARTICLES))))
    whole = pl.concat_list(pl.col("v").str.replace_all(" ", ""))
    led = words.list.first().is_in(list(PARTICLES)) & (own.list.len() < words.list.len())
    return (
        pl.DataFrame({"v": series})
        .select(pl.when(led).then(own.list.concat(whole)).otherwise(own))
        .to_series()
    )


def _ragged(lists: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
    """Where each list begins, and all items one after another."""
    at = np.concatenate([[0], np.cumsum(lists.list.len().to_numpy())]).astype(np.int64)
    return at, lists.explode(empty_as_null=False).drop_nulls()


def characters(texts: pl.Series) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of all texts one after another, and where each begins."""
    offset = np.concatenate([[0], np.cumsum(texts.str.len_chars().to_numpy())]).astype(np.int64)
    return np.frombuffer(str(texts.str.join("").item() or "").encode("utf-32-le"), np.uint32), offset
