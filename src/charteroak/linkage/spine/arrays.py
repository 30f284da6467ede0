"""A spine as named arrays and one text, and back."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from charteroak.linkage.model import Model, Regime
from charteroak.linkage.spine.spine import FORMAT, Spine
from charteroak.linkage.spine.version import ENCODING
from charteroak.linkage.tables import tables_of
from charteroak.linkage.toml import from_toml, to_toml

_OF_VALUES = ("number", "offset", "chars", "groups_at", "groups", "tokens_at", "tokens", "letters", "digits")
_PLAIN = ("person", "names", "hashes", "numbers", "frequency", "left", "right", "weight")


def apart(spine: Spine) -> tuple[dict[str, pl.Series], dict[str, Any]]:
    """The arrays by name, tables flattened, and what else there is, ready for JSON."""
    found = {name: pl.Series(getattr(spine, name)) for name in _PLAIN}
    found |= {name: pl.Series(getattr(spine.tables, name)) for name in _OF_VALUES}
    found |= {"codes": pl.Series(spine.tables.codes.reshape(-1)), "keys": pl.Series(spine.keys.reshape(-1))}
    found |= {"id": spine.records["id"], "source": spine.records["source"]}
    for rule, (order, held) in enumerate(zip(spine.order, spine.sorted_keys, strict=True)):
        found |= {f"order_{rule}": pl.Series(order), f"sorted_{rule}": pl.Series(held)}
    rest = {
        "format": FORMAT, "encoding": ENCODING, "generation": spine.generation, "recipe": to_toml(spine.recipe),
        "model": _model(spine.model),
    }  # fmt: skip
    return found, rest


def together(found: Mapping[str, pl.Series], rest: Mapping[str, Any]) -> Spine:
    """What `apart` took apart; numbers are not copied."""
    array: dict[str, Any] = {
        name: each.to_numpy() for name, each in found.items() if name not in {"id", "source", "names"}
    }
    recipe = from_toml(rest["recipe"])
    rules = range(len(recipe.blocks))
    codes = array["codes"].reshape(-1, len(recipe.fields))
    nothing = [pl.Series(dtype=pl.String)] * len(recipe.fields)
    tables, _ = tables_of(recipe.fields, nothing, codes, np.zeros(len(codes), np.int16), np.ones(1, np.bool_))
    tables = tables._replace(**{name: array[name] for name in _OF_VALUES})
    return Spine(
        recipe=recipe, model=_model_of(rest["model"]),
        records=pl.DataFrame({"id": found["id"], "source": found["source"]}), names=found["names"], tables=tables,
        keys=array["keys"].reshape(-1, len(recipe.blocks)), order=tuple(array[f"order_{rule}"] for rule in rules),
        sorted_keys=tuple(array[f"sorted_{rule}"] for rule in rules), generation=rest["generation"],
        **{name: array[name] for name in _PLAIN if name != "names"},
    )  # fmt: skip


def _model(model: Model) -> dict[str, Any]:
    return {
        "prior": model.prior, "moved": model.moved, "pairs": model.pairs, "levels": dict(model.levels),
        "regimes": [vars(each) for each in model.regimes],
        "rarest": {field: known["frequency"][0] for field, known in model.term_frequencies.items()},
    }  # fmt: skip


def _model_of(kept: Mapping[str, Any]) -> Model:
    regimes = tuple(Regime(**each) for each in kept["regimes"])
    levels = {field: tuple(names) for field, names in kept["levels"].items()}
    rarest = {
        field: pl.DataFrame({"value": [""], "frequency": [float(share)]})
        for field, share in kept["rarest"].items()
    }
    return Model(kept["prior"], kept["pairs"], levels, regimes, rarest, kept["moved"])
