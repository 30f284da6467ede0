"""Names in standard form: accents, particles, suffixes, nicknames, double surnames, junk."""

import numpy as np
import polars as pl

SUFFIXES = {"JR": "JR", "JUNIOR": "JR", "SR": "SR", "SENIOR": "SR", "II": "II", "2ND": "II", "III": "III",
    "3RD": "III", "IV": "IV", "4TH": "IV", "V": "V", "FILHO": "JR", "NETO": "III", "HIJO": "JR"}  # fmt: skip
_SUFFIX = r"(?:^|\s)(JR|JUNIOR|SR|SENIOR|II|III|IV|2ND|3RD|4TH)(?:\s|$)"
JUNK = (
    "UNKNOWN", "UNK", "UNKN", "NONE", "NULL", "NA", "N A", "NFN", "NMN", "NMI", "NLN", "LNU", "FNU", "TEST", "X", "XX",
    "XXX", "XXXX", "BABY", "BABY BOY", "BABY GIRL", "BABYBOY", "BABYGIRL", "BOY", "GIRL", "INFANT", "NEWBORN", "MALE",
    "FEMALE", "NO NAME", "NONAME", "NOT GIVEN", "NOT AVAILABLE", "DECLINED", "REFUSED", "ANONYMOUS", "JOHN DOE",
    "JANE DOE", "DOE JOHN", "DOE JANE", "DESCONOCIDO", "SIN NOMBRE", "NO FIRST NAME", "NO LAST NAME", "NO MIDDLE NAME",
    "NAN", "MISSING", "BLANK", "TWIN A", "TWIN B", "TWIN 1", "TWIN 2", "BOY A", "BOY B", "GIRL A", "GIRL B", "NIL",
)  # fmt: skip
"""Written for want of a name: hospital and intake conventions (FNU, LNU: first, last name unknown)."""
PARTICLES = frozenset({
    "DE", "DEL", "LA", "LAS", "LOS", "DA", "DO", "DOS", "DAS", "DI", "DELLA", "VAN", "VON", "DER", "DEN",
    "TER", "TEN", "ZU",
    "AL", "EL", "LE", "DU", "DES", "Y", "E", "BIN", "IBN", "BINT", "ABU", "SAN", "SANTA", "ST", "MC", "MAC",
    "O", "D", "L",
})  # fmt: skip
"""Parts of a surname that two families may share without sharing a name."""
_TITLES = r"^(?:MR|MRS|MS|MISS|DR|PROF|REV|SIR|LADY|LORD|DAME|SRA?|DON|DONA|FR)\s+"
_JOINT = r"(\S{2,}) (?:Y|E) (\S{2,})"
"""Two surnames joined as in Spanish or Portuguese."""
_PLAIN = r"^(?:[A-Z0-9]+(?: [A-Z0-9]+)*)?$"
"""Plain already, as most values are."""
Counted = dict[str, pl.Series]


def plain(values: pl.Series) -> pl.Series:
    """Capitals without accents (NFKD); apostrophes vanish, every other mark becomes one space."""
    found = values.str.to_uppercase()
    rough = (~found.str.contains(_PLAIN)).fill_null(value=False).to_numpy()
    if not rough.any():
        return found
    mended = values.filter(pl.Series(rough)).to_frame("v").select(_mended(pl.col("v"))).to_series()
    place = np.where(rough, len(values) + np.cumsum(rough) - 1, np.arange(len(values)))
    return pl.concat([found, mended]).gather(place)


def _mended(value: pl.Expr) -> pl.Expr:
    bare = value.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_uppercase()
    bare = (
        bare.str.replace_all("ß", "SS")
        .str.replace_all("Ø", "O")
        .str.replace_all("Æ", "AE")
        .str.replace_all("Ł", "L")
    )
    bare = bare.str.replace_all("Đ", "D").str.replace_all("İ", "I").str.replace_all("ı", "I")
    bare = bare.str.replace_all(r"['’ʼ`´ʻ]", "").str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return bare.str.strip_chars()


