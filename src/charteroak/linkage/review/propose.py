"""What a step of the plan proposes for the pairs it found: link, leave to a clerk, or refuse."""

import polars as pl

from charteroak.linkage.linkage import Linkage
from charteroak.linkage.review.plan import Plan, Step

NONE = pl.DataFrame(
    schema={
        **dict.fromkeys(("left_file", "left_id", "right_file", "right_id", "pass_name"), pl.String),
        "weight": pl.Float64, "probability": pl.Float64, "row": pl.Int64,
        **dict.fromkeys(("proposed", "grounds", "pair_id"), pl.String),
    }
)  # fmt: skip
"""No pairs."""


def propose(plan: Plan, step: Step, found: Linkage) -> pl.DataFrame:
    """Pairs with left_file, left_id, right_file, right_id, pass_name, weight, probability, row (of `links`), what is
    `proposed` (accepted, review, rejected) and on what `grounds`.

    A pair that meets a pass is linked, unless the fields as a whole speak against it. The others are weighed, where
    the step scores at all, if neither record is linked already to a file that holds its person only once.
    """
    pairs = _oriented(step, found)
    met, likely = pl.col("met"), pl.col("probability") >= plan.review
    linked = pairs.filter(met & likely)
    single = [file in step.recipe.one_per_person for file in step.files]
    taken = pl.lit(value=False)
    for side, other in (("left_id", single[1]), ("right_id", single[0])):
        if other:
            taken |= pl.col(side).is_in(linked[side].unique().implode())
    if step.scored:
        kept, worded = likely & ~taken, step.scored
        proposed = pl.when(pl.col("probability") >= step.recipe.link).then(pl.lit("accepted"))
        verdict = proposed.otherwise(pl.lit("review"))
        grounds = pl.when(pl.col("probability") >= step.recipe.link).then(pl.lit("above the threshold"))
        reason = grounds.otherwise(pl.lit("between the thresholds"))
    else:
        kept, worded = pl.lit(value=True), step.recipe.passes[-1].name
        verdict, reason = pl.lit("rejected"), pl.lit("too little agreement for the pass")
    by_pass = pl.when(likely).then(pl.lit("accepted")).otherwise(pl.lit("review"))
    agreed = pl.lit("the keys agree")
    return pairs.filter(met | kept).select(
        "left_file", "left_id", "right_file", "right_id",
        pass_name=pl.when(met).then("pass").otherwise(pl.lit(worded)),
        weight="match_weight", probability="probability", row="row",
        proposed=pl.when(met).then(by_pass).otherwise(verdict),
        grounds=pl.when(~met).then(reason).when(likely).then(agreed)
        .otherwise(pl.lit("the keys agree, the other fields do not")),
    )  # fmt: skip


def _oriented(step: Step, found: Linkage) -> pl.DataFrame:
    """The links with the step's first file on the left."""
    left, right = ("l", "r") if step.left < step.right else ("r", "l")
    return found.links.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), "match_weight", "pass",
        left_file=pl.lit(step.left, pl.String), left_id=f"id_{left}",
        right_file=pl.lit(step.right, pl.String), right_id=f"id_{right}",
        probability="match_probability", met=pl.col("pass").is_in([each.name for each in step.recipe.passes]),
    )  # fmt: skip
