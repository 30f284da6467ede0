"""Who is who once new links are known: persons keep their names, and what changes is told as events."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.cluster import Constraints, Pairs, join, near
from charteroak.linkage.parts import strongest
from charteroak.linkage.recipe import Recipe
from charteroak.linkage.score import bits
from charteroak.linkage.spine.spine import Spine

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class People:
    """`person`: number by row, the new records after the spine's; `names` by number, new ones after the spine's;
    `clusters` and `events` as in `Against`.
    """

    person: NDArray[np.int32]
    names: pl.Series
    clusters: pl.DataFrame
    events: pl.DataFrame


def regrouped(
    spine: Spine, recipe: Recipe, new: pl.DataFrame, left: Rows, right: Rows, weight: NDArray[np.float64]
) -> People:
    """Join anew the records of all persons that a new link touches, by old and new links together.

    A group takes the name of the person who has most of it, if no other group has more of that person; a group with
    nobody's name left is a new person.
    """
    count = len(spine.person)
    old = np.concatenate([left, right])
    touched = np.zeros(len(spine.names), np.bool_)
    touched[spine.person[old[old < count]]] = True
    rows = np.concatenate([np.flatnonzero(touched[spine.person]), count + np.arange(new.height)])
    records = pl.concat([spine.records[rows[rows < count]], new])
    kept = touched[spine.person[spine.left]] & touched[spine.person[spine.right]]
    root = _groups(
        recipe, records["source"], rows, np.concatenate([spine.left[kept], left]),
        np.concatenate([spine.right[kept], right]), np.concatenate([spine.weight[kept], weight]),
    )  # fmt: skip
    before = np.concatenate([spine.person[rows[rows < count]], np.full(new.height, -1, np.int32)])
    number, names = _named(spine, records, root, before)
    person = np.concatenate([spine.person, np.empty(new.height, np.int32)])
    person[rows] = number
    every = pl.concat([spine.names, names])
    changed = number != before
    clusters = records.filter(pl.Series(changed)).with_columns(cluster=every.gather(number[changed]))
    return People(person, every, clusters, _events(every, before, number))


def _groups(
    recipe: Recipe, sources: pl.Series, rows: Rows, left: Rows, right: Rows, weight: NDArray[np.float64]
) -> NDArray[np.int32]:
    """The group of each of the rows, named by its first."""
    one, other = (np.searchsorted(rows, side).astype(np.int32) for side in (left, right))
    order = np.lexsort((other, one))
    one, other, weight = one[order], other[order], weight[order]
    named = sources.unique().sort()
    place = sources.cast(pl.Enum(named)).to_physical().cast(pl.Int16).to_numpy()
    single = np.array([name in recipe.one_per_person for name in named])
    nothing = np.zeros(len(rows) + 1, np.int64), np.empty(0, np.int32)
    limits = Constraints(
        place, single, np.empty((len(rows), 0), np.int32), *nothing, recipe.largest_cluster, recipe.support,
        bits(recipe.link),
    )  # fmt: skip
    pairs = Pairs(one, other, weight, np.empty((0, 0), np.float32), 0.0)
    root, *_ = join(pairs, strongest(pairs, limits.least), near(one, other, len(rows)), limits)
    return root


def _named(
    spine: Spine, records: pl.DataFrame, root: NDArray[np.int32], before: NDArray[np.int32]
) -> tuple[NDArray[np.int32], pl.Series]:
    """The number of each record's person, and the names of the new persons."""
    shares = pl.DataFrame({"group": root, "person": before}).filter(pl.col("person") >= 0)
    counted = (
        shares.group_by("group", "person")
        .len()
        .sort(["len", "person", "group"], descending=[True, False, False])
    )
    mine = counted.unique("group", keep="first", maintain_order=True).unique(
        "person", keep="first", maintain_order=True
    )
    number = np.full(len(root), -1, np.int32)
    number[mine["group"].to_numpy()] = mine["person"].to_numpy()
    groups = np.unique(root)
    unnamed = groups[number[groups] < 0]
    number[unnamed] = len(spine.names) + np.arange(len(unnamed), dtype=np.int32)
    first = records[unnamed].select(pl.concat_str("source", pl.lit(":"), "id")).to_series()
    parted = pl.Series(before[unnamed] >= 0)  # a part of an old person: the record may have named that one
    suffix = f"~{spine.generation + 1}"
    names = pl.DataFrame({"name": first, "parted": parted}).select(
        pl.when("parted").then(pl.col("name") + suffix).otherwise("name").alias("name")
    )
    return number[root], names["name"]


def _events(names: pl.Series, before: NDArray[np.int32], after: NDArray[np.int32]) -> pl.DataFrame:
    moves = pl.DataFrame({"before": before, "after": after})
    old = moves.filter(pl.col("before") >= 0)
    kept = old.filter(pl.col("before") == pl.col("after"))["after"].unique()
    arrived = moves.filter(pl.col("before") < 0).group_by("after").len()
    known = pl.col("after").is_in(old["after"].unique().implode())
    moved = old.filter(pl.col("before") != pl.col("after")).group_by("before", "after").len()
    split = pl.col("before").is_in(kept.implode())
    told = pl.concat([
        arrived.select(event=pl.when(known).then(pl.lit("joined")).otherwise(pl.lit("created")), cluster="after",
                       other=pl.lit(None, pl.Int32), records="len"),
        moved.select(event=pl.when(split).then(pl.lit("split")).otherwise(pl.lit("merged")),
                     cluster=pl.when(split).then("before").otherwise("after"),
                     other=pl.when(split).then("after").otherwise("before"), records="len"),
    ]).sort("event", "cluster", "other")  # fmt: skip
    return told.with_columns(cluster=names.gather(told["cluster"]), other=names.gather(told["other"]))
