"""Simulated files of pseudopeople's sample population, with its own noise, under the column names an agency would use.

The columns that a file has in the package are renamed, dates are written alike, and nothing is mended. `household_id`
and the relationships are left out: they are the simulation's truth, or nearly.
"""

from collections.abc import Callable
from typing import Any

import polars as pl
import pseudopeople

YEAR = 2020
SHARED = ("first_name", "middle_initial", "middle_name", "last_name", "ssn", "sex", "city", "state")


def pool(seed: int, noise: dict[str, Any] | None = None) -> dict[str, pl.DataFrame]:
    """Five files of one year, from one population of some ten thousand: census, SSA, W-2 and 1099, 1040, WIC."""
    return {
        "census": census(seed, noise), "ssa": ssa(seed, noise), "w2": w2(seed, noise),
        "t1040": _file(pseudopeople.generate_taxes_1040, seed, noise, "mailing_address_"),
        "wic": _file(pseudopeople.generate_women_infants_and_children, seed, noise, "", "%m%d%Y"),
    }  # fmt: skip


def census_w2(seed: int) -> dict[str, pl.DataFrame]:
    """Neither SSN nor birth date in common: names and addresses only."""
    return {"census": census(seed, None).drop("dob", "sex"), "w2": w2(seed, None).drop("ssn")}


def census_ssa(seed: int) -> dict[str, pl.DataFrame]:
    return {"census": census(seed, None), "ssa": ssa(seed, None).drop("ssn")}


def noisier(times: float) -> dict[str, Any]:
    """The package's configuration with every chance of a spoilt cell so many times as high."""
    found: dict[str, Any] = _times(pseudopeople.get_config(), times)
    return found


def _times(part: Any, times: float) -> Any:
    if not isinstance(part, dict):
        return part
    return {
        name: min(value * times, 0.9) if name == "cell_probability" else _times(value, times)
        for name, value in part.items()
    }


def census(seed: int, noise: dict[str, Any] | None) -> pl.DataFrame:
    return _file(pseudopeople.generate_decennial_census, seed, noise, "", "%m/%d/%Y")


def ssa(seed: int, noise: dict[str, Any] | None) -> pl.DataFrame:
    return _file(pseudopeople.generate_social_security, seed, noise, "", "%Y%m%d")


def w2(seed: int, noise: dict[str, Any] | None) -> pl.DataFrame:
    return _file(pseudopeople.generate_taxes_w2_and_1099, seed, noise, "mailing_address_")


def _file(
    generate: Callable[..., Any], seed: int, noise: dict[str, Any] | None, address: str, date: str = ""
) -> pl.DataFrame:
    raw = pl.from_pandas(generate(seed=seed, year=YEAR, config=noise).astype(object))
    has = set(raw.columns)
    columns = {name: pl.col(name) for name in SHARED if name in has}
    for part, source in (("city", "city"), ("state", "state"), ("zip", "zipcode"), ("unit", "unit_number")):
        if address + source in has:
            columns[part] = pl.col(address + source)
    if f"{address}street_name" in has:
        columns["street"] = pl.concat_str(
            f"{address}street_number", f"{address}street_name", separator=" ", ignore_nulls=True
        ).replace("", None)
    if "date_of_birth" in has:
        day = pl.col("date_of_birth").str.to_date(date, strict=False).dt.to_string("%Y-%m-%d")
        columns["dob"] = day.fill_null(pl.col("date_of_birth"))
    if "age" in has:
        columns["age"] = pl.col("age")
    # in an order of its own: rows of the package's files follow the simulation
    shuffled = raw.select(person="simulant_id", **columns).sample(fraction=1.0, shuffle=True, seed=seed)
    return shuffled.with_row_index("record_id").with_columns(pl.col("record_id").cast(pl.String))
