"""Dates, numbers, sexes, places and free text in standard form."""

import numpy as np
import polars as pl

from charteroak.linkage.names import Counted, plain

JUNK_NUMBERS = (
    "123456789", "987654321", "012345678", "078051120", "219099999", "457555462", "1234567890",
    "0123456789", "111223333",
    "5555555555", "1234567", "5551212",
)  # fmt: skip
"""Filled in for want of a number. 078-05-1120 was printed on a wallet insert and used by thousands, 219-09-9999 on
a leaflet (Social Security Administration, "Social Security Cards Issued by Woolworth"); 457-55-5462 was advertised."""
JUNK_DATES = ("00000000", "19000101", "19010101", "18000101", "18991231", "18991230", "11111111", "99991231",
    "19700101", "00010101", "22221212")  # fmt: skip
JUNK_TEXTS = (
    "UNKNOWN", "UNK", "NONE", "NULL", "NA", "N A", "NAN", "NO ADDRESS", "HOMELESS", "GENERAL DELIVERY",
    "TEST", "MISSING",
    "NO FIXED ADDRESS", "TRANSIENT", "SAME", "DECLINED", "REFUSED", "NOT AVAILABLE", "NIL", "XXX", "UNHOUSED",
)  # fmt: skip
_Y4, _Y2, _D = r"([0-9A-Za-z]{4})", r"(\d{2})", r"([0-9A-Za-z]{1,2})"
LARGEST = 9e12  # of numbers that are compared in millionths
_S = r"\s*[-/. ]\s*"
_DATE_FORMS = {
    "year, month, day": (rf"^{_Y4}{_S}{_D}{_S}{_D}(?:[T ].*)?$", (1, 2, 3)),
    "yearmonthday": (r"^(\w{4})(\w{2})(\w{2})$", (1, 2, 3)),
    "month/day/year": (rf"^{_D}{_S}{_D}{_S}{_Y4}$", (3, 1, 2)),
    "monthdayyear": (r"^(\w{2})(\w{2})(\w{4})$", (3, 1, 2)),
    "day/month/year": (rf"^{_D}{_S}{_D}{_S}{_Y4}$", (3, 2, 1)),
    "daymonthyear": (r"^(\w{2})(\w{2})(\w{4})$", (3, 2, 1)),
    "month/day/yy": (rf"^{_D}{_S}{_D}{_S}{_Y2}$", (3, 1, 2)),
    "day/month/yy": (rf"^{_D}{_S}{_D}{_S}{_Y2}$", (3, 2, 1)),
}
_WRITTEN = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%Y", "%d%b%Y")


def _is_day(text: pl.Expr) -> pl.Expr:
    year = text.str.slice(0, 4).cast(pl.Int32, strict=False)
    return text.str.to_date("%Y%m%d", strict=False).is_not_null() & year.is_between(1500, 2200)


def _in_form(pattern: str, order: tuple[int, int, int]) -> pl.Expr:
    raw = pl.col("raw")
    year, month, day = (raw.str.extract(pattern, group) for group in order)
    century = pl.when(year.cast(pl.Int32, strict=False) > 26).then(pl.lit("19")).otherwise(pl.lit("20"))
    year = pl.when(year.str.len_chars() == 2).then(century + year).otherwise(year)
    return (year + month.str.zfill(2) + day.str.zfill(2)).str.to_uppercase()


def _usual(frame: pl.DataFrame) -> pl.Series | None:
    """The dates by the first form, which no other can read, where most are in it, others by theirs; else None."""
    first = frame.select(_in_form(*_DATE_FORMS["year, month, day"])).to_series()
    unread = ~pl.DataFrame({"v": first}).select(_is_day(pl.col("v")).fill_null(value=False)).to_series()
    known = frame.height - frame["raw"].null_count()
    if 2 * (frame.height - int(unread.sum())) <= known:
        return None
    rest = _in_best_form(frame.filter(unread), "year, month, day")
    place = np.where(
        unread.to_numpy(), frame.height + np.cumsum(unread.to_numpy()) - 1, np.arange(frame.height)
    )
    return pl.concat([first, rest]).gather(place)


