"""Says how well two records agree, field by field: same, a nickname, one digit off, different, missing."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from charteroak.linkage.clerical.blocking import Rows
from charteroak.linkage.clerical.recipe import LEVELS, Field, Kind
from charteroak.linkage.nicknames import NICKNAMES

Levels = NDArray[np.int8]
MISSING = -1
PARTICLES = [
    "DE",
    "DEL",
    "LA",
    "LAS",
    "LOS",
    "DA",
    "DO",
    "DOS",
    "DI",
    "VAN",
    "VON",
    "DER",
    "DEN",
    "AL",
    "EL",
    "LE",
]
"""Parts of a surname that two families may share without sharing a name."""
CLOSE = 0.88
"""Jaro-Winkler similarity from which two names count as spelt alike; 0.88 is a usual cut (Winkler 2006)."""


def squashed(value: str) -> pl.Expr:
    return pl.col(value).str.replace_all(" ", "")


def alike(pairs: pl.DataFrame) -> pl.Series:
    left, right = pairs["a"].str.replace_all(" ", "").to_list(), pairs["b"].str.replace_all(" ", "").to_list()
    return pl.Series(
        cpdist(left, right, scorer=JaroWinkler.similarity, score_cutoff=CLOSE) > 0, dtype=pl.Boolean
    )


def initial_of() -> pl.Expr:
    """One side is a single letter, and the other begins with it."""
    left, right = pl.col("a"), pl.col("b")
    single = pl.min_horizontal(left.str.len_chars(), right.str.len_chars()) == 1
    return single & (left.str.slice(0, 1) == right.str.slice(0, 1))


def one_slip(pairs: pl.DataFrame) -> pl.Series:
    """One digit wrong, or two neighbouring digits exchanged."""
    left, right = pairs["a"].to_list(), pairs["b"].to_list()
    return pl.Series(cpdist(left, right, scorer=OSA.distance, score_cutoff=1) <= 1, dtype=pl.Boolean)


def _graded(kind: Kind, pairs: pl.DataFrame, tests: dict[str, pl.Expr | pl.Series]) -> Levels:
    """The number of the first test that holds, else that of `different`, for each row of `pairs`."""
    names = list(LEVELS[kind])
    graded = pl.lit(names.index("different"), dtype=pl.Int8)
    for level in reversed(tests):
        test = tests[level]
        held = pl.lit(test) if isinstance(test, pl.Series) else test
        graded = pl.when(held).then(pl.lit(names.index(level), dtype=pl.Int8)).otherwise(graded)
    return pairs.select(graded.alias("level"))["level"].to_numpy()


def given_name(pairs: pl.DataFrame) -> Levels:
    groups = [
        pl.col(side)
        .str.split(" ")
        .list.first()
        .replace_strict(NICKNAMES, default=None, return_dtype=pl.List(pl.Int64))
        for side in ("a", "b")
    ]
    tests: dict[str, pl.Expr | pl.Series] = {
        "same": squashed("a") == squashed("b"),
        "nickname": (groups[0].list.set_intersection(groups[1]).list.len() > 0).fill_null(value=False),
        "initial": initial_of(),
        "close": alike(pairs),
    }
    return _graded(Kind.GIVEN_NAME, pairs, tests)


def family_name(pairs: pl.DataFrame) -> Levels:
    names = pl.element().str.len_chars().gt(1) & ~pl.element().is_in(PARTICLES)
    parts = [pl.col(side).str.split(" ").list.filter(names) for side in ("a", "b")]
    left, right = squashed("a"), squashed("b")
    begins = left.str.starts_with(right) | right.str.starts_with(left)
    four_letters = pl.min_horizontal(left.str.len_chars(), right.str.len_chars()) >= 4
    shares_part = parts[0].list.set_intersection(parts[1]).list.len() > 0
    tests: dict[str, pl.Expr | pl.Series] = {
        "same": left == right,
        "part": shares_part | (begins & four_letters),
        "close": alike(pairs),
    }
    return _graded(Kind.FAMILY_NAME, pairs, tests)


def middle_name(pairs: pl.DataFrame) -> Levels:
    same = squashed("a") == squashed("b")
    return _graded(Kind.MIDDLE_NAME, pairs, {"same": same, "initial": initial_of()})


def birth_date(pairs: pl.DataFrame) -> Levels:
    left, right = pl.col("a"), pl.col("b")
    turned = left.str.slice(0, 4) + left.str.slice(6, 2) + left.str.slice(4, 2)
    tests: dict[str, pl.Expr | pl.Series] = {
        "same": left == right,
        "day_month": turned == right,
        "year": left.str.slice(4) == right.str.slice(4),
        "digit": one_slip(pairs),
    }
    return _graded(Kind.BIRTH_DATE, pairs, tests)


def ssn(pairs: pl.DataFrame) -> Levels:
    return _graded(Kind.SSN, pairs, {"same": pl.col("a") == pl.col("b"), "digit": one_slip(pairs)})


def equal(pairs: pl.DataFrame) -> Levels:
    return _graded(Kind.EXACT, pairs, {"same": pl.col("a") == pl.col("b")})


COMPARISONS: dict[Kind, Callable[[pl.DataFrame], Levels]] = {
    Kind.GIVEN_NAME: given_name,
    Kind.FAMILY_NAME: family_name,
    Kind.MIDDLE_NAME: middle_name,
    Kind.BIRTH_DATE: birth_date,
    Kind.SSN: ssn,
    Kind.SEX: equal,
    Kind.AGENCY_ID: equal,
    Kind.INITIAL: equal,
    Kind.EXACT: equal,
}


def compare(
    left: pl.DataFrame, right: pl.DataFrame, rows: tuple[Rows, Rows], fields: Sequence[Field]
) -> Levels:
    """Level of agreement of each pair on each field: pairs × fields, 0 the best, MISSING if unknown.

    `rows` are row numbers into the standardised `left` and `right`. Names written in each other's place are
    the family name's level `swapped`, and the given name is then missing, so that one fault counts once.
    """
    levels = np.empty((len(rows[0]), len(fields)), dtype=np.int8)
    for place, field in enumerate(fields):
        levels[:, place] = _field_levels(left[field.name], right[field.name], rows, field.kind)
    kinds = [field.kind for field in fields]
    if Kind.FAMILY_NAME in kinds and Kind.GIVEN_NAME in kinds:
        family, given = kinds.index(Kind.FAMILY_NAME), kinds.index(Kind.GIVEN_NAME)
        swapped = _swapped(left, right, rows, fields[family].name, fields[given].name)
        swapped &= levels[:, family] != 0
        levels[swapped, family] = list(LEVELS[Kind.FAMILY_NAME]).index("swapped")
        levels[swapped, given] = MISSING
    return levels


def _field_levels(left: pl.Series, right: pl.Series, rows: tuple[Rows, Rows], kind: Kind) -> Levels:
    """Compares each distinct pair of values once, however many pairs of records hold it."""
    values = pl.concat([left, right]).drop_nulls().unique().sort()
    codes = [
        side.cast(pl.Enum(values)).to_physical().cast(pl.Int64).fill_null(MISSING).to_numpy()
        for side in (left, right)
    ]
    first, second = codes[0][rows[0]], codes[1][rows[1]]
    known = (first != MISSING) & (second != MISSING)
    levels = np.full(len(first), MISSING, dtype=np.int8)
    distinct, back = np.unique(first[known] * len(values) + second[known], return_inverse=True)
    if len(distinct):
        pairs = pl.DataFrame(
            {"a": values.gather(distinct // len(values)), "b": values.gather(distinct % len(values))}
        )
        levels[known] = COMPARISONS[kind](pairs)[back]
    return levels


def _swapped(
    left: pl.DataFrame, right: pl.DataFrame, rows: tuple[Rows, Rows], family: str, given: str
) -> NDArray[np.bool_]:
    pairs = pl.DataFrame(
        {
            "a_family": left[family].gather(rows[0]), "a_given": left[given].gather(rows[0]),
            "b_family": right[family].gather(rows[1]), "b_given": right[given].gather(rows[1]),
        }
    )  # fmt: skip
    crossed = (squashed("a_family") == squashed("b_given")) & (squashed("a_given") == squashed("b_family"))
    return pairs.select(crossed.fill_null(value=False).alias("crossed"))["crossed"].to_numpy()
