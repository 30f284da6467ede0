"""What the pictures show, as frames: for tables beside them and for anyone's own pictures."""

import numpy as np
import polars as pl

from charteroak.linkage.explain import steps
from charteroak.linkage.linkage import Linkage
from charteroak.linkage.model import Model
from charteroak.linkage.recipe import LinkageError
from charteroak.linkage.uncertainty.causes import causes as missed

__all__ = [
    "blocking",
    "cluster",
    "histogram",
    "match_weights",
    "missed",
    "parameters",
    "unlinkable",
    "waterfall",
]
BARS = 60
LARGEST_PICTURE = 40
"""Records of a cluster that a picture can show."""


def waterfall(linkage: Linkage, left: tuple[str, str], right: tuple[str, str]) -> pl.DataFrame:
    """Why a pair scored what it did: `step`, `level`, `bits` added, and where its bar is (`start`, `end`).

    `left`, `right`: (source, id). The steps are the prior, each field in the recipe's order, the rarity of the
    values, which is what the term frequencies added, and what other records of the two people add or take; the last
    end is the match weight. Raises LinkageError when the
    pair is not listed.
    """
    sides = [left, right]
    for (source_l, id_l), (source_r, id_r) in (sides, sides[::-1]):
        here = (
            (pl.col("source_l") == source_l) & (pl.col("id_l").cast(pl.String) == id_l)
            & (pl.col("source_r") == source_r) & (pl.col("id_r").cast(pl.String) == id_r)
        )  # fmt: skip
        rows = linkage.links.select(here.arg_true()).to_series()
        if len(rows):
            return _steps(linkage, int(rows[0]))
    raise LinkageError(
        "the pair is not listed: no blocking rule tried it, or it scored below the recipe's `keep`"
    )


def _steps(linkage: Linkage, row: int) -> pl.DataFrame:
    found = steps(linkage, row)
    ends = np.cumsum([bits for _, _, bits in found])
    return pl.DataFrame(
        {
            "step": [step for step, _, _ in found], "level": [level for _, level, _ in found],
            "bits": [bits for _, _, bits in found], "start": [0.0, *ends[:-1].tolist()], "end": ends,
        }
    )  # fmt: skip


def match_weights(model: Model) -> pl.DataFrame:
    """Bits that each level of each field adds, by regime: `regime`, `field`, `level`, `bits`."""
    found = parameters(model).filter((pl.col("m") > 0) & (pl.col("u") > 0))
    return found.select("regime", "field", "level", bits=(pl.col("m") / pl.col("u")).log(2))


def parameters(model: Model) -> pl.DataFrame:
    """`m` and `u`, the shares of each level among true pairs and among others: `regime`, `field`, `level`, `m`, `u`."""
    rows = [
        (regime.name, field, level, m, u)
        for regime in model.regimes
        for field, levels in model.levels.items()
        for level, m, u in zip(levels, regime.m[field], regime.u[field], strict=True)
    ]
    return pl.DataFrame(rows, schema=["regime", "field", "level", "m", "u"], orient="row")


def histogram(linkage: Linkage) -> pl.DataFrame:
    """Listed pairs by match weight: `low`, `high` (bits), `pairs`, and `true`, how many are expected to be true."""
    weights = linkage.links["match_weight"].to_numpy().astype(np.float64)
    edges = np.histogram_bin_edges(weights, bins=BARS) if len(weights) else np.array([0.0, 1.0])
    pairs, _ = np.histogram(weights, edges)
    true, _ = np.histogram(weights, edges, weights=linkage.links["match_probability"].to_numpy())
    return pl.DataFrame({"low": edges[:-1], "high": edges[1:], "pairs": pairs, "true": true})


def blocking(linkage: Linkage) -> pl.DataFrame:
    """By blocking rule: `rule`, `records` with a complete key, `pairs` under it, `new_pairs` that no earlier rule
    made (its marginal gain), `skipped_pairs` in blocks above the cap.
    """
    rows = [
        (" + ".join(each.rule), each.records, each.pairs, each.new_pairs, each.skipped_pairs)
        for each in linkage.blocks
    ]
    return pl.DataFrame(rows, schema=["rule", "records", "pairs", "new_pairs", "skipped_pairs"], orient="row")


def unlinkable(linkage: Linkage) -> pl.DataFrame:
    """By field: `missing` records without a usable value, as a count and `share` of all; then the records that no
    blocking rule reaches.
    """
    records = sum(linkage.counts.records.values())
    rows = [*linkage.counts.missing.items(), ("reached by no blocking rule", linkage.counts.unlinkable)]
    return pl.DataFrame(
        [(name, count, count / max(records, 1)) for name, count in rows],
        schema={"field": pl.String, "missing": pl.Int64, "share": pl.Float64}, orient="row",
    )  # fmt: skip


def cluster(linkage: Linkage, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One person: `records` (record, source, x, y on a circle) and the listed `pairs` among them (left, right,
    match_weight, match_probability, and both ends' x and y). Raises LinkageError for an unknown or too large one.
    """
    inside = linkage.clusters.filter(pl.col("cluster") == name).sort("source", "id")
    if not 1 <= inside.height <= LARGEST_PICTURE:
        raise LinkageError(
            f"cluster {name!r} has {inside.height} records; a picture needs from 1 to {LARGEST_PICTURE}"
        )
    turn = 2 * np.pi * np.arange(inside.height) / inside.height
    records = inside.select(
        record=pl.concat_str("source", pl.lit(":"), pl.col("id").cast(pl.String)), source="source",
        x=pl.Series(np.sin(turn)), y=pl.Series(np.cos(turn)),
    )  # fmt: skip
    pairs = linkage.links.select(
        *(
            pl.concat_str(f"source_{side}", pl.lit(":"), pl.col(f"id_{side}").cast(pl.String)).alias(end)
            for side, end in (("l", "left"), ("r", "right"))
        ), "match_weight", "match_probability",
    )  # fmt: skip
    for end in ("left", "right"):
        ends = records.select(
            pl.col("record").alias(end), pl.col("x").alias(f"x_{end}"), pl.col("y").alias(f"y_{end}")
        )
        pairs = pairs.join(ends, on=end)
    return records, pairs
