"""What linking found: pairs, people, how good they are, and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from charteroak.linkage.model import Model
from charteroak.linkage.recipe import Recipe

LINK_COLUMNS = ("id_l", "id_r", "source_l", "source_r", "match_weight", "match_probability", "pass")
OTHERS = "other records"
"""Column of `levels`; no field can have this name."""
CLUSTER_COLUMNS = ("id", "source", "cluster")


@dataclass(frozen=True)
class PassCount:
    """One pass: pairs it listed, pairs it linked, and their estimated precision (mean match probability)."""

    name: str
    pairs: int
    linked: int
    precision: float


@dataclass(frozen=True)
class BlockCount:
    """One blocking rule: records with a complete key, pairs under it, pairs that no earlier rule made, and what
    the cap on large blocks skipped.
    """

    rule: tuple[str, ...]
    records: int
    pairs: int
    new_pairs: int
    skipped_blocks: int
    skipped_pairs: int


@dataclass(frozen=True)
class Counts:
    """Sizes and changes. `records` by file; `changes[field]`: standardiser's change → values changed;
    `missing[field]`: records without a usable value; `unlinkable`: records no blocking rule reaches.
    """

    records: Mapping[str, int]
    pairs_compared: int
    changes: Mapping[str, Mapping[str, int]]
    missing: Mapping[str, int]
    unlinkable: int


@dataclass(frozen=True)
class Quality:
    """Estimated without truth from the calibrated probabilities: of the pairs linked at `threshold`, how many
    are true (`precision`), and how many of all true pairs tried are linked (`recall`; pairs that no blocking
    rule tries are not seen). `true_pairs`: the expected number.
    """

    threshold: float
    precision: float
    recall: float
    true_pairs: float


@dataclass(frozen=True)
class Linkage:
    """The outcome of `link`.

    `links`: LINK_COLUMNS, one row per pair listed, in order of records: `match_weight` in bits with the prior,
    `match_probability`, and `pass`, the deterministic pass it meets, "scored", or "joined" where no blocking
    rule made the pair and other records of the person link it. A pair from `recipe.link` up is linked. `levels`: one
    row per row of `links`: `regime`, per field the number of its level, -1 if missing, and OTHERS, the bits of the
    match weight that other records of the two people give or take. `clusters`:
    CLUSTER_COLUMNS, every record once; `cluster` is the smallest record of the person, as `source:id`. `weakest`:
    cluster, records, and `weight`, the weakest of the links that hold it together.
    `seconds`: by phase, empty when no stopwatch was given. `warnings`: what could not be used, counted.
    """

    links: pl.DataFrame
    levels: pl.DataFrame
    clusters: pl.DataFrame
    weakest: pl.DataFrame
    quality: Quality
    recipe: Recipe
    model: Model
    counts: Counts
    passes: tuple[PassCount, ...]
    blocks: tuple[BlockCount, ...]
    seconds: Mapping[str, float]
    warnings: tuple[str, ...]
