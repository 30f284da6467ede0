"""Brings what an agency wrote into one form, so that spelling habits do not keep a person apart."""

import polars as pl

from charteroak.linkage.clerical.recipe import Field, Kind, LinkageError

SUFFIXES = r"\b(JR|SR|II|III|IV|JUNIOR|SENIOR)\b"
PLACEHOLDER_NAMES = ["UNKNOWN", "UNK", "NONE", "NULL", "NA", "NFN", "NMN", "NLN", "TEST", "XXX"]
PLACEHOLDER_DATES = ["19000101", "19010101", "18000101", "18991231"]
PLACEHOLDER_NUMBERS = ["123456789", "987654321", "012345678", "078051120", "1234567890"]
"""Filled in for want of a number; 078-05-1120 was printed on a wallet insert and used by thousands (SSA)."""


def text(value: pl.Expr) -> pl.Expr:
    """Capitals without accents; apostrophes vanish, every other mark becomes one space."""
    plain = value.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_uppercase()
    plain = plain.str.replace_all(r"['’ʼ`´]", "").str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return plain.str.strip_chars()


def name(value: pl.Expr) -> pl.Expr:
    """A name in capitals without suffix (Jr, III); parts of a double name stay apart: `RIVERA LOPEZ`."""
    plain = text(value).str.replace_all(r"\d", "").str.replace_all(SUFFIXES, "")
    plain = plain.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(plain.str.len_chars() > 0, ~plain.is_in(PLACEHOLDER_NAMES)).then(plain)


def birth_date(value: pl.Expr) -> pl.Expr:
    """YYYYMMDD of a day that existed; placeholders such as 1 January 1900 count as missing."""
    digits = value.str.replace_all(r"\D", "")
    real = digits.str.len_chars().eq(8) & digits.str.to_date("%Y%m%d", strict=False).is_not_null()
    return pl.when(real, ~digits.is_in(PLACEHOLDER_DATES)).then(digits)


def number(value: pl.Expr) -> pl.Expr:
    """Letters and digits only. One repeated digit, and numbers known to be placeholders, count as missing."""
    plain = text(value).str.replace_all(" ", "")
    repeated = plain.str.strip_chars(plain.str.slice(0, 1)).str.len_chars() == 0
    return pl.when(plain.str.len_chars() > 0, ~repeated, ~plain.is_in(PLACEHOLDER_NUMBERS)).then(plain)


def ssn(value: pl.Expr) -> pl.Expr:
    """Nine digits, never padded: a number that lost its leading zeros is missing, not guessed."""
    plain = number(value)
    return pl.when(plain.str.contains(r"^\d{9}$")).then(plain)


def sex(value: pl.Expr) -> pl.Expr:
    letter = text(value).str.slice(0, 1)
    return pl.when(letter.is_in(["F", "M", "X"])).then(letter)


def exact(value: pl.Expr) -> pl.Expr:
    plain = text(value)
    return pl.when(plain.str.len_chars() > 0).then(plain)


FORMS = {
    Kind.GIVEN_NAME: name,
    Kind.FAMILY_NAME: name,
    Kind.MIDDLE_NAME: name,
    Kind.INITIAL: lambda value: name(value).str.slice(0, 1),
    Kind.BIRTH_DATE: birth_date,
    Kind.SEX: sex,
    Kind.SSN: ssn,
    Kind.AGENCY_ID: number,
    Kind.EXACT: exact,
}


def standardise(file: str, frame: pl.DataFrame, fields: tuple[Field, ...]) -> pl.DataFrame:
    """The file's fields in standard form: text columns `record_id` and one per field, null where unusable.

    Rows come back sorted by `record_id`, so that the order of delivery cannot change a link. Raises
    LinkageError when a column is missing or a record id is empty or repeated.
    """
    held = [field for field in fields if file in field.columns]
    for column in ("record_id", *(field.columns[file] for field in held)):
        if column not in frame.columns:
            raise LinkageError(f"{file}: no column {column!r}; deliver it or change the recipe")
    if frame["record_id"].null_count() or frame["record_id"].n_unique() != frame.height:
        raise LinkageError(f"{file}: record_id is empty or repeated; every row needs its own")
    columns = [
        FORMS[field.kind](pl.col(field.columns[file]).cast(pl.String)).alias(field.name) for field in held
    ]
    return frame.select(pl.col("record_id").cast(pl.String), *columns).sort("record_id")
