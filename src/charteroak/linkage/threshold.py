"""Chooses the match probability from which pairs are linked, from the probabilities themselves."""

import numpy as np
from numpy.typing import NDArray

GIVEN_UP = 0.003
"""Expected F1 that the precision aimed at may cost."""


def threshold(chance: NDArray[np.float64], sure: NDArray[np.bool_], aim: float, least: float) -> float:
    """The match probability, in thousandths, from which linking is best; no less than `least`. `chance`: of all pairs;
    those that are `sure` are linked in any case.

    The expected F1 of linking the likeliest pairs is 2 Σp / (pairs linked + Σp of all) (compare Lipton and others 2014,
    whose optimum is half the F1 itself). The best of these, or a stricter threshold where its mean probability reaches
    the precision aimed at for no more than GIVEN_UP of expected F1: a false link costs more than a missed one.
    """
    likeliest = np.sort(chance[~sure & (chance >= least)])[::-1]
    if not len(likeliest):
        return least
    true = float(chance[sure].sum()) + np.cumsum(likeliest)
    linked = int(sure.sum()) + np.arange(1, len(likeliest) + 1)
    steps = np.floor(likeliest * 1000) / 1000
    ends = np.append(np.flatnonzero(np.diff(steps)), len(steps) - 1)  # a threshold cannot part equals
    true, linked, steps = true[ends], linked[ends], steps[ends]
    expected = 2 * true / (linked + float(chance.sum()))
    best = int(np.argmax(expected))
    enough = np.flatnonzero((expected >= expected[best] - GIVEN_UP) & (true / linked >= aim))
    at = min(best, int(enough[-1])) if len(enough) else best
    return float(np.clip(steps[at], least, 0.999))
