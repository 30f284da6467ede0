"""Deterministic passes link first and never against what a person keeps; the threshold of the rest chooses itself."""

import numpy as np
import polars as pl
import pytest
from people_in_files import damaged, population

from charteroak import linkage
from charteroak.linkage.passes import passed
from charteroak.linkage.recipe import Recipe
from charteroak.linkage.threshold import GIVEN_UP, threshold

RECIPE = linkage.infer({"a": ["first_name", "last_name", "suffix", "dob", "sex", "ssn", "address"]})


def level(recipe: Recipe, **named: str) -> np.ndarray:
    """Levels of one pair; a field that is not named is missing."""
    found = [
        [level.name for level in field.levels].index(named[field.name]) if field.name in named else -1
        for field in recipe.fields
    ]
    return np.array([found], np.int8)


def linked_by(*, certainty: float = 1.0, named: dict[str, str]) -> str | None:
    by = passed(RECIPE, level(RECIPE, **named), np.zeros(1, np.int64), np.array([certainty])).by[0]
    return RECIPE.passes[by - 1].name if by else None


def test_a_pass_links_what_meets_it_under_its_name() -> None:
    names = {"given_name": "nickname", "family_name": "slip"}
    assert linked_by(named={"ssn": "same", "birth_date": "same", **names}) == "SSN, names and birth date"
    assert linked_by(named={"ssn": "same", **names}) == "SSN and names"


@pytest.mark.parametrize(
    "named",
    [
        {
            "ssn": "same",
            "birth_date": "same",
            "given_name": "different",
            "family_name": "same",
        },  # twins, one SSN
        {
            "ssn": "same",
            "birth_date": "different",
            "given_name": "same",
            "family_name": "same",
        },  # a parent's SSN
        {"ssn": "same", "suffix": "different", "given_name": "same", "family_name": "same"},  # Jr and Sr
        {"ssn": "same", "sex": "different", "birth_date": "same"},  # an SSN that two people share
        {"ssn": "different", "birth_date": "same", "given_name": "same", "family_name": "same"},  # namesakes
    ],
)
def test_no_pass_links_against_what_a_person_keeps(named: dict[str, str]) -> None:
    assert linked_by(named=named) is None


def test_a_pass_that_is_not_precise_enough_leaves_its_pairs_to_their_weights() -> None:
    assert (
        linked_by(certainty=0.99, named={"given_name": "same", "family_name": "same", "birth_date": "same"})
        is None
    )


def test_pairs_of_a_pass_are_linked_and_one_person() -> None:
    people = population(300, 3)
    files = {"a": damaged(people[:200], 1, 0.2), "b": damaged(people[100:], 2, 0.2)}
    found = linkage.link(files, truth="person", one_per_person=("a", "b"))
    by_pass = found.links.filter(pl.col("pass") != "scored")
    assert by_pass.height > 20
    assert by_pass["match_probability"].min() >= found.recipe.link  # type: ignore[operator]
    cluster = {(source, id_): name for id_, source, name in found.clusters.iter_rows()}
    for row in by_pass.iter_rows(named=True):
        assert cluster[row["source_l"], row["id_l"]] == cluster[row["source_r"], row["id_r"]]
    assert (
        sum(each.linked for each in found.passes)
        == found.links.filter(pl.col("match_probability") >= found.recipe.link).height
    )


def test_every_link_is_within_a_person_at_the_threshold_that_was_chosen() -> None:
    people = population(400, 5)
    files = {"a": damaged(people[:300], 1, 0.5), "b": damaged(people[100:], 2, 0.5)}
    found = linkage.link(files, truth="person")
    assert found.recipe.aim is None
    cluster = {(source, id_): name for id_, source, name in found.clusters.iter_rows()}
    linked = found.links.filter(pl.col("match_probability") >= found.recipe.link)
    assert linked.height > 100
    for row in linked.iter_rows(named=True):
        assert cluster[row["source_l"], row["id_l"]] == cluster[row["source_r"], row["id_r"]]
    again = linkage.link(files, found.recipe, truth="person", model=found.model)
    assert again.recipe == found.recipe
    assert again.links["match_weight"].to_list() == pytest.approx(found.links["match_weight"].to_list())
    assert again.clusters.equals(found.clusters)


def none_sure(chance: np.ndarray) -> np.ndarray:
    return np.zeros(len(chance), np.bool_)


def test_the_threshold_has_the_best_expected_f1_where_precision_is_out_of_reach() -> None:
    chance = np.random.default_rng(1).beta(0.4, 0.4, 5000)
    chosen = threshold(chance, none_sure(chance), 0.9995, 0.2)

    def expected(cut: float) -> float:
        return float(2 * chance[chance >= cut].sum() / ((chance >= cut).sum() + chance.sum()))

    assert expected(chosen) >= max(expected(cut) for cut in np.arange(0.2, 1, 0.01)) - 1e-4


def test_precision_is_aimed_at_where_it_is_cheap_and_never_at_more_than_it_may_cost() -> None:
    chance = np.concatenate([np.full(10_000, 0.9999), np.full(30, 0.6), np.full(3000, 0.02)])
    chosen = threshold(chance, none_sure(chance), 0.9995, 0.5)
    assert chosen > 0.6
    dear = np.concatenate([np.full(10_000, 0.9999), np.full(1000, 0.6)])
    assert threshold(dear, none_sure(dear), 0.9995, 0.5) == pytest.approx(0.6)
    assert GIVEN_UP < 0.005


def test_pairs_that_are_sure_count_but_are_not_chosen_among() -> None:
    chance = np.concatenate([np.full(50, 0.4), np.full(10, 0.95), np.full(10, 0.3)])
    sure = chance == 0.4
    assert threshold(chance, sure, 0.9995, 0.5) == pytest.approx(0.95)
    assert threshold(chance[:0], sure[:0], 0.9995, 0.5) == 0.5
