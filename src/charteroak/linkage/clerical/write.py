"""Takes a link run apart into bytes for a vault, so that a clerk can go on with it another day."""

import io
import json

import polars as pl

from charteroak.linkage.clerical.run import LinkRun


def link_run(run: LinkRun) -> dict[str, bytes]:
    """`pairs.parquet`, `people.parquet` and `run.json`: all that `read.link_run` needs."""
    models = [
        {"left": left, "right": right, "prior": model.prior, "m": model.m, "u": model.u}
        for (left, right), model in run.models.items()
    ]
    state = {
        "recipe": run.recipe.to_toml(),
        "models": models,
        "facts": vars(run.facts),
        "decisions": dict(run.decisions),
    }
    return {
        "pairs.parquet": _parquet(run.pairs),
        "people.parquet": _parquet(run.people),
        "run.json": json.dumps(state, sort_keys=True).encode(),
    }


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()
