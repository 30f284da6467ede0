"""Which pairs clerks should look at, so that their labels say the most about precision and recall."""

import hashlib

import numpy as np
import polars as pl

from charteroak.linkage.linkage import Linkage
from charteroak.linkage.recipe import LinkageError

EDGES = (0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999)
LEAST = 10
"""Pairs from each stratum, where it has so many."""
SUREST = 0.0025
"""Variance below which no stratum's probabilities are believed: the model may be wrong about its own certainty."""


def plan(linkage: Linkage, size: int) -> pl.DataFrame:
    """Choose about `size` listed pairs for review: id_l, id_r, source_l, source_r, match_weight, match_probability,
    `linked`, `stratum`, `of_stratum` (pairs in the stratum) and `sampled` (of them chosen).

    Strata are ranges of match probability; the link threshold always divides two. More pairs come from larger and
    more doubtful strata (Neyman 1934), LEAST at least from each. Which pairs of a stratum: by a hash of their ids,
    so the same links give the same sample in whatever order they come. Raises LinkageError when `size` is below 1.
    """
    if size < 1:
        raise LinkageError("a clerical sample needs at least one pair")
    link = linkage.recipe.link
    edges = sorted({*EDGES, link})
    pairs = linkage.links.drop("pass").with_columns(
        linked=pl.col("match_probability") >= link,
        stratum=pl.Series(np.digitize(linkage.links["match_probability"].to_numpy(), edges), dtype=pl.Int64),
        lot=_lots(linkage.links),
    )
    sizes = (
        pairs.group_by("stratum")
        .agg(pl.len().alias("of_stratum"), pl.col("match_probability").mean())
        .sort("stratum")
    )
    mean = sizes["match_probability"].to_numpy()
    want = sizes["of_stratum"].to_numpy() * np.sqrt(np.maximum(mean * (1 - mean), SUREST))
    share = np.maximum(np.ceil(size * want / max(want.sum(), 1e-9)), LEAST)
    chosen = np.minimum(share, sizes["of_stratum"].to_numpy()).astype(np.int64)
    sizes = sizes.select("stratum", "of_stratum", sampled=pl.Series(chosen, dtype=pl.Int64))
    return (
        pairs.join(sizes, on="stratum")
        .filter(pl.col("lot").rank("ordinal").over("stratum") <= pl.col("sampled"))
        .sort("stratum", "lot")
        .drop("lot")
    )


def _lots(links: pl.DataFrame) -> pl.Series:
    """A number drawn from each pair's own ids; (a, b) and (b, a) are one pair."""
    sides = [links.select(f"source_{side}", f"id_{side}").rows() for side in ("l", "r")]
    lots = [
        hashlib.sha256(repr(sorted((one, other))).encode()).hexdigest()[:16]
        for one, other in zip(*sides, strict=True)
    ]
    return pl.Series("lot", lots, dtype=pl.String)
