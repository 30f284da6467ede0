"""Deterministic passes: which pairs each one meets, how far it can be trusted, and which pairs it then links."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.recipe import Kind, Recipe

Shares = NDArray[np.float64]
CONTRADICTS = {
    Kind.GIVEN_NAME,
    Kind.SUFFIX,
    Kind.BIRTH_DATE,
    Kind.SEX,
    Kind.SSN,
    Kind.SSN_LAST4,
    Kind.AGENCY_ID,
}
"""What speaks against a pass where it is known and altogether different: twins have another given name, a parent whose
SSN stands with a child another birth date, two people who share an SSN one or the other.
"""


class Passed(NamedTuple):
    """By pair the number (from 1) of the pass that links it, or 0; by pass how many pairs it meets without
    contradiction, and its estimated precision, NaN where it meets none.
    """

    by: NDArray[np.int64]
    met: NDArray[np.int64]
    precision: Shares


def pass_of(recipe: Recipe, levels: NDArray[np.int8]) -> NDArray[np.int64]:
    """For each row of levels (rows × fields) the number (from 1) of the first pass that it meets, or 0."""
    found = np.zeros(len(levels), np.int64)
    names = [each.name for each in recipe.fields]
    for number, step in enumerate(recipe.passes, start=1):
        met = found == 0
        for name, worst in step.agree.items():
            place = names.index(name)
            limit = [level.name for level in recipe.fields[place].levels].index(worst)
            met &= (levels[:, place] >= 0) & (levels[:, place] <= limit)
        found[met] = number
    return found


def passed(recipe: Recipe, levels: NDArray[np.int8], pattern: NDArray[np.int64], believed: Shares) -> Passed:
    """What the recipe's passes link. `levels` (patterns × fields) and by pair its `pattern` and match probability.

    A pass's precision is the mean match probability of the pairs that it meets first and nothing contradicts; one
    below the recipe's `pass_precision` links nothing, and leaves its pairs to their weights.
    """
    meets = np.where(_contradicted(recipe, levels), 0, pass_of(recipe, levels))[pattern]
    size = len(recipe.passes) + 1
    met = np.bincount(meets, minlength=size)
    sums = np.bincount(meets, believed, minlength=size)
    precision = np.divide(sums, met, out=np.full(size, np.nan), where=met > 0)
    trusted = np.nan_to_num(precision) >= recipe.pass_precision
    return Passed(np.where(trusted[meets], meets, 0), met[1:], precision[1:])


def _contradicted(recipe: Recipe, levels: NDArray[np.int8]) -> NDArray[np.bool_]:
    against = np.zeros(len(levels), np.bool_)
    for place, field in enumerate(recipe.fields):
        if field.kind in CONTRADICTS:
            against |= levels[:, place] == len(field.levels) - 1
    return against
