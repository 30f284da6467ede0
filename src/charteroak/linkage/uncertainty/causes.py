"""Why matches are missed: what the doubtful pairs disagree on, and what was never tried."""

import numpy as np
import polars as pl

from charteroak.linkage.linkage import Linkage


def causes(linkage: Linkage) -> pl.DataFrame:
    """Expected missed pairs by cause: `field`, `level` ("missing" where a value is), `pairs`; most first.

    Each pair that is listed but not linked counts with its match probability, for the field that cost it the most
    bits against that field's best level. Pairs that were not listed are in no row.
    """
    below = linkage.links["match_probability"].to_numpy() < linkage.recipe.link
    chance = linkage.links["match_probability"].to_numpy()[below]
    levels = linkage.levels.filter(pl.Series(below))
    fields = [field.name for field in linkage.recipe.fields]
    cost = np.zeros((len(chance), len(fields)))
    regimes = levels["regime"].to_numpy() if levels.height else np.empty(0)
    known = {regime.name: regime for regime in linkage.model.regimes}
    for name_of_regime in np.unique(regimes).tolist():
        rows, regime = regimes == name_of_regime, known.get(name_of_regime, linkage.model.everyone)
        for place, name in enumerate(fields):
            bits = np.array([*regime.weights(name), 0.0])  # level -1, missing, weighs nothing
            cost[rows, place] = bits[:-1].max() - bits[levels[name].to_numpy()[rows]]
    worst = cost.argmax(axis=1) if fields and len(chance) else np.empty(0, np.int64)
    told = [
        (
            fields[place],
            [*linkage.model.levels[fields[place]], "missing"][levels[fields[place]][row]],
            chance[row],
        )
        for row, place in enumerate(worst.tolist())
    ]
    found = pl.DataFrame(
        told, schema={"field": pl.String, "level": pl.String, "pairs": pl.Float64}, orient="row"
    )
    return (
        found.group_by("field", "level")
        .agg(pl.col("pairs").sum())
        .sort("pairs", "field", descending=[True, False])
    )


def missed(linkage: Linkage, truth: pl.DataFrame) -> dict[str, int]:
    """With truth (id, source, person): how many true pairs there are, and why some are not in one cluster.

    Keys: `true`; `found` in one cluster; `not_listed` (no blocking rule tried them, or they scored below
    `recipe.keep`); `below_threshold`; `cut` (linked, but a constraint kept them apart).
    """
    known = truth.select(pl.col("id").cast(pl.String), "source", pl.col("person").cast(pl.String))
    people = linkage.clusters.with_columns(pl.col("id").cast(pl.String)).join(known, on=["id", "source"])
    true, found = (_together(people, by) for by in (["person"], ["person", "cluster"]))
    links = linkage.links.with_columns(pl.col("id_l", "id_r").cast(pl.String))
    for side in ("l", "r"):
        names = {
            "id": f"id_{side}",
            "source": f"source_{side}",
            "person": f"person_{side}",
            "cluster": f"cluster_{side}",
        }
        links = links.join(people.rename(names), on=[f"id_{side}", f"source_{side}"])
    listed = links.filter(pl.col("person_l") == pl.col("person_r"))
    parted = listed.filter(pl.col("cluster_l") != pl.col("cluster_r"))
    cut = parted.filter(pl.col("match_probability") >= linkage.recipe.link).height
    below = parted.height - cut
    return {
        "true": true, "found": found, "not_listed": true - found - parted.height, "below_threshold": below, "cut": cut,
    }  # fmt: skip


def _together(frame: pl.DataFrame, by: list[str]) -> int:
    counts = frame.drop_nulls(by).group_by(by).len()["len"].cast(pl.Int64)
    return int((counts * (counts - 1) // 2).sum())
