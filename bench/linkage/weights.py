"""`python -m bench.linkage.weights [task…]`: Splink's predict and ours with one and the same Splink model.

Splink trains the model and saves it; both then read that file. Each engine's clock runs for its `predict`, from files
in its own memory to the table of pairs with their weights; neither joins people. Ours must list the same pairs with the
same weights.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from bench.__main__ import machine, placed
from bench.linkage.apart import ENGINES, data, measured, predicted
from bench.linkage.tasks import TASKS

DEFAULT = (
    "febrl4",
    "historical_50k",
    "fake_1000",
    "pseudopeople, five files pooled",
    "synthetic 1 M, narrow rules",
)
HEAD = (
    "Task", "Pairs listed", "Only Splink's", "Only ours", "Weights within 0.01", "Splink wall s", "Ours", "Ratio",
    "Splink CPU s", "Ours", "Ratio",
)  # fmt: skip
CLOSE = 0.01


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.linkage.weights", description=__doc__)
    asked.add_argument("tasks", nargs="*", metavar="task", help="; ".join(DEFAULT))
    asked.add_argument("--data", type=Path, default=Path("var") / "bench-linkage")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument(
        "--models", type=Path, help="keep the models here, NAME.json; one that is there is used"
    )
    asked.add_argument("--write", type=Path, metavar="FILE", help="also keep the table in this page")
    given = asked.parse_args()
    before, rows = machine(), []
    for name in given.tasks or DEFAULT:
        files = data(given.data.resolve(), TASKS[name].data, given.seed)
        with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as work:
            rows.append(line(name, files, model_of(name, files, given.models, Path(work)), Path(work)))
        print(rows[-1], flush=True)
    rule = "|".join(["---", *["---:"] * (len(HEAD) - 1)])
    page = "\n".join([before, "", f"| {' | '.join(HEAD)} |", f"|{rule}|", *rows])
    if given.write:
        text = given.write.read_text(encoding="utf-8")
        given.write.write_text(placed(text, "linkage weights", page), encoding="utf-8")


def model_of(name: str, files: list[Path], kept: Path | None, work: Path) -> Path:
    """The model that Splink trains on the task."""
    place = (kept or work) / f"{TASKS[name].data}.json"
    if not place.exists():
        measured("splink", TASKS[name], files, work)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(
            next((work / "splink").rglob("model.json")).read_text(encoding="utf-8"), encoding="utf-8"
        )
    return place


def line(name: str, files: list[Path], model: Path, work: Path) -> str:
    peer, own = (predicted(engine, TASKS[name], files, model, work) for engine in ENGINES)
    same = compared(pl.read_parquet(peer["links"]), pl.read_parquet(own["links"]))
    cells = [name, f"{same['both']:,}", f"{same['peer']:,}", f"{same['own']:,}", f"{same['close']:.4%}"]
    for cost in ("wall", "cpu"):
        cells += [f"{peer[cost]:.2f}", f"{own[cost]:.2f}", f"**{peer[cost] / own[cost]:.1f} ×**"]
    return f"| {' | '.join(cells)} |"


def compared(peer: pl.DataFrame, own: pl.DataFrame) -> dict[str, Any]:
    """Pairs that both list, pairs that one lists, and the share of common weights that differ by CLOSE at the most."""
    both = ordered(peer).join(ordered(own), on=["a", "b"], how="full", suffix="_own", coalesce=True)
    common = both.drop_nulls()
    near = (common["match_weight"] - common["match_weight_own"]).abs() <= CLOSE
    return {
        "both": common.height, "peer": both["match_weight_own"].null_count(), "own": both["match_weight"].null_count(),
        "close": float(near.mean() or 0),
    }  # fmt: skip


def ordered(links: pl.DataFrame) -> pl.DataFrame:
    """Each pair by its two records, the smaller first."""
    left, right = (pl.concat_str(f"source_{side}", pl.lit(":"), f"id_{side}") for side in "lr")
    return links.select(
        a=pl.when(left < right).then(left).otherwise(right), b=pl.when(left < right).then(right).otherwise(left),
        match_weight="match_weight",
    )  # fmt: skip


if __name__ == "__main__":
    main()
