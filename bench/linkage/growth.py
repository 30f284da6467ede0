"""`python -m bench.linkage.growth [--to 1m|10m]`: what our engine costs as the files grow, as a table and a chart.

The synthetic state with the narrow rules, ten times as many records each time, each run in a process of its own.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl

from bench.__main__ import machine, placed
from bench.linkage.apart import data, measured
from bench.linkage.tasks import NARROW, synthetic

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
HEAD = ("Records", "Wall s", "CPU s", "CPU µs a record", "Peak MB", "Pairs listed", "Best F1")


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.linkage.growth", description=__doc__)
    asked.add_argument("--data", type=Path, default=Path("var") / "bench-linkage")
    asked.add_argument("--to", choices=SIZES, default="1m", help="the largest")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--write", type=Path, metavar="FILE", help="also keep the table in this page")
    asked.add_argument("--chart", type=Path, metavar="FILE", help="write the chart here, as SVG")
    given = asked.parse_args()
    before, found = machine(), []
    for size in list(SIZES)[: list(SIZES).index(given.to) + 1]:
        task = synthetic(size, NARROW, f"synthetic {size}")
        with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as work:
            files = data(given.data.resolve(), task.data, given.seed)
            found.append({"records": SIZES[size], **measured("charteroak", task, files, Path(work))})
        print(row(found[-1]), flush=True)
    rule = "|".join(["---:"] * len(HEAD))
    page = "\n".join([before, "", f"| {' | '.join(HEAD)} |", f"|{rule}|", *map(row, found)])
    if given.write:
        text = given.write.read_text(encoding="utf-8")
        given.write.write_text(placed(text, "linkage growth", page), encoding="utf-8")
    if given.chart:
        chart(found).save(given.chart)


def row(of: dict[str, Any]) -> str:
    cells = (
        f"{of['records']:,}", f"{of['wall']:.2f}", f"{of['cpu']:.2f}", f"{1e6 * of['cpu'] / of['records']:.1f}",
        f"{of['peak_mb']:,.0f}", f"{of['pairs']:,}", f"{of['best_f1']:.4f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def chart(found: list[dict[str, Any]]) -> alt.LayerChart:
    """CPU seconds by records, both on logarithmic scales, beside the line of the same cost for each record."""
    same = found[-1]["cpu"] / found[-1]["records"]
    frame = pl.DataFrame(
        {"records": [of["records"] for of in found], "cpu": [of["cpu"] for of in found]}
    ).with_columns(linear=pl.col("records") * same)
    records = alt.X("records:Q", scale=alt.Scale(type="log"), title="records")
    seconds = alt.Y("cpu:Q", scale=alt.Scale(type="log"), title="CPU seconds")
    line = alt.Chart(frame).mark_line(strokeDash=[4, 4], color="grey").encode(records, alt.Y("linear:Q"))
    return (line + alt.Chart(frame).mark_line(point=True).encode(records, seconds)).properties(
        width=420, height=260, title="Linking: cost as files grow (dashed: the same for each record)"
    )


if __name__ == "__main__":
    main()