def name(values: pl.Series) -> tuple[pl.Series, Counted]:
    """A name in capitals without title and suffix; parts of a double name stay apart: `RIVERA LOPEZ`. Null where
    nothing is left. Also returns, by change, which values it changed.
    """
    frame = pl.DataFrame({"raw": values, "bare": plain(values)})
    frame = frame.with_columns(short=pl.col("bare").str.replace_all(_SUFFIX, " ").str.strip_chars())
    frame = frame.with_columns(
        short=pl.when(pl.col("short") == "").then("bare").otherwise("short").str.replace(_TITLES, "")
    )
    known = (pl.col("short").str.len_chars() > 0) & ~pl.col("short").is_in(JUNK)
    known &= ~pl.col("short").str.contains(r"^[\d ]+$")
    done = frame.with_columns(name=pl.when(known).then("short"))
    counted = {
        "accents and marks": done.select(
            (pl.col("bare") != pl.col("raw").str.to_uppercase().str.strip_chars()).fill_null(value=False)
        ),
        "suffix or title taken off": done.select((pl.col("short") != pl.col("bare")).fill_null(value=False)),
        "junk made missing": done.select(
            pl.col("name").is_null() & (pl.col("raw").fill_null("").str.strip_chars() != "")
        ),
    }
    return done["name"], {change: mask.to_series() for change, mask in counted.items()}


def family_name(values: pl.Series) -> tuple[pl.Series, Counted]:
    """A surname as `name` has it, `GARCIA Y LOPEZ` and `COSTA E SILVA` without what joins them. Also counts what
    Spanish and Portuguese customs make of it: two surnames, either of which may stand alone elsewhere, and
    particles, which are nobody's own.
    """
    found, counted = name(values)
    frame = pl.DataFrame({"v": found}).with_columns(whole=pl.col("v").str.replace_all(_JOINT, "$1 $2"))
    word = pl.element()
    own = pl.col("whole").str.split(" ").list.eval(word.filter(~word.is_in(list(PARTICLES)))).list.len()
    many = pl.col("whole").str.count_matches(" ") + 1
    told = frame.select(
        (pl.col("whole") != pl.col("v")).alias("y or e between two surnames taken out"),
        (own >= 2).alias("two surnames, of which one may agree alone"),
        ((many > own) & (own >= 1)).alias("particles, which do not agree alone"),
    ).fill_null(value=False)
    return frame["whole"], counted | told.to_dict()


def initial(values: pl.Series) -> tuple[pl.Series, Counted]:
    """The first letter of a name; X is an initial too, a name that stands for want of one is missing."""
    frame = pl.DataFrame({"bare": plain(values)})
    letter = pl.col("bare").str.extract(r"^(\p{L})")
    known = pl.when((pl.col("bare").str.len_chars() == 1) | ~pl.col("bare").is_in(JUNK)).then(letter)
    return frame.select(known).to_series(), {}


def suffix(values: pl.Series) -> tuple[pl.Series, Counted]:
    """JR, SR, II … in one spelling; anything else is missing."""
    return plain(values).replace_strict(SUFFIXES, default=None, return_dtype=pl.String), {}


def parts(values: pl.Series) -> pl.DataFrame:
    """Columns given_name, middle_name, family_name of full names.

    `FAMILY, GIVEN MIDDLE` is read by its comma. Without one the last word is the family name, with the
    particles before it, and with both surnames where two follow a particle or are joined by `Y`.
    """
    rows = [_parts(value) for value in values.to_list()]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("given_name", "middle_name", "family_name"), pl.String), orient="row"
    )


def _parts(value: str | None) -> tuple[str | None, str | None, str | None]:
    if not value or not value.strip():
        return None, None, None
    family, comma, rest = value.partition(",")
    first_words = rest.split()
    if (
        comma
        and first_words
        and first_words[0].strip(".").upper() not in SUFFIXES
        and len(family.split()) <= 3
    ):
        return first_words[0], " ".join(first_words[1:]) or None, family
    words = [word for word in family.split() if word.strip(".").upper() not in SUFFIXES]
    if len(words) < 2:
        return (words[0] if words else None), None, None
    start = len(words) - 1
    while start > 1 and words[start - 1].upper().strip(".'") in PARTICLES:
        start -= 1
    return words[0], " ".join(words[1:start]) or None, " ".join(words[start:])
