"""For whom linking works less well: the estimates again, for each value of any column."""

import polars as pl

from charteroak.linkage.linkage import Linkage
from charteroak.linkage.recipe import LinkageError

SMALLEST = 30
"""Expected true pairs below which a group's figures say nothing."""
WORSE = 0.02


def by_group(linkage: Linkage, groups: pl.DataFrame) -> pl.DataFrame:
    """Per group: records, `linked` (share of records joined to another), `true_pairs` (expected), estimated
    `precision` and `recall`, `recall_error` (standard error by chance), and `missed` (expected pairs not linked).

    `groups`: id, source, group, for every record; a null group is a group, "(none)". A pair counts half for each
    side's group. Raises LinkageError when a record has no row or more than one.
    """
    known = groups.select(
        pl.col("id").cast(pl.String), "source", pl.col("group").cast(pl.String).fill_null("(none)")
    )
    joined = linkage.clusters.with_columns(pl.col("id").cast(pl.String)).join(
        known, on=["id", "source"], how="left"
    )
    if joined.height != linkage.clusters.height or joined["group"].null_count():
        raise LinkageError("give each record of the linkage one row of (id, source, group)")
    size = joined.with_columns(alone=pl.len().over("cluster") == 1).group_by("group").agg(
        records=pl.len(), linked=1 - pl.col("alone").mean()
    )  # fmt: skip
    sides = pl.concat([
        linkage.links.select(id=pl.col(f"id_{side}").cast(pl.String), source=f"source_{side}", p="match_probability")
        for side in ("l", "r")
    ])  # fmt: skip
    above = pl.col("p") >= linkage.recipe.link
    doubt = pl.col("p") * (1 - pl.col("p"))
    found = sides.join(known, on=["id", "source"]).group_by("group").agg(
        true_pairs=pl.col("p").sum() / 2,
        precision=pl.col("p").filter(above).mean(),
        recall=pl.col("p").filter(above).sum() / pl.col("p").sum(),
        recall_error=doubt.sum().sqrt() / pl.col("p").sum(),
        missed=pl.col("p").filter(~above).sum() / 2,
    )  # fmt: skip
    return size.join(found, on="group", how="left").sort("group")


def group_warnings(found: pl.DataFrame) -> tuple[str, ...]:
    """Sentences about groups of `by_group` that fare clearly worse than all together. None of them is proof that
    the others fare well: pairs that no blocking rule tried are in no figure here.
    """
    enough = found.filter(pl.col("true_pairs") >= SMALLEST)
    if enough.is_empty():
        return ("too few expected pairs in every group to compare them",)
    whole = float((enough["recall"] * enough["true_pairs"]).sum()) / float(enough["true_pairs"].sum())
    rate = float((enough["linked"] * enough["records"]).sum()) / float(enough["records"].sum())
    warnings = [
        f"group {row['group']!r}: estimated recall {row['recall']:.3f} against {whole:.3f} for all; figures about this "
        f"group will miss people"
        for row in enough.iter_rows(named=True)
        if row["recall"] < whole - max(WORSE, 3 * row["recall_error"])
    ]
    warnings += [
        f"group {row['group']!r}: {row['linked']:.0%} of its records are linked against {rate:.0%} of all; find out "
        "whether it is served less or linked worse"
        for row in enough.iter_rows(named=True)
        if row["linked"] < 0.8 * rate
    ]
    small = found.height - enough.height
    return (*warnings, *([f"{small} groups are too small to judge"] if small else []))
