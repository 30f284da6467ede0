"""`python -m bench.linkage.arrivals`: 50,000 new records against a million that were linked before, as a table.

Each engine keeps what it kept of the first linkage: ours its spine on disk, read and checked by hash within the
clock; Splink its trained model, with the million records and their term frequencies in DuckDB. The same blocking
rules, and the same judge: of the best link of each new record, how many are right, over all whose person is there.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from bench.linkage.apart import ENGINES, ROOT, data
from bench.linkage.cost import Cost
from bench.linkage.tasks import TASKS

TASK = TASKS["synthetic 1 M, narrow rules"]
NEW = "newcomers"
HEAD = (
    "Engine", "Load s", "Link s", "Wall s", "CPU s", "Peak MB", "New records linked", "Precision of the best link",
    "Recall",
)  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.linkage.arrivals", description=__doc__)
    asked.add_argument(
        "--data", type=Path, default=Path("var") / "bench-linkage", help="where the data sets are kept"
    )
    asked.add_argument("--seed", type=int, default=1, help="of the generated set")
    asked.add_argument("--write", type=Path, metavar="FILE", help="also keep the table in this page")
    asked.add_argument(
        "--alone", nargs=3, metavar=("ENGINE", "FOLDER", "OUT"), help="one engine, in this process"
    )
    given = asked.parse_args()
    if given.alone:
        engine, folder, out = given.alone
        print(json.dumps(measured(engine, Path(folder), Path(out))))
        return
    from bench.__main__ import machine, placed  # not in the peers' environment

    before, folder = machine(), data(given.data.resolve(), TASK.data, given.seed)[0].parent
    with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as work:
        found = {engine: _alone(engine, folder, Path(work)) for engine in ENGINES}
    rows = [line(engine, of) for engine, of in found.items()]
    rule = "|".join(["---", *["---:"] * (len(HEAD) - 1)])
    page = "\n".join([before, "", f"| {' | '.join(HEAD)} |", f"|{rule}|", *rows])
    print(page)
    if given.write:
        text = given.write.read_text(encoding="utf-8")
        given.write.write_text(placed(text, "linkage arrivals", page), encoding="utf-8")


def _alone(engine: str, folder: Path, work: Path) -> dict[str, Any]:
    """Twice, each in a process of its own: the first also keeps what is linked against."""
    python = ENGINES[engine][0]
    for _ in range(2 if engine == "charteroak" else 1):
        ended = subprocess.run(
            [python, "-W", "ignore", "-m", "bench.linkage.arrivals", "--alone", engine, folder, work / engine],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return dict(json.loads(ended.stdout.strip().splitlines()[-1]))


def line(engine: str, of: dict[str, Any]) -> str:
    seconds = of["seconds"]
    cells = (
        engine, f"{seconds.get('load', 0.0):.2f}", f"{seconds['link']:.2f}", f"{of['wall']:.2f}", f"{of['cpu']:.2f}",
        f"{of['peak_mb']:,.0f}", f"{of['linked']:,}", f"{of['precision']:.4f}", f"{of['recall']:.4f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def measured(engine: str, folder: Path, out: Path) -> dict[str, Any]:
    out.mkdir(parents=True, exist_ok=True)
    files = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    new = files.pop(NEW)
    cost, links = ours(files, new, out / "spine") if engine == "charteroak" else peer(files, new)
    cost.write(out / "cost.json")
    return {**json.loads((out / "cost.json").read_text(encoding="utf-8")), **judged(files, new, links)}


def ours(files: dict[str, pl.DataFrame], new: pl.DataFrame, kept: Path) -> tuple[Cost, pl.DataFrame]:
    from bench.linkage.ours import recipe_for
    from charteroak import linkage
    from charteroak.linkage import spine
    from charteroak.linkage.encode import encode

    if not spine.read.exists(kept):
        recipe = recipe_for({**TASK.plain(), "link_only": False}, files)
        ids = dict.fromkeys(files, "record_id")
        found = linkage.link(files, recipe, id="record_id", truth="person")
        spine.write.spine(kept, spine.build(encode(files, ids, found.recipe), found))
    arriving = new.drop("person")
    spine.link(spine.read.spine(kept), {"few": arriving.head(300)}, id="record_id")  # loads the compiled code
    cost = Cost()
    with cost.phase("load"):
        known = spine.read.spine(kept)
    with cost.phase("link"):
        against = spine.link(known, {NEW: arriving}, id="record_id")
    linked = against.links.filter(pl.col("match_probability") >= known.recipe.link, pl.col("source_l") != NEW)
    return cost, linked.select("match_weight", new="id_r", source="source_l", old="id_l")


def peer(files: dict[str, pl.DataFrame], new: pl.DataFrame) -> tuple[Cost, pl.DataFrame]:
    import duckdb
    from splink import DuckDBAPI, Linker

    from bench.linkage.peer import settings, train

    connection = duckdb.connect()
    api = DuckDBAPI(connection)
    task: dict[str, Any] = TASK.plain()

    def registered(name: str, frame: pl.DataFrame) -> Any:
        columns = [
            (pl.col(column) if column in frame.columns else pl.lit(None)).cast(pl.String).alias(column)
            for column in task["fields"]
        ]
        connection.register("arriving", frame.select("record_id", *columns).to_arrow())
        connection.table("arriving").create(f"of_{name}")
        connection.unregister("arriving")
        return api.register(f"of_{name}", dataset_display_name=name)

    before = [registered(name, frame) for name, frame in files.items()]
    linker = Linker(before, settings(task, len(before)))
    train(linker, task)
    for column, how in task["fields"].items():
        if how in {"name", "street", "term"}:
            linker.table_management.compute_tf_table(column)
    after = registered(NEW, new)
    cost = Cost()
    with cost.phase("link"):
        found = linker.inference.predict_between(before, after, threshold_match_probability=0.5)
    rows = connection.table(found.physical_name).pl()
    ours_left = pl.col("source_dataset_l") == NEW
    return cost, rows.select(
        "match_weight",
        new=pl.when(ours_left).then("record_id_l").otherwise("record_id_r"),
        source=pl.when(ours_left).then("source_dataset_r").otherwise("source_dataset_l"),
        old=pl.when(ours_left).then("record_id_r").otherwise("record_id_l"),
    )


def judged(files: dict[str, pl.DataFrame], new: pl.DataFrame, links: pl.DataFrame) -> dict[str, float]:
    """Precision and recall of the best link of each new record."""
    text = pl.col("record_id", "person").cast(pl.String)
    known = pl.concat(
        frame.select(text, source=pl.lit(name)).rename({"record_id": "old", "person": "is"})
        for name, frame in files.items()
    )
    asked = new.select(text).rename({"record_id": "new", "person": "should"})
    best = links.with_columns(pl.col("new", "old").cast(pl.String)).sort(
        "match_weight", "old", descending=[True, False]
    )
    best = best.unique("new", keep="first", maintain_order=True)
    told = best.join(known, on=["old", "source"]).join(asked, on="new")
    right = told.filter(pl.col("is") == pl.col("should")).height
    there = asked.join(known.select(should="is").unique(), on="should", how="semi").height
    return {"linked": best.height, "precision": right / max(best.height, 1), "recall": right / there}


if __name__ == "__main__":
    main()
