"""DOL's answer to a finder list: it looks the numbers up in its own store and sends back what it holds."""

from pathlib import Path

import polars as pl

from charteroak.synthetic import read
from charteroak.synthetic.write import TabFile


def answer_finder_list(
    folder: Path, ssns: pl.Series, *, on: str = "11_03_2026", request: str = "042"
) -> tuple[Path, Path]:
    """Write DOL's matching and analysis files for the numbers asked and return their paths.

    `ssns` holds nine-digit text, true numbers and decoys alike; repeated, missing or unknown numbers and
    numbers that lost their zeros are simply not found. Wages are in dollars and cents; `employer_count` and
    `top_employer_share` (0 to 1) are computed per person and quarter, for checks of outputs only.
    Raises FileNotFoundError where `generate` has not run in `folder`.
    """
    if not (folder / "DOL" / "wages").is_dir():
        raise FileNotFoundError(f"{folder} holds no wage store: run generate() there first.")
    asked = pl.DataFrame({"ssn": ssns.cast(pl.String).unique()}).lazy()
    found = read.workers(folder).join(asked, on="ssn", how="semi").sort("record_id").collect()
    payments = (
        read.wages(folder)
        .join(found.lazy().select("record_id"), on="record_id", how="semi")
        .group_by("record_id", "year_quarter", "employer")
        .agg(pl.col("cents").sum(), pl.col("naics4").first())
        .sort("record_id", "year_quarter", "cents", "employer", descending=[False, False, True, False])
        .collect()
    )
    paths = tuple(folder / "DOL" / f"DOL.{request}.{on}.{kind}" for kind in ("matching", "analytical"))
    for path, frame in zip(paths, (found, _quarters(payments)), strict=True):
        with TabFile(path) as file:
            file.append(frame)
    return paths[0], paths[1]


def _quarters(payments: pl.DataFrame) -> pl.DataFrame:
    """One row per person and quarter, from rows per employer sorted by falling pay."""
    total = pl.col("cents").sum()
    return payments.group_by("record_id", "year_quarter", maintain_order=True).agg(
        pl.format("{}.{}", total // 100, (total % 100).cast(pl.String).str.zfill(2)).alias("total_wage"),
        pl.col("naics4").first().alias("top_payer_naics4"),
        pl.len().alias("employer_count"),
        (pl.col("cents").first() / total).round(4).alias("top_employer_share"),
    )
