"""The weights of listed pairs seen as two heaps, true and false, whatever the fields' model says of them."""

from dataclasses import dataclass
from math import erf, exp, sqrt

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
BELLS = 3
ROUNDS = 200
NARROWEST = 0.5
"""Bits: a bell narrower than this has fallen onto a single pattern of agreement."""


@dataclass(frozen=True)
class Mixture:
    """True pairs as up to BELLS normal curves, false ones as an exponential tail from `floor` (bits) upwards.

    `true`: share of the listed pairs; `bells`: (share of the true, mean, standard deviation); `decay` in bits.
    """

    floor: float
    true: float
    bells: tuple[tuple[float, float, float], ...]
    decay: float

    def false_above(self, weight: float) -> float:
        """Share of the false pairs from this weight up."""
        return exp(-max(weight - self.floor, 0.0) / self.decay)

    def true_above(self, weight: float) -> float:
        """Share of the true pairs from this weight up."""
        return sum(
            share * 0.5 * (1 - erf((weight - mean) / (sd * sqrt(2)))) for share, mean, sd in self.bells
        )

    def precision(self, weight: float) -> float:
        """Share of true pairs among all from this weight up (1 where there are none)."""
        right, wrong = self.true * self.true_above(weight), (1 - self.true) * self.false_above(weight)
        return right / (right + wrong) if right + wrong > 0 else 1.0

    def recall(self, weight: float) -> float:
        return self.true_above(weight)


def fit(weights: Numbers, probabilities: Numbers) -> Mixture | None:
    """Fit the two heaps by expectation-maximisation, begun from the model's own probabilities.

    `weights`: match weights in bits of all listed pairs. None where there are fewer than 50 pairs, or one heap only.
    Method: in the manner of Belin and Rubin (1995), who fit transformed normal curves to the weights of both
    classes; the false one is a tail here, since pairs of low weight are not listed.
    """
    if len(weights) < 50 or not 2 < probabilities.sum() < len(weights) - 2:
        return None
    floor = float(weights.min())
    above = weights - floor
    # a weighed histogram: as good as the pairs themselves, and as fast for millions
    edges = np.linspace(0, float(above.max()) + 1e-9, 401)
    place = np.clip(np.digitize(above, edges) - 1, 0, 399)
    counts = np.bincount(place, minlength=400).astype(np.float64)
    centre = (edges[:-1] + edges[1:]) / 2
    believed = np.bincount(place, weights=probabilities, minlength=400) / np.maximum(counts, 1)
    quantiles = np.interp([0.15, 0.5, 0.85], np.cumsum(counts * believed) / (counts * believed).sum(), centre)
    bells = [(1 / BELLS, float(mean), max(float(np.ptp(quantiles)) / 3, 1.0)) for mean in quantiles]
    true, decay = float((counts * believed).sum() / counts.sum()), 0.0
    decay = max(float((counts * (1 - believed) * centre).sum() / (counts * (1 - believed)).sum()), NARROWEST)
    for _ in range(ROUNDS):
        parts = np.stack([share * _normal(centre, mean, sd) for share, mean, sd in bells])
        right = true * parts.sum(axis=0)
        wrong = (1 - true) * np.exp(-centre / decay) / decay
        belongs = np.where(right + wrong > 0, right / np.maximum(right + wrong, 1e-300), 1.0)
        mass = counts * belongs * parts / np.maximum(parts.sum(axis=0), 1e-300)
        bells = [_bell(part, centre, mass.sum()) for part in mass]
        before, true = true, float((counts * belongs).sum() / counts.sum())
        left = counts * (1 - belongs)
        decay = max(float((left * centre).sum() / max(left.sum(), 1e-9)), 0.1)
        if abs(before - true) < 1e-7:
            break
    return Mixture(floor, true, tuple((share, floor + mean, sd) for share, mean, sd in bells), decay)


def _normal(at: Numbers, mean: float, sd: float) -> Numbers:
    density: Numbers = np.exp(-0.5 * ((at - mean) / sd) ** 2) / (sd * sqrt(2 * np.pi))
    return density


def _bell(mass: Numbers, centre: Numbers, whole: float) -> tuple[float, float, float]:
    total = max(float(mass.sum()), 1e-9)
    mean = float((mass * centre).sum() / total)
    spread = sqrt(float((mass * (centre - mean) ** 2).sum() / total))
    return total / max(whole, 1e-9), mean, max(spread, NARROWEST)
