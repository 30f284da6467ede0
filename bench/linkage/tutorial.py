"""`python -m bench.linkage.tutorial [--data FOLDER]`: makes what docs/linkage/tutorial.md shows.

An excerpt of three of pseudopeople's files (every ninth street of the census with the people who live there, what the
Social Security file and the W-2s hold of them, and some others), and the pictures of linking them, as SVG.
"""

import argparse
import re
from pathlib import Path

import polars as pl

from bench.linkage.apart import data
from charteroak import linkage
from charteroak.linkage import charts

PAGES = Path(__file__).resolve().parents[2] / "docs" / "linkage"
FILES, PICTURES = PAGES / "pseudopeople", PAGES / "pictures"
ONE_IN, OTHERS = 9, 150


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.linkage.tutorial", description=__doc__)
    asked.add_argument("--data", type=Path, default=Path("var") / "bench-linkage")
    frames = {path.stem: pl.read_parquet(path) for path in data(asked.parse_args().data.resolve(), "pool", 1)}
    FILES.mkdir(exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    for name, frame in excerpt(frames).items():
        frame.write_parquet(FILES / f"{name}.parquet")
    for name, picture in pictures(linked()).items():
        (PICTURES / f"{name}.svg").write_text(small(charts.svg(picture)), encoding="utf-8")


def excerpt(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Census, SSA and W-2 records of the people of some streets, in the order of the files."""
    census = frames["census"].drop("state", "zip", "city", "age")
    streets = census["street"].drop_nulls().unique().sort().gather_every(ONE_IN)
    census = census.filter(pl.col("street").is_in(streets.implode()))
    found = {"census": census}
    for name, drop in (("ssa", []), ("w2", ["state", "zip", "city"])):
        known = frames[name].drop(drop)
        theirs = pl.col("person").is_in(census["person"].unique().implode())
        others = known.filter(~theirs).sort("person").gather_every(max(1, known.height // OTHERS))
        found[name] = pl.concat([known.filter(theirs), others]).sort(pl.col("record_id").cast(pl.Int64))
    return found


def linked() -> linkage.Linkage:
    files = {name: FILES / f"{name}.parquet" for name in ("census", "ssa", "w2")}
    return linkage.link(files, id="record_id", truth="person")


def pictures(found: linkage.Linkage) -> dict[str, charts.draw.Chart]:
    """Name → picture, each of one line of the tutorial."""
    doubtful = found.links.sort((pl.col("match_probability") - 0.5).abs()).row(0, named=True)
    sides = [(doubtful[f"source_{side}"], doubtful[f"id_{side}"]) for side in "lr"]
    largest = found.clusters["cluster"].value_counts().sort("count", "cluster", descending=True)["cluster"][0]
    return {
        "match-weights": charts.match_weights(found.model),
        "parameters": charts.parameters(found.model),
        "histogram": charts.histogram(found),
        "blocking": charts.blocking(found),
        "waterfall": charts.waterfall(found, *sides),
        "unlinkable": charts.unlinkable(found),
        "missed": charts.missed(found),
        "cluster": charts.cluster(found, largest),
    }


def small(svg: str) -> str:
    """The picture with coordinates to a tenth of a pixel."""
    return re.sub(r"-?\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}", svg)


if __name__ == "__main__":
    main()
