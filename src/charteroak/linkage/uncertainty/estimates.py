"""Precision and recall without truth, with intervals that say how far two ways of estimating agree."""

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.linkage import Linkage
from charteroak.linkage.uncertainty.mixture import Mixture, fit

Numbers = NDArray[np.float64]
FAR_APART = 0.01
TIMES = 8.0
"""So many times as many links as the probabilities promise may be wrong: fields depend on each other where the model
has them independent, and a threshold chosen by probabilities favours those that promise too much. Measured on files
whose truth is known; `docs/linkage/estimates.md` says how often that was enough.
"""
UNSURE = 0.98
"""Precision that a linkage should have for certain: below it, look before relying on it."""


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
    chance alone gives at `z` standard errors; that of precision reaches down to TIMES as many wrong links as promised,
    up to a TIMES-th, and is never surer than so few links allow. It does not cover pairs that no blocking rule tried,
    nor all that both opinions get wrong together: only clerks' labels do (see `sampling.plan`).
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
    sure = _doubted(_interval(precision, others[0], spread_p), int(linked.sum()), z)
    warnings += _unsure(sure)
    return Estimates(sure, _interval(recall, others[1], spread_r), true, check, tuple(warnings))


def _unsure(precision: Interval) -> list[str]:
    if precision.low >= UNSURE:
        return []
    return [
        f"of 100 linked pairs, {100 * (1 - precision.high):.1f} to {100 * (1 - precision.low):.1f} may be wrong, as "
        "far as the files themselves can tell: have a sample of pairs reviewed"
    ]


def _interval(value: float, other: float, spread: float) -> Interval:
    return Interval(value, max(min(value, other) - spread, 0.0), min(max(value, other) + spread, 1.0))


def _doubted(precision: Interval, linked: int, z: float) -> Interval:
    """The interval of a precision with the doubt that the model itself is right. Of `linked` pairs that are all true
    no more follows than a precision of 1 - 3 / linked (the rule of three, Hanley and Lippman-Hand 1983).
    """
    wrong, count = 1 - precision.value, max(linked, 3)
    most = TIMES * wrong + z * float(np.sqrt(TIMES * wrong / count))
    low = max(min(precision.low, 1 - most, 1 - 3 / count), 0.0)
    return Interval(precision.value, low, max(precision.high, 1 - wrong / TIMES))
