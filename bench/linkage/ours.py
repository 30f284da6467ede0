"""`python -m bench.linkage.ours TASK.json OUT [MODEL.json]`: our engine on the task, its recipe inferred from the
columns; or by the rules and weights of a Splink model.

Where the task demands the same blocking rules as Splink's, the recipe's are replaced by them; nothing else is told.
The compiled code is loaded by linking a few records before the clock starts, as Splink's DuckDB is.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from bench.linkage.cost import Cost
from charteroak import linkage


def main(task_file: Path, out: Path, model_file: Path | None = None) -> None:
    task = json.loads(task_file.read_text(encoding="utf-8"))
    frames = {Path(path).stem: pl.read_parquet(path) for path in task["files"]}
    model: linkage.Model | None = None
    if model_file:
        recipe, model = linkage.read_splink(model_file.read_text(encoding="utf-8"))
        frames = {name: filled(frame, task) for name, frame in frames.items()}
    else:
        recipe = recipe_for(task, frames)
    few = {name: frame.head(300) for name, frame in frames.items()}
    if model is not None:
        predict(few, frames, recipe, model, out)
        return
    linkage.link(few, recipe, **known(task))
    cost = Cost()
    phases = linkage.Phases(seconds)
    found = linkage.link(frames, recipe, phases=phases, **known(task))
    cost.seconds = dict(found.seconds)
    cost.write(out / "cost.json")
    found.links.write_parquet(out / "links.parquet")
    found.clusters.write_parquet(out / "clusters.parquet")
    (out / "threshold.json").write_text(json.dumps(found.recipe.link), encoding="utf-8")
    (out / "recipe.toml").write_text(linkage.to_toml(found.recipe), encoding="utf-8")


def predict(
    few: dict[str, pl.DataFrame],
    frames: dict[str, pl.DataFrame],
    recipe: linkage.Recipe,
    model: linkage.Model,
    out: Path,
) -> None:
    """Like for like with Splink's predict: from files in memory to the table of pairs."""
    linkage.predict(few, recipe, model, id="record_id")
    cost = Cost()
    phases = linkage.Phases(seconds)
    links = linkage.predict(frames, recipe, model, id="record_id", phases=phases)
    cost.seconds = dict(phases.taken)
    cost.write(out / "cost.json")
    links.write_parquet(out / "links.parquet")


def filled(frame: pl.DataFrame, task: dict[str, Any]) -> pl.DataFrame:
    """With the columns of other files, empty, as Splink is given them."""
    return frame.with_columns(
        pl.lit(None, pl.String).alias(name) for name in task["fields"] if name not in frame.columns
    )


def seconds() -> float:
    import time

    return time.perf_counter()


def known(task: dict[str, Any]) -> dict[str, Any]:
    once = tuple(Path(path).stem for path in task["files"]) if task["link_only"] else ()
    return {"id": "record_id", "truth": "person", "one_per_person": once}


def recipe_for(task: dict[str, Any], frames: dict[str, pl.DataFrame]) -> linkage.Recipe | None:
    """None, to let the engine infer everything; or what it infers, with the task's blocking rules."""
    if not task["same_rules"]:
        return None
    columns = {name: set(frame.columns) - {"record_id", "person"} for name, frame in frames.items()}
    recipe = linkage.infer(columns)
    held = {
        column: each.name for each in recipe.fields for named in each.columns.values() for column in named
    }
    rules = tuple(tuple(key(text, held) for text in rule) for rule in task["rules"])
    return replace(recipe, blocks=rules)


def key(text: str, held: dict[str, str]) -> str:
    column, colon, first = text.partition(":")
    return f"{held[column]}{colon}{first}"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
