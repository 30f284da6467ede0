"""`python -m bench.linkage.pprl [--data FOLDER] [--write FILE]`: encoded linkage, how fast and how true."""

import argparse
import dataclasses
import time
from pathlib import Path

import numpy as np
import polars as pl

from bench import Row
from bench.__main__ import machine, placed, table
from bench.linkage.apart import data
from charteroak.linkage import link
from charteroak.linkage.privacy import DEFAULT, Feature, Schema, Tokens, encode, match

KEY = b"a key for measuring, known to all"
SIDE, ROUNDS = 30_000, 3
FEBRL = Schema(
    (
        Feature("first_name", Tokens.BIGRAMS, 160),
        Feature("last_name", Tokens.BIGRAMS, 180),
        Feature("dob", Tokens.DIGITS, 200),
        Feature("address_1", Tokens.BIGRAMS, 120),
        Feature("zip", Tokens.DIGITS, 60),
    ),
    (*DEFAULT.blocks[:2], ("dob",), ("address_1", "zip"), ("zip", "first_name:sound")),
    folds=0,
)


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.linkage.pprl", description=__doc__)
    asked.add_argument("--data", type=Path, default=Path("var") / "bench-linkage")
    asked.add_argument("--write", type=Path, metavar="FILE")
    given = asked.parse_args()
    before = machine()
    febrl = {path.stem: pl.read_parquet(path).drop("ssn") for path in data(given.data.resolve(), "febrl4")}
    state = {path.stem: pl.read_parquet(path) for path in data(given.data.resolve(), "synthetic_100k")}
    rows = [*speed(), *beside("febrl4", febrl["original"], febrl["duplicate"], FEBRL)]
    shared = ["record_id", "person", "first_name", "last_name", "dob", "sex"]
    sides = state["health"].select(shared), state["vehicles"].select(shared)
    rows += beside("synthetic health × vehicles", *sides, DEFAULT)
    page = f"{before}\n\n{table(rows)}"
    print(page)
    if given.write:
        given.write.write_text(
            placed(given.write.read_text(encoding="utf-8"), "pprl", page), encoding="utf-8"
        )


def speed() -> list[Row]:
    """Random filters of the default schema's length, every pair compared: the best of several rounds."""
    rng = np.random.default_rng(1)
    ids = pl.Series("id", range(SIDE)).cast(pl.String)
    sides = [
        pl.DataFrame(
            {"id": ids, "clk": [row.tobytes() for row in rng.integers(0, 256, (SIDE, 64), np.uint8)]}
        )
        for _ in range(2)
    ]
    best, processor = float("inf"), float("inf")
    match(sides[0].head(10), sides[1].head(10), blocked=False)
    for _ in range(ROUNDS):
        started, used = time.perf_counter(), time.process_time()
        found = match(*sides, threshold=0.9, blocked=False)
        best, processor = min(best, time.perf_counter() - started), min(processor, time.process_time() - used)
    return [
        ("512-bit filters compared (target 50)", found.compared / best / 1e6, "M/s"),
        ("of it, for each second of one core", found.compared / processor / 1e6, "M/s"),
    ]


def beside(name: str, left: pl.DataFrame, right: pl.DataFrame, schema: Schema) -> list[Row]:
    """F1 over all true pairs of two files: encoded, hardened, and in clear text with the same columns."""
    started = time.process_time()
    encoded = [encode(side, schema, KEY) for side in (left, right)]
    rate = (left.height + right.height) / (time.process_time() - started)
    hardened = dataclasses.replace(schema, folds=schema.folds + 1)
    flipped = dataclasses.replace(schema, flip=0.02)
    rows = [(f"{name}: records encoded for each second of one core", rate, "records/s")]
    found = match(*encoded)
    rows.append((f"{name}: pairs compared within blocks", float(found.compared), "pairs"))
    for label, how in (("encoded", None), ("folded once more", hardened), ("2 % of bits flipped", flipped)):
        sides = encoded if how is None else [encode(side, how, KEY) for side in (left, right)]
        links = match(*sides).links
        rows.append((f"{name}: F1 {label}, threshold 0.7", 100 * f1(links, left, right), "%"))
    clear = link({"left": left, "right": right}, id="record_id", truth="person")
    across = clear.links.filter(
        (pl.col("source_l") != pl.col("source_r")) & (pl.col("match_probability") >= clear.recipe.link)
    )
    rows.append((f"{name}: F1 in clear text, same columns", 100 * f1(across, left, right), "%"))
    return rows


def f1(links: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame) -> float:
    people = [
        side.select(
            pl.col("record_id").cast(pl.String).alias(f"id_{end}"), pl.col("person").alias(f"person_{end}")
        )
        for side, end in ((left, "l"), (right, "r"))
    ]
    true = people[0].join(people[1], left_on="person_l", right_on="person_r").height
    told = links.join(people[0], on="id_l").join(people[1], on="id_r")
    assert told.height == links.height
    return 2 * told.filter(pl.col("person_l") == pl.col("person_r")).height / (told.height + true)


if __name__ == "__main__":
    main()
