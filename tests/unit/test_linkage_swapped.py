"""Given and family name in each other's place are one fault, as likely as the names make it."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from charteroak import linkage
from charteroak.linkage.chance import chances
from charteroak.linkage.encode import encode
from charteroak.linkage.infer import infer
from charteroak.linkage.recipe import Kind, Level, Recipe
from charteroak.linkage.sample import random_levels

NAMES = ["THOMAS", "JAMES", "MARTIN", "SCOTT", "RITA", "ANNA", "OLGA", "PAUL", "ERIC", "LEWIS"]
SURNAMES = ["THOMAS", "JAMES", "MARTIN", "SCOTT", "SILVA", "ROSSI", "NOWAK", "BERG", "WOLFE", "ORTIZ"]

COLUMNS = ["first_name", "last_name", "dob"]


def people(seed: int, count: int = 600) -> dict[str, pl.DataFrame]:
    """Two files of the same people; in the second, every twentieth has the names exchanged."""
    rng = np.random.default_rng(seed)
    given, family = rng.choice(NAMES, count), rng.choice(SURNAMES, count)
    born = np.datetime64("1950-01-01") + rng.integers(0, 20_000, count)
    one = pl.DataFrame({"id": np.arange(count), "first_name": given, "last_name": family, "dob": born})
    exchanged = pl.col("id") % 20 == 0
    two = one.with_columns(
        first_name=pl.when(exchanged).then("last_name").otherwise("first_name"),
        last_name=pl.when(exchanged).then("first_name").otherwise("last_name"),
    )
    return {"one": one, "two": two}


def with_both(recipe: Recipe) -> Recipe:
    """The recipe with a level for exchanged names on the family name, too."""
    fields = [
        replace(each, levels=(*each.levels[:-1], Level("swapped", "swapped", 0.01), each.levels[-1]))
        if each.kind == Kind.FAMILY_NAME else each
        for each in recipe.fields
    ]  # fmt: skip
    return replace(recipe, fields=tuple(fields))


@pytest.mark.parametrize("seed", [1, 2])
def test_an_exchange_weighs_once_whichever_field_has_a_level_for_it(seed: int) -> None:
    frames = people(seed)
    recipe = infer(dict.fromkeys(frames, COLUMNS), tuple(frames))
    given = linkage.link(frames, recipe, id="id").links
    both = linkage.link(frames, with_both(recipe), id="id").links
    assert given.select("id_l", "id_r").equals(both.select("id_l", "id_r"))
    assert np.allclose(given["match_weight"], both["match_weight"], atol=0.05)


def test_its_chance_is_that_two_strangers_have_each_others_names() -> None:
    frames = people(3, 4_000)
    recipe = infer(dict.fromkeys(frames, COLUMNS), tuple(frames))
    encoded = encode(frames, dict.fromkeys(frames, "id"), recipe)
    place = [field.kind for field in encoded.fields].index(Kind.GIVEN_NAME)
    level = [each.test for each in encoded.fields[place].levels].index("swapped")
    chance = chances(encoded, random_levels(encoded))[place].u(np.zeros(len(encoded.fields[place].levels)))
    together = pl.concat(frames.values())
    given, family = (together[name].value_counts(name="n") for name in ("first_name", "last_name"))
    both = given.join(family, left_on="first_name", right_on="last_name")
    expected = float((both["n"] / 8_000 * both["n_right"] / 8_000).sum()) ** 2
    assert chance[level] == pytest.approx(expected, rel=0.25)
