"""What clerks' labels say: precision and recall as measured, and probabilities set right by them."""

from dataclasses import dataclass
from math import log

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.linkage.recipe import LinkageError
from charteroak.linkage.uncertainty.estimates import Interval

Numbers = NDArray[np.float64]
DRAWS = 4000
ROUNDS = 50
STIFFNESS = 4.0
"""How many labels the model's own probabilities are worth against the clerks'."""


@dataclass(frozen=True)
class Measured:
    """`labelled`: pairs that clerks decided. `recall` counts the true pairs among those listed, no others."""

    precision: Interval
    recall: Interval
    labelled: int


@dataclass(frozen=True)
class Calibration:
    """Log odds = intercept + slope × match weight; untouched weights have intercept 0 and slope ln 2."""

    intercept: float
    slope: float

    def probability(self, weight: Numbers) -> Numbers:
        """Match probability of each weight (bits), as the clerks' labels have it."""
        chance: Numbers = 1 / (1 + np.exp(-np.clip(self.intercept + self.slope * weight, -700, 700)))
        return chance


def measured(reviewed: pl.DataFrame, *, rng: np.random.Generator, level: float = 0.95) -> Measured:
    """Precision and recall of the linkage from a reviewed sample: a frame of `sampling.plan` with a column `same`
    (true, false, or null where a clerk could not decide).

    Values are weighed by strata (Horvitz and Thompson 1952). The lower end draws each stratum's share of true pairs
    from the Beta posterior of one more false pair, the upper end from that of one more true pair, as Clopper and
    Pearson (1934) do for one share: at least `level` sure, and a stratum without a single error still has its doubt.
    Raises LinkageError when a column is absent or nothing was decided.
    """
    strata = _strata(reviewed)
    same, apart, size = (strata[name].to_numpy().astype(float) for name in ("same", "apart", "of_stratum"))
    linked = strata["linked"].to_numpy()
    few = size * _draws(same, apart + 1, rng)
    many = size * _draws(same + 1, apart, rng)
    value = size * same / (same + apart)
    of_linked = max(float(size[linked].sum()), 1.0)
    precision = _interval(
        value[linked].sum() / of_linked,
        few[:, linked].sum(axis=1) / of_linked,
        many[:, linked].sum(axis=1) / of_linked,
        level,
    )
    recall = _interval(
        value[linked].sum() / max(value.sum(), 1e-9),
        _share(few[:, linked].sum(axis=1), many[:, ~linked].sum(axis=1)),
        _share(many[:, linked].sum(axis=1), few[:, ~linked].sum(axis=1)), level,
    )  # fmt: skip
    return Measured(precision, recall, int(same.sum() + apart.sum()))


def _draws(same: Numbers, apart: Numbers, rng: np.random.Generator) -> Numbers:
    """Shares of true pairs, DRAWS times for each stratum; a side without any label in it has share 0 or 1."""
    drawn: Numbers = rng.beta(np.maximum(same, 1e-9), np.maximum(apart, 1e-9), size=(DRAWS, len(same)))
    return drawn


def _share(part: Numbers, rest: Numbers) -> Numbers:
    return part / np.maximum(part + rest, 1e-9)


def recalibrated(reviewed: pl.DataFrame) -> Calibration:
    """Fit probabilities to the labels: a logistic curve over the match weight (Platt 1999).

    The sample was drawn by match weight alone, which the curve already depends on, so every label counts the same.
    The model's own curve is worth some STIFFNESS labels, so that few labels change little. Raises LinkageError as
    `measured` does.
    """
    decided = _decided(reviewed)
    weight, same = decided["match_weight"].to_numpy(), decided["same"].cast(pl.Float64).to_numpy()
    design = np.stack([np.ones_like(weight), weight], axis=1)
    origin = np.array([0.0, log(2)])
    prior = STIFFNESS * np.diag([0.05, 5.0])
    found = origin.copy()
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -700, 700)))
        gradient = design.T @ (same - chance) - prior @ (found - origin)
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + prior
        step = np.linalg.solve(curvature, gradient)
        found = found + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-9:
            break
    return Calibration(float(found[0]), max(float(found[1]), 0.0))


def _decided(reviewed: pl.DataFrame) -> pl.DataFrame:
    wanted = ("match_weight", "linked", "stratum", "of_stratum", "sampled", "same")
    if absent := [name for name in wanted if name not in reviewed.columns]:
        raise LinkageError(
            f"no column {', '.join(absent)}: give the planned sample with the clerks' answers as `same`"
        )
    decided = reviewed.drop_nulls("same")
    if decided.is_empty():
        raise LinkageError("no pair of the sample was decided; have some reviewed first")
    return decided


def _strata(reviewed: pl.DataFrame) -> pl.DataFrame:
    counts = _decided(reviewed).group_by("stratum", "linked", "of_stratum").agg(
        pl.col("same").cast(pl.Int64).sum(), apart=(~pl.col("same").cast(pl.Boolean)).sum()
    )  # fmt: skip
    return counts.sort("stratum")


def _interval(value: float, few: Numbers, many: Numbers, level: float) -> Interval:
    low, high = np.quantile(few, (1 - level) / 2), np.quantile(many, (1 + level) / 2)
    return Interval(float(value), min(float(low), float(value)), max(float(high), float(value)))
