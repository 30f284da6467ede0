"""Settles who gets the partner when several records compete for one that can be only one person."""

import polars as pl

from charteroak.linkage.review.plan import Plan


def contest(plan: Plan, pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs` with `proposed` and `grounds` after the contest, from the heaviest pair down.

    A pair that has a better rival by more than the plan's margin is rejected; when the margin does not part
    them, all go to a clerk. Only files that hold nobody twice make records compete. Rows keep their order.
    """
    single = plan.one_per_person
    proposed, grounds = pairs["proposed"].to_list(), pairs["grounds"].to_list()
    weights = pairs["weight"].round(9).to_list()
    records = pairs.select("left_file", "left_id", "right_file", "right_id").rows()
    winner: dict[tuple[str, str, str], int] = {}
    for place in sorted(range(pairs.height), key=lambda place: (-weights[place], records[place])):
        if proposed[place] == "rejected":
            continue
        left_file, left_id, right_file, right_id = records[place]
        claims = [(right_file, left_file, left_id)] if right_file in single else []
        claims += [(left_file, right_file, right_id)] if left_file in single else []
        rivals = [winner[claim] for claim in claims if claim in winner]
        if any(weights[rival] - weights[place] > plan.margin for rival in rivals):
            proposed[place], grounds[place] = "rejected", "a better partner"
            continue
        for equal in [*rivals, place] if rivals else []:
            proposed[equal], grounds[equal] = "review", "partners equally good"
        for claim in claims:
            winner.setdefault(claim, place)
    return pairs.with_columns(
        proposed=pl.Series(proposed, dtype=pl.String), grounds=pl.Series(grounds, dtype=pl.String)
    )
