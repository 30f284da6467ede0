"""For whom linking fails: match rates by subgroup, so that no finding rests on an unseen gap."""

import polars as pl

from charteroak.linkage.clerical.recipe import LinkageError
from charteroak.linkage.clerical.report import linked_records
from charteroak.linkage.clerical.run import LinkRun


def match_rates(run: LinkRun, file: str, subgroup: pl.DataFrame, *, to: str | None = None) -> pl.DataFrame:
    """Share of a file's records that were linked, by group.

    `subgroup` holds record_id and group (text); records it does not name are counted under a null group. `to`
    asks for links to one other file instead of any. Returns group, records, linked, rate (0 to 1), sorted by
    group. Raises LinkageError for a file that the run does not have. Counts of small groups are disclosive:
    this is for stewards, not for release.
    """
    for name in (file, to):
        if name is not None and name not in run.recipe.files():
            raise LinkageError(f"no file {name} in this run; it has {', '.join(run.recipe.files())}")
    groups = subgroup.select(pl.col("record_id").cast(pl.String), "group").unique("record_id", keep="first")
    records = linked_records(run.people, file, to).join(groups, on="record_id", how="left")
    counted = records.group_by("group").agg(records=pl.len(), linked=pl.col("linked").sum())
    return counted.with_columns(rate=pl.col("linked") / pl.col("records")).sort("group", nulls_last=True)
