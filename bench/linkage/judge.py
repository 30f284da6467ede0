"""How true the links and clusters are, over all true pairs: what blocking misses counts as missed."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Accuracy:
    pairs: int
    best_f1: float
    best_precision: float
    best_recall: float
    f1: float
    precision: float
    recall: float
    cluster_f1: float
    cluster_precision: float
    cluster_recall: float
    within_reach: float


def f1(right: float, listed: float, true: float) -> float:
    return 2 * right / (listed + true) if listed + true else 0.0


def judge(
    files: list[Path], links: pl.DataFrame, clusters: pl.DataFrame, threshold: float, *, across: bool
) -> Accuracy:
    """`threshold`: the probability from which a pair is linked. `across`: only pairs of different files count."""
    people = pl.concat([
        pl.read_parquet(path, columns=["record_id", "person"]).select(
            id=pl.col("record_id").cast(pl.String), source=pl.lit(path.stem), person=pl.col("person").cast(pl.String)
        )
        for path in files
    ])  # fmt: skip
    true = together(people, ["person"]) - (together(people, ["person", "source"]) if across else 0)
    found = links.select(
        pl.col("id_l", "id_r").cast(pl.String), "source_l", "source_r", "match_weight", "match_probability"
    )
    for side in ("l", "r"):
        found = found.join(
            people.rename({"id": f"id_{side}", "source": f"source_{side}", "person": f"person_{side}"}),
            on=[f"id_{side}", f"source_{side}"], how="left",
        )  # fmt: skip
    if across:
        found = found.filter(pl.col("source_l") != pl.col("source_r"))
    assert not found["person_l"].null_count() + found["person_r"].null_count(), (
        "a link names an unknown record"
    )
    found = found.with_columns(right=pl.col("person_l") == pl.col("person_r")).sort(
        "match_weight", descending=True
    )
    right = found["right"].to_numpy().astype(np.int64).cumsum()
    listed = np.arange(1, len(right) + 1)
    # a threshold cannot part pairs of equal weight
    ends = (
        np.flatnonzero(np.append(np.diff(found["match_weight"].to_numpy()) != 0, True)) if len(right) else []
    )
    scores = 2 * right[ends] / (listed[ends] + true) if len(right) else np.zeros(1)
    best = int(np.argmax(scores))
    at = ends[best] if len(right) else 0
    linked = found.filter(pl.col("match_probability") >= threshold)
    hits = int(linked["right"].sum())
    grouped = clusters.with_columns(pl.col("id").cast(pl.String)).join(
        people, on=["id", "source"], how="right"
    )
    joined, agreed = together(grouped, ["cluster"]), together(grouped, ["cluster", "person"])
    if across:
        joined -= together(grouped, ["cluster", "source"])
        agreed -= together(grouped, ["cluster", "person", "source"])
    return Accuracy(
        pairs=found.height,
        best_f1=float(scores[best]),
        best_precision=float(right[at] / listed[at]) if len(right) else 0.0,
        best_recall=float(right[at] / true) if len(right) else 0.0,
        f1=f1(hits, linked.height, true),
        precision=hits / max(linked.height, 1),
        recall=hits / max(true, 1),
        cluster_f1=f1(agreed, joined, true),
        cluster_precision=agreed / max(joined, 1),
        cluster_recall=agreed / max(true, 1),
        within_reach=float(right[-1] / true) if len(right) else 0.0,
    )


def together(frame: pl.DataFrame, by: list[str]) -> int:
    """Pairs of rows that share the values of `by`; a missing value is shared by nobody."""
    counts = frame.drop_nulls(by).group_by(by).len()["len"].cast(pl.Int64)
    return int((counts * (counts - 1) // 2).sum())


def main(task_file: Path, out: Path) -> None:
    task = json.loads(task_file.read_text(encoding="utf-8"))
    threshold = json.loads((out / "threshold.json").read_text()) if (out / "threshold.json").exists() else 0.5
    found = judge(
        [Path(path) for path in task["files"]], pl.read_parquet(out / "links.parquet"),
        pl.read_parquet(out / "clusters.parquet"), threshold, across=task["link_only"],
    )  # fmt: skip
    (out / "accuracy.json").write_text(json.dumps(asdict(found)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
