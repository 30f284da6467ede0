"""Precision and recall without truth, with intervals that say how far two ways of estimating agree."""

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.linkage import Linkage
from charteroak.linkage.uncertainty.mixture import Mixture, fit

Numbers = NDArray[np.float64]
FAR_APART = 0.01


@dataclass(frozen=True)
class Interval:
    """A figure with its lower and upper end."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimates:
    """`precision`: share of true pairs among the linked. `recall`: share linked of the true pairs that blocking
    tried and that reached the list. `true_pairs`: their expected number. `check`: the second opinion, None where
    too few pairs were listed. `warnings`: what speaks against believing the figures.
    """

    precision: Interval
    recall: Interval
    true_pairs: float
    check: Mixture | None
    warnings: tuple[str, ...]


def estimates(linkage: Linkage, *, z: float = 1.96) -> Estimates:
    """Estimate the linkage's precision and recall from its own weights.

    Value: from the match probabilities (their mean among linked pairs is the precision). Interval: from the lower
    to the upper end of both opinions, the probabilities and the two heaps of `mixture`, each with the spread that
    chance alone gives at `z` standard errors. It does not cover pairs that no blocking rule tried, nor an error
    that both opinions share: only clerks' labels do (see `sampling.plan`).
    """
    weights = linkage.links["match_weight"].to_numpy().astype(np.float64)
    chances = linkage.links["match_probability"].to_numpy().astype(np.float64)
    linked = chances >= linkage.recipe.link
    true, right = float(chances.sum()), float(chances[linked].sum())
    precision = right / max(int(linked.sum()), 1) if linked.any() else 1.0
    recall = right / true if true else 1.0
    doubt = chances * (1 - chances)
    spread_p = z * float(np.sqrt(doubt[linked].sum())) / max(int(linked.sum()), 1)
    spread_r = z * float(np.sqrt(doubt.sum())) / max(true, 1.0)
    check = fit(weights, chances)
    cut = log2(linkage.recipe.link / (1 - linkage.recipe.link))
    others = (check.precision(cut), check.recall(cut)) if check else (precision, recall)
    warnings = [
        f"the {name} estimated from the fields is {own:.4f}, from the shape of the weights {other:.4f}: have a "
        "sample of pairs reviewed before relying on either"
        for name, own, other in (("precision", precision, others[0]), ("recall", recall, others[1]))
        if abs(own - other) > FAR_APART
    ]
    if check is None:
        warnings.append("too few pairs, or all of one sort, for a second opinion on the estimates")
    return Estimates(
        _interval(precision, others[0], spread_p),
        _interval(recall, others[1], spread_r),
        true,
        check,
        tuple(warnings),
    )


def _interval(value: float, other: float, spread: float) -> Interval:
    return Interval(value, max(min(value, other) - spread, 0.0), min(max(value, other) + spread, 1.0))