def _in_best_form(frame: pl.DataFrame, best: str | None = None) -> pl.Series:
    """Each date in the best form, by default the one that reads most; in another, or written out, where that fails."""
    forms = frame.select(_in_form(*form).alias(name) for name, form in _DATE_FORMS.items())
    days = forms.select(_is_day(pl.col(name)).fill_null(value=False).sum() for name in _DATE_FORMS).row(0)
    best = best or list(_DATE_FORMS)[max(range(len(days)), key=lambda place: days[place])]
    chosen = forms[best]
    if days[list(_DATE_FORMS).index(best)] == frame.height - frame["raw"].null_count():
        return chosen
    others = [pl.when(_is_day(pl.col(name))).then(name) for name in _DATE_FORMS]
    written = [
        pl.col("raw").str.replace_all(r"[,.]", "").str.to_date(form, strict=False).dt.strftime("%Y%m%d")
        for form in _WRITTEN
    ]
    rest = frame.hstack(forms).select(pl.coalesce(*others, *written)).to_series()
    unread = ~_is_day(pl.col("a")).fill_null(value=False) & pl.col("b").is_not_null()
    return pl.DataFrame({"a": chosen, "b": rest}).select(pl.when(unread).then("b").otherwise("a")).to_series()


def date(values: pl.Series) -> tuple[pl.Series, Counted]:
    """YYYYMMDD, in the order that most of the file's dates bear out; month before day where both would do.

    A date with a slip of the pen (13 for a month, a letter for a digit) keeps its eight characters, so that it
    can still be found nearly equal; one that cannot be read at all, and a placeholder, is missing.
    """
    frame = pl.DataFrame({"raw": values.str.strip_chars()})
    chosen = _usual(frame)
    if chosen is None:
        chosen = _in_best_form(frame)
    found = pl.DataFrame({"raw": frame["raw"], "date": chosen}).with_columns(
        kept=pl.when(~pl.col("date").is_in(JUNK_DATES)).then("date")
    )
    known = pl.col("raw").fill_null("") != ""
    counted = found.select(
        (known & pl.col("date").is_in(JUNK_DATES).fill_null(value=False)).alias("junk made missing"),
        (known & pl.col("date").is_null()).alias("unreadable made missing"),
        (pl.col("kept").is_not_null() & ~_is_day(pl.col("kept")))
        .fill_null(value=False)
        .alias("not a day, kept for near agreement"),
    )
    return found["kept"], counted.to_dict()


def number(values: pl.Series, digits: int = 0, *, last: bool = False) -> tuple[pl.Series, Counted]:
    """Letters and digits only, and of exactly `digits` of them where given (the last ones, for `last`). One repeated
    digit, and numbers known to be placeholders, are missing.
    """
    frame = pl.DataFrame({"raw": values}).with_columns(
        bare=pl.col("raw").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]+", "")
    )
    if last:
        frame = frame.with_columns(pl.col("bare").str.tail(digits))
    elif digits == 9:  # a spreadsheet drops leading zeros: up to two are given back
        short = pl.col("bare").str.contains(r"^\d{7,8}$")
        frame = frame.with_columns(
            pl.when(short).then(pl.col("bare").str.zfill(9)).otherwise("bare").alias("bare")
        )
    repeated = pl.col("bare").str.strip_chars(pl.col("bare").str.slice(0, 1)) == ""
    usable = ~repeated & ~pl.col("bare").is_in(JUNK_NUMBERS)
    if digits:
        usable &= pl.col("bare").str.len_chars() == digits
    done = frame.with_columns(kept=pl.when(usable).then("bare"))
    junk = done.select(pl.col("kept").is_null() & (pl.col("raw").fill_null("").str.strip_chars() != ""))
    return done["kept"], {"junk made missing": junk.to_series()}


def phone(values: pl.Series) -> tuple[pl.Series, Counted]:
    """The last ten digits; fewer than seven are missing."""
    digits = values.str.replace_all(r"\D", "").str.tail(10)
    kept, counted = number(pl.Series(digits))
    return pl.DataFrame({"kept": kept}).select(
        pl.when(pl.col("kept").str.len_chars() >= 7).then("kept")
    ).to_series(), counted


