"""What a steward's “mask” does to a column: its values are made coarser, never left out."""

import polars as pl

FEWEST = 10  # people behind a value that may stay
OTHER = "other"


def mask(values: pl.Series) -> pl.Series:
    """Dates become their year, numbers are rounded to two significant digits, and codes that fewer than ten
    rows hold become “other”; blanks stay blank.
    """
    if values.dtype == pl.Date:
        return values.dt.truncate("1y")
    if values.dtype.is_numeric():
        return values.round_sig_figs(2)
    counts = values.drop_nulls().value_counts()
    rare = counts.filter(pl.col("count") < FEWEST)[values.name]
    return values.to_frame().select(
        pl.when(pl.col(values.name).is_in(rare.implode())).then(pl.lit(OTHER)).otherwise(pl.col(values.name))
        .alias(values.name)
    ).to_series()  # fmt: skip
