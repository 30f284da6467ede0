"""What a clerk needs to decide the doubtful pairs of a run, noted once by the linker while it has the files."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from charteroak.linkage import clerical as linkage

ALIKE = {"same", "nickname", "close", "initial"}  # levels of a given name that speak for one person


def doubtful(found: linkage.LinkRun) -> list[str]:
    """Ids of the pairs to review, the heaviest first; a pair's number is its place here, from 1."""
    review = found.pairs.filter(pl.col("status") == "review").with_columns(pl.col("weight").round(9))
    return review.sort("weight", "pair_id", descending=[True, False])["pair_id"].to_list()


def review(found: linkage.LinkRun, files: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
    """Each doubtful pair by number: both records, how well each field agrees and what that weighs, and the
    numbers of its rivals, which claim one of its records. Holds personal data.
    """
    listed = doubtful(found)
    rivals = _rivals(found, listed)
    return [
        {**pair, "number": number, "rivals": rivals[number], "alike": _alike(pair, number, rivals[number])}
        for number, pair in enumerate(linkage.explain_pairs(found, files, listed), start=1)
    ]


def _alike(pair: dict[str, Any], number: int, rivals: Sequence[int]) -> bool:
    """A hint beside the evidence: given name and birth date speak for one person, and no rival is as good.
    Pairs are listed the heaviest first, so an earlier rival is at least as good.
    """
    levels = {field["field"]: field["level"] for field in pair["fields"]}
    likely = levels.get("given_name") in ALIKE and levels.get("birth_date", "missing") != "different"
    return likely and all(rival > number for rival in rivals)


def _rivals(found: linkage.LinkRun, listed: Sequence[str]) -> dict[int, list[int]]:
    """By pair number, the other doubtful pairs that claim one of its records."""
    sides = found.pairs.select("pair_id", "left_file", "left_id", "right_file", "right_id").rows_by_key(
        "pair_id"
    )
    claims: dict[tuple[str, str], list[int]] = {}
    records = {}
    for number, pair in enumerate(listed, start=1):
        left_file, left_id, right_file, right_id = sides[pair][0]
        records[number] = ((left_file, left_id), (right_file, right_id))
        for record in records[number]:
            claims.setdefault(record, []).append(number)
    return {
        number: sorted({other for record in both for other in claims[record]} - {number})
        for number, both in records.items()
    }