def email(values: pl.Series) -> tuple[pl.Series, Counted]:
    """Lower case; missing without an @."""
    plain_text = values.str.strip_chars().str.to_lowercase()
    return pl.DataFrame({"v": plain_text}).select(
        pl.when(pl.col("v").str.contains("@")).then("v")
    ).to_series(), {}


def sex(values: pl.Series) -> tuple[pl.Series, Counted]:
    """F, M or X: first letters of the usual words in English, Spanish, Portuguese; 1 and 2 as in vital records."""
    word = {"1": "M", "2": "F", "MUJER": "F", "MULHER": "F", "HOMBRE": "M", "HOMEM": "M", "H": "M",
        "WOMAN": "F", "GIRL": "F", "BOY": "M"}  # fmt: skip
    letter = plain(values).replace(word).str.slice(0, 1)
    return pl.DataFrame({"v": letter}).select(
        pl.when(pl.col("v").is_in(["F", "M", "X"])).then("v")
    ).to_series(), {}


def zip_code(values: pl.Series) -> tuple[pl.Series, Counted]:
    """Five digits of a ZIP or ZIP+4, leading zeros given back; another country's code without spaces."""
    bare = pl.col("raw").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]+", "")
    frame = pl.DataFrame({"raw": values}).with_columns(
        code=pl.when(bare.str.contains(r"^\d{9}$")).then(bare.str.slice(0, 5))
        .when(bare.str.contains(r"^\d{3,4}$") & ~pl.lit(bool(_four_digits(values)))).then(bare.str.zfill(5))
        .otherwise(bare)
    )  # fmt: skip
    kept = frame.select(
        pl.when((pl.col("code") != "") & ~pl.col("code").is_in(["00000", "99999", "NAN"])).then("code")
    )
    longer = frame.select(bare.str.contains(r"^\d{9}$").fill_null(value=False)).to_series()
    return kept.to_series(), {"ZIP+4 cut to five": longer}


def _four_digits(values: pl.Series) -> bool:
    """Whether the file's codes have four digits by custom (Australia, Switzerland) rather than by a lost zero."""
    bare = values.drop_nulls().str.replace_all(r"\D", "")
    return len(bare) > 0 and int((bare.str.len_chars() == 4).sum()) * 2 > len(bare)


def quantity(values: pl.Series) -> tuple[pl.Series, Counted]:
    """A number in plain decimals."""
    found = values.str.strip_chars().str.replace_all(",", "").cast(pl.Float64, strict=False)
    unread = found.is_null() & (values.fill_null("").str.strip_chars() != "")
    return found.cast(pl.Int64, strict=False).cast(pl.String), {"unreadable made missing": unread}


def as_written(values: pl.Series) -> tuple[pl.Series, Counted]:
    """The text as the file has it."""
    return values, {}


def number_as_written(values: pl.Series) -> tuple[pl.Series, Counted]:
    """A number with its decimals as the file has it; what is none, or too large for millionths, is missing."""
    found = values.str.strip_chars().cast(pl.Float64, strict=False)
    return found.set(~found.is_finite() | (found.abs() > LARGEST), None).cast(pl.String), {}


def date_as_written(values: pl.Series) -> tuple[pl.Series, Counted]:
    """YYYY-MM-DD as the file has it; what is no such day is missing."""
    known = values.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return pl.DataFrame({"v": values, "known": known}).select(pl.when("known").then("v")).to_series(), {}


def text(values: pl.Series) -> tuple[pl.Series, Counted]:
    """Capitals without accents and marks; placeholders are missing."""
    frame = pl.DataFrame({"raw": values, "v": plain(values)})
    kept = frame.select(pl.when((pl.col("v") != "") & ~pl.col("v").is_in(JUNK_TEXTS)).then("v")).to_series()
    return kept, {"junk made missing": kept.is_null() & (frame["raw"].fill_null("").str.strip_chars() != "")}
