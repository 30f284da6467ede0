"""Takes a link run apart into bytes for a vault, so that a clerk can go on with it another day."""

import io
import json

import polars as pl

from charteroak.linkage.review.run import LinkRun

EVIDENCE = "evidence.json"


def link_run(run: LinkRun) -> dict[str, bytes]:
    """`pairs.parquet`, `people.parquet`, `run.json` and `evidence.json`: all that `read.link_run` needs."""
    state = {"plan": run.plan.to_toml(), "facts": vars(run.facts), "decisions": dict(run.decisions)}
    return {
        "pairs.parquet": _parquet(run.pairs),
        "people.parquet": _parquet(run.people),
        "run.json": json.dumps(state, sort_keys=True).encode(),
        EVIDENCE: json.dumps(run.evidence).encode(),
    }


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()
