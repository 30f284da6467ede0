"""Reads recipes that come with the package, and link runs that were stored."""

import io
import json
from collections.abc import Mapping
from importlib import resources

import polars as pl

from charteroak.linkage.clerical.estimate import Model
from charteroak.linkage.clerical.recipe import Recipe
from charteroak.linkage.clerical.report import Facts
from charteroak.linkage.clerical.run import LinkRun


def recipe_042() -> Recipe:
    """The recipe of request 042."""
    shipped = resources.files("charteroak.linkage.clerical") / "recipes" / "042.toml"
    return Recipe.from_toml(shipped.read_text("utf-8"))


def link_run(parts: Mapping[str, bytes]) -> LinkRun:
    """The run that `write.link_run` took apart."""
    state = json.loads(parts["run.json"])
    models = {
        (model["left"], model["right"]): Model(
            model["prior"],
            {name: tuple(shares) for name, shares in model["m"].items()},
            {name: tuple(shares) for name, shares in model["u"].items()},
        )
        for model in state["models"]
    }
    return LinkRun(
        Recipe.from_toml(state["recipe"]),
        models,
        pl.read_parquet(io.BytesIO(parts["pairs.parquet"])),
        pl.read_parquet(io.BytesIO(parts["people.parquet"])),
        Facts(**state["facts"]),
        state["decisions"],
    )
