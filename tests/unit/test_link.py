"""Linking files into people: what must hold whatever the files say."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from people_in_files import damaged, population

from charteroak import linkage
from charteroak.linkage.judge import judge, truth_of

PEOPLE = population(600, seed=3)
LEFT, RIGHT = damaged(PEOPLE[:450], 1, 0.1), damaged(PEOPLE[150:], 2, 0.1)


def linked(left: pl.DataFrame, right: pl.DataFrame) -> linkage.Linkage:
    return linkage.link({"left": left, "right": right}, truth="person", one_per_person=("left", "right"))


@pytest.fixture(scope="module")
def found() -> linkage.Linkage:
    return linked(LEFT, RIGHT)


def test_most_true_pairs_are_linked_and_hardly_a_false_one(found: linkage.Linkage) -> None:
    truth = truth_of({"left": LEFT, "right": RIGHT}, {"left": "id", "right": "id"}, "person")
    judged = judge(found, truth)
    assert judged.true_pairs == 300
    assert judged.precision >= 0.99
    assert judged.recall >= 0.97
    assert judged.cluster_f1 >= 0.98


def test_the_truth_is_never_a_field(found: linkage.Linkage) -> None:
    assert {"person", "id"}.isdisjoint(field.name for field in found.recipe.fields)
    assert {field.name for field in found.recipe.fields} == {
        "given_name", "family_name", "birth_date", "ssn", "address", "zip",
    }  # fmt: skip


def test_links_and_clusters_have_the_promised_columns(found: linkage.Linkage) -> None:
    assert tuple(found.links.columns) == (
        "id_l", "id_r", "source_l", "source_r", "match_weight", "match_probability", "pass",
    )  # fmt: skip
    assert tuple(found.clusters.columns) == ("id", "source", "cluster")
    assert found.clusters.height == LEFT.height + RIGHT.height
    assert found.levels.height == found.links.height


def test_the_order_of_rows_files_and_columns_changes_nothing(found: linkage.Linkage) -> None:
    rng = np.random.default_rng(5)
    columns = [str(name) for name in rng.permutation(LEFT.columns)]
    shuffled = LEFT[rng.permutation(LEFT.height)].select(columns)
    again = linkage.link(
        {"right": RIGHT[rng.permutation(RIGHT.height)], "left": shuffled}, truth="person",
        one_per_person=("right", "left"),
    )  # fmt: skip
    assert again.links.equals(found.links)
    assert again.clusters.equals(found.clusters)
    assert again.recipe.blocks == found.recipe.blocks


def test_a_file_that_holds_nobody_twice_gives_each_person_one_record(found: linkage.Linkage) -> None:
    assert not found.clusters.select("source", "cluster").is_duplicated().any()


def test_what_is_kept_apart_is_not_one_person() -> None:
    first = linked(LEFT, RIGHT)
    strong = first.links.sort("match_weight", descending=True).row(0, named=True)
    pair = ((strong["source_l"], strong["id_l"]), (strong["source_r"], strong["id_r"]))
    parted = linkage.link(
        {"left": LEFT, "right": RIGHT}, truth="person", one_per_person=("left", "right"), apart=[pair]
    )
    people = {(source, key): person for key, source, person in parted.clusters.iter_rows()}
    assert people[pair[0]] != people[pair[1]]


def test_a_recipe_survives_toml(found: linkage.Linkage) -> None:
    assert linkage.from_toml(linkage.to_toml(found.recipe)) == found.recipe


def test_a_model_learnt_once_gives_the_same_weights(found: linkage.Linkage) -> None:
    again = linkage.link({"left": LEFT, "right": RIGHT}, found.recipe, truth="person", model=found.model)
    assert again.links["match_weight"].to_list() == pytest.approx(found.links["match_weight"].to_list())


@pytest.mark.parametrize(
    "drop", [["ssn"], ["dob"], ["address", "zip"], ["ssn", "dob"], ["first_name"], ["ssn", "address", "zip"]]
)
def test_any_subset_of_fields_works(drop: list[str]) -> None:
    found = linked(LEFT.drop(drop), RIGHT)
    truth = truth_of({"left": LEFT, "right": RIGHT}, {"left": "id", "right": "id"}, "person")
    assert judge(found, truth).f1 >= 0.85


def test_tables_of_other_libraries_and_paths_are_read_alike(found: linkage.Linkage, tmp_path: Path) -> None:
    import duckdb

    LEFT.write_csv(tmp_path / "left.csv")
    RIGHT.write_parquet(tmp_path / "right.parquet")
    by_path = linkage.link(
        [tmp_path / "right.parquet", tmp_path / "left.csv"], truth="person", one_per_person=("left", "right")
    )
    assert by_path.links.equals(found.links)
    connection = duckdb.connect()
    relation = connection.read_parquet(str(tmp_path / "right.parquet"))
    assert linkage.link(
        {"left": LEFT, "right": relation}, truth="person", one_per_person=("left", "right")
    ).links.equals(found.links)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": LEFT.drop("id")}, "a: no column that identifies a record"),
        ({"a": LEFT.with_columns(id=pl.lit("1"))}, "a: 449 records repeat another's id"),
        ({"a": LEFT.with_columns(id=pl.lit(None, pl.String))}, "a: 450 records have an empty id"),
        ({"a": LEFT[:0]}, "a: holds no records"),
        ({"a": LEFT.select("id", colour=pl.lit("blue"))}, "no column was recognised"),
    ],
)
def test_bad_input_gets_one_clear_line(files: dict[str, pl.DataFrame], message: str) -> None:
    with pytest.raises(linkage.LinkageError, match=message) as refused:
        linkage.link(files)
    assert "\n" not in str(refused.value)


def test_what_cannot_be_used_is_counted_and_the_rest_is_linked() -> None:
    unreadable = LEFT.with_columns(dob=pl.lit("soon"), zip=pl.lit(None, pl.String))
    found = linked(unreadable, RIGHT)
    assert "birth_date: 455 values could not be read and count as missing" in found.warnings
    assert "left: zip holds no usable zip" in found.warnings
    assert found.counts.changes["birth_date"]["unreadable made missing"] == 455
    assert found.links.height > 100
