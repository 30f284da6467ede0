"""Reads plans that come with the package, and link runs that were stored."""

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

import polars as pl

from charteroak.linkage.review.plan import Plan
from charteroak.linkage.review.report import Facts
from charteroak.linkage.review.run import LinkRun
from charteroak.linkage.review.write import EVIDENCE


@cache
def plan_042() -> Plan:
    """The plan of request 042."""
    shipped = resources.files("charteroak.linkage.review") / "plans" / "042.toml"
    return Plan.from_toml(shipped.read_text("utf-8"))


def link_run(parts: Mapping[str, bytes]) -> LinkRun:
    """The run that `write.link_run` took apart."""
    state = json.loads(parts["run.json"])
    return LinkRun(
        Plan.from_toml(state["plan"]),
        pl.read_parquet(io.BytesIO(parts["pairs.parquet"])),
        pl.read_parquet(io.BytesIO(parts["people.parquet"])),
        Facts(**state["facts"]),
        state["decisions"],
        tuple(json.loads(parts[EVIDENCE])),
    )
