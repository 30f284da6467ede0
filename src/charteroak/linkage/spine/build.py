"""Makes a spine of a finished linkage."""

from dataclasses import replace

import numpy as np
import polars as pl

from charteroak.linkage.blocks import blocked
from charteroak.linkage.encode import Encoded
from charteroak.linkage.linkage import Linkage
from charteroak.linkage.model import Model
from charteroak.linkage.score import bits, weights_of
from charteroak.linkage.spine.spine import Spine, sorted_rules, value_hashes


def build(encoded: Encoded, found: Linkage) -> Spine:
    """The spine of records that were encoded and linked. Its model stays as it was learnt here."""
    keys, _ = blocked(encoded, found.recipe)
    hashes = value_hashes(encoded)
    by_hash = np.argsort(hashes, kind="stable")
    label = encoded.records.select(pl.concat_str("source", pl.lit(":"), "id")).to_series()
    clusters = encoded.records.join(found.clusters, on=["source", "id"], how="left", maintain_order="left")[
        "cluster"
    ]
    names = clusters.unique(maintain_order=True)
    number = pl.DataFrame({"cluster": names, "person": np.arange(len(names), dtype=np.int32)})
    person = clusters.to_frame().join(number, on="cluster", how="left", maintain_order="left")["person"]
    linked = found.links.filter(pl.col("match_probability") >= found.recipe.link)
    row = pl.DataFrame({"label": label, "row": np.arange(len(label), dtype=np.int32)})
    left, right = (
        linked.select(label=pl.concat_str(f"source_{side}", pl.lit(":"), f"id_{side}"))
        .join(row, on="label", how="left", maintain_order="left")["row"].to_numpy()
        for side in ("l", "r")
    )  # fmt: skip
    order, sorted_keys = sorted_rules(keys)
    return Spine(
        found.recipe, rarest_only(found.model), encoded.records,
        person.to_numpy(), names, encoded.tables, keys, order, sorted_keys, hashes[by_hash],
        by_hash.astype(np.int32), weights_of(encoded, found.recipe, found.model, bits(found.recipe.keep)).frequency,
        left, right, linked["match_weight"].to_numpy(),
    )  # fmt: skip


def rarest_only(model: Model) -> Model:
    """The model without the values it has seen: a value that is new counts as frequent as the rarest."""
    rarest = {
        field: pl.DataFrame({"value": [""], "frequency": [known["frequency"].min()]},
                            schema={"value": pl.String, "frequency": pl.Float64})
        for field, known in model.term_frequencies.items() if known.height
    }  # fmt: skip
    return replace(model, term_frequencies=rarest)
