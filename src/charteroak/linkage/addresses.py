"""Addresses in standard form: abbreviations as the Postal Service writes them, units in one spelling."""

from collections.abc import Collection, Mapping

import polars as pl
import usaddress

from charteroak.linkage.names import Counted, plain
from charteroak.linkage.values import JUNK_TEXTS

# Suffixes, directions and unit designators of Publication 28 of the United States Postal Service, with the
# Spanish ones in use in Puerto Rico, and those of the other English-speaking countries.
_ABBREVIATED = {
    "ST": "STREET STR STRT", "AVE": "AVENUE AV AVEN AVENU AVN", "RD": "ROAD", "DR": "DRIVE DRIV DRV", "LN": "LANE",
    "CT": "COURT CRT", "PL": "PLACE", "BLVD": "BOULEVARD BOUL BOULV", "CIR": "CIRCLE CIRC CRCL",
    "TER": "TERRACE TERR TCE",
    "HWY": "HIGHWAY HIWAY HIWY HWAY", "PKWY": "PARKWAY PARKWY PKY PKWAY", "SQ": "SQUARE SQR",
    "TRL": "TRAIL TR", "WAY": "WY",
    "CRES": "CRESCENT CRESENT CRSENT", "CL": "CLOSE", "GR": "GROVE GROV", "PT": "POINT", "XING": "CROSSING",
    "HTS": "HEIGHTS",
    "MT": "MOUNT", "EXT": "EXTENSION EXTN", "TPKE": "TURNPIKE TPK", "N": "NORTH", "S": "SOUTH", "E": "EAST",
    "W": "WEST",
    "NE": "NORTHEAST", "NW": "NORTHWEST", "SE": "SOUTHEAST", "SW": "SOUTHWEST",
    "UNIT": "APT APARTMENT STE SUITE NO NUM NUMBER "
    "APTO APARTAMENTO FLAT RM ROOM LOT TRLR", "FL": "FLOOR PISO", "C": "CALLE", "CARR": "CARRETERA",
    "URB": "URBANIZACION",
    "AVENIDA": "AVDA", "PRAIRIE": "PR", "SAINT": "SNT",
}  # fmt: skip
_WORDS = {word: short for short, words in _ABBREVIATED.items() for word in words.split()}
_ORDINALS = {"FIRST": "1ST", "SECOND": "2ND", "THIRD": "3RD", "FOURTH": "4TH", "FIFTH": "5TH",
    "SIXTH": "6TH", "SEVENTH": "7TH", "EIGHTH": "8TH", "NINTH": "9TH", "TENTH": "10TH"}  # fmt: skip


def address(values: pl.Series) -> tuple[pl.Series, Counted]:
    """House number, street and unit in one spelling; a placeholder is missing."""
    frame = pl.DataFrame({"raw": values, "bare": plain(values)})
    frame = frame.with_columns(
        bare=pl.col("bare").str.replace(r"^P ?O BOX|^POST OFFICE BOX|^APARTADO", "PO BOX")
    )
    frame = frame.with_columns(
        words=pl.col("bare").str.split(" ").list.eval(pl.element().replace(_WORDS | _ORDINALS)).list.join(" ")
    )
    junk = (pl.col("words") == "") | pl.col("bare").is_in(JUNK_TEXTS)
    done = frame.with_columns(kept=pl.when(~junk).then("words"))
    counted = done.select(
        (pl.col("kept") != pl.col("bare")).fill_null(value=False).alias("words abbreviated"),
        (pl.col("kept").is_null() & (pl.col("raw").fill_null("").str.strip_chars() != "")).alias(
            "junk made missing"
        ),
    )
    return done["kept"], counted.to_dict()


PARTS = ("address", "city", "state", "zip")
_PLAIN_LINE = (
    r"^(.*\S)\s*,\s*([^,0-9]+?)\s*,?\s+([A-Za-z]{2})\.?\s*,?\s+(\d{5})(?:-?\d{4})?(?:\s*,?\s*USA?)?\s*$"
)
_ENDS_IN_ZIP = r"[,\s][A-Za-z]{2,}\.?,?\s+\d{5}(?:-?\d{4})?(?:\s*,?\s*USA?)?\s*$"
_UNIT = r"(?i)^(?:apt|apartment|unit|ste|suite|fl|floor|rm|room|lot|#)\b"


def one_line(values: pl.Series) -> bool:
    """Whether these are whole addresses, most of which end in a town, a state and a ZIP."""
    known = values.drop_nulls().head(2000)
    return len(known) > 0 and 2 * int(known.cast(pl.String).str.contains(_ENDS_IN_ZIP).sum()) > len(known)


def whole(files: Mapping[str, pl.DataFrame], columns: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """The columns that hold one-line addresses, by file."""
    texts = {
        name: [each for each in of if files[name][each].dtype == pl.String] for name, of in columns.items()
    }
    return {name: [each for each in of if one_line(files[name][each])] for name, of in texts.items()}


def parts(values: pl.Series) -> pl.DataFrame:
    """Columns address, city, state, zip of one-line addresses: `12 Main St Apt 4, Hartford, CT 06103` by its commas,
    any other by usaddress (a conditional random field trained on labelled US addresses). What it cannot read stays
    whole in `address`.
    """
    found = pl.DataFrame({"raw": values}).with_columns(
        pl.col("raw").str.extract(_PLAIN_LINE, place).alias(name) for place, name in enumerate(PARTS, start=1)
    )
    rough = found.select(
        pl.col("zip").is_null() | pl.col("city").str.contains(_UNIT).fill_null(value=False)
    ).to_series()
    rows = [_parts(value) for value in values.filter(rough).to_list()]
    rest = pl.DataFrame(rows, schema=dict.fromkeys(PARTS, pl.String), orient="row")
    place = rough.cum_sum().cast(pl.Int64) + len(values) - 1
    at = pl.select(pl.when(rough).then(place).otherwise(pl.int_range(len(values)))).to_series()
    return pl.concat([found.select(PARTS), rest])[at]


def _parts(value: str | None) -> tuple[str | None, str | None, str | None, str | None]:
    if not value or not value.strip():
        return None, None, None, None
    found: dict[str, list[str]] = {"PlaceName": [], "StateName": [], "ZipCode": [], "": []}
    for word, label in usaddress.parse(value):
        found[label if label in found else ""].append(word.strip(","))
    street, city, state, code = (
        " ".join(found[label]) or None for label in ("", "PlaceName", "StateName", "ZipCode")
    )
    return street, city, state, code
