"""Whoever moves changes street, town and ZIP at once, which counts once."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak import linkage
from charteroak.linkage.explain import MOVED, steps
from charteroak.linkage.judge import judge
from charteroak.linkage.kernel import _most_of_place, place_bits, shares_in_bits

PEOPLE = 3000
bits = st.floats(-60, 60)
shares = st.floats(0.001, 0.9)


def files(moved: float, seed: int = 7) -> dict[str, pl.DataFrame]:
    """Two files of the same people with few names: a share of them lives elsewhere in the second one."""
    chance = np.random.default_rng(seed)
    place = chance.integers(0, 2000, (2, PEOPLE))
    place[1] = np.where(chance.random(PEOPLE) < moved, place[1], place[0])
    born = chance.integers(0, 25_000, PEOPLE)
    names = chance.integers(0, (6, 20), (PEOPLE, 2))

    def file(where: np.ndarray) -> pl.DataFrame:
        return pl.DataFrame({
            "id": [str(n) for n in range(PEOPLE)], "person": range(PEOPLE),
            "first_name": [("An", "Binh", "Chi", "Dung", "Giang", "Hoa")[n] for n in names[:, 0]],
            "last_name": ["Q" + "abcdefghijklmnopqrstu"[n] * 3 for n in names[:, 1]],
            "dob": pl.Series(born).cast(pl.Int32).cast(pl.Date),
            "street": [f"{n % 97} Road {n}" for n in where],
            "city": [f"Town {'abcdefghijkl'[n % 12]}" for n in where], "zip": [f"{n % 150:05}" for n in where],
        })  # fmt: skip

    return {"a": file(place[0]), "b": file(place[1])}


def test_who_moved_is_found_by_name_and_birth_date() -> None:
    both = files(0.25)
    found = linkage.link(both, truth="person", one_per_person=("a", "b"))
    truth = pl.concat([frame.select("id", "person", source=pl.lit(name)) for name, frame in both.items()])
    told = judge(found, truth)
    assert told.recall > 0.95
    assert told.precision > 0.98
    assert found.model.moved == pytest.approx(0.25, abs=0.06), "the share of movers is learnt from the files"


def test_where_nobody_moves_hardly_anybody_is_believed_to() -> None:
    assert linkage.link(files(0.0), one_per_person=("a", "b")).model.moved < 0.02


def test_the_steps_say_what_a_move_gives_back_and_add_up() -> None:
    found = linkage.link(files(0.25), one_per_person=("a", "b"))
    assert found.recipe.household, "the street makes a household"
    row = int(found.levels[found.recipe.household].to_numpy().argmax())
    told = {name: value for name, _, value in steps(found, row)}
    assert told[MOVED] > 3
    assert sum(told.values()) == pytest.approx(found.links["match_weight"][row])


@settings(deadline=None)  # the first call compiles
@given(bits, shares)
def test_a_place_never_costs_more_than_the_share_of_movers(place: float, moved: float) -> None:
    assert np.log2(moved) - 1e-9 <= place_bits(place, *shares_in_bits(moved)) <= max(place, 0.0) + 1e-9
    assert place_bits(place, *shares_in_bits(moved)) <= _most_of_place(place, float(np.log2(moved))) + 1e-9, (
        "no pair is dropped too soon"
    )


@settings(deadline=None)
@given(bits, bits, shares)
def test_more_agreement_never_weighs_less(one: float, other: float, moved: float) -> None:
    low, high = sorted((one, other))
    assert place_bits(low, *shares_in_bits(moved)) <= place_bits(high, *shares_in_bits(moved)) + 1e-9


def test_a_single_field_of_place_is_weighed_by_itself() -> None:
    lone = {name: frame.drop("city", "zip") for name, frame in files(0.25).items()}
    assert linkage.link(lone, one_per_person=("a", "b")).model.moved == 0.0
