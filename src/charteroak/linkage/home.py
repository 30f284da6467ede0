"""Who is of one household: pairs with one address, and people of unlike given names whose addresses differ by a slip.

The compiled code tells only equal addresses, which is fast. A relative whose street was misspelt is a relative all the
same, so the pairs that come out of it are told again by their levels; two of one given name at nearly one address are
rather one person.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from charteroak.linkage.estimate import REGIMES, household_field
from charteroak.linkage.model import Model
from charteroak.linkage.recipe import Kind, Recipe
from charteroak.linkage.sample import Patterns

HOUSEHOLD = 1
"""What a regime's number holds more when the pair is of one household."""


def at_home(recipe: Recipe, levels: NDArray[np.int8], regime: NDArray[np.int64]) -> NDArray[np.int64]:
    """The regime of each pattern (`levels`: patterns × fields), relatives at nearly equal addresses being at home."""
    place = household_field(recipe)
    if place < 0:
        return regime
    level, last = levels[:, place], len(recipe.fields[place].levels) - 1
    return np.where((level > 0) & (level < last) & _unlike(recipe, levels), regime | HOUSEHOLD, regime)


def households(recipe: Recipe, patterns: Patterns) -> Patterns:
    """The patterns, relatives at nearly equal addresses being at home; unless these files show no households, in which
    most pairs at one address are of unlike given names.
    """
    home = patterns.count * ((patterns.regime & HOUSEHOLD) > 0)
    if 2 * float(home[_unlike(recipe, patterns.levels)].sum()) <= float(home.sum()):
        return patterns
    return replace(patterns, regime=at_home(recipe, patterns.levels, patterns.regime))


def lives_together(model: Model) -> bool:
    """Whether the model knows households: pairs at one address that are mostly not one person."""
    return any(each.name == REGIMES[HOUSEHOLD] and each.prior < 0.5 for each in model.regimes)


def _unlike(recipe: Recipe, levels: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Patterns in which no given name agrees."""
    found = np.ones(len(levels), np.bool_)
    for place, field in enumerate(recipe.fields):
        if field.kind == Kind.GIVEN_NAME:
            found &= (levels[:, place] < 0) | (levels[:, place] == len(field.levels) - 1)
    return found
