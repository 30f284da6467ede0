"""A new file against kept records: the same pairs as linked at once, names that stay, and no spine mistaken."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner, Result
from people_in_files import damaged, population

from charteroak.cli import main
from charteroak.linkage import Linkage, LinkageError, Recipe, link, spine, to_toml
from charteroak.linkage.encode import encode
from charteroak.linkage.spine import Spine
from charteroak.linkage.spine.people import People, regrouped

PEOPLE = population(900, 5)
OLD = {"east": damaged(PEOPLE.head(600), 5, 0.02), "west": damaged(PEOPLE.slice(300, 500), 6, 0.1)}
NEW = damaged(PEOPLE.slice(500, 400), 7, 0.1)


@pytest.fixture(scope="module")
def first() -> Linkage:
    return link(OLD, id="id", truth="person")


@pytest.fixture(scope="module")
def kept(first: Linkage) -> Spine:
    return spine.build(encode(OLD, dict.fromkeys(OLD, "id"), first.recipe), first)


def named(frame: pl.DataFrame) -> dict[tuple[str, str], str]:
    return {(row["source"], row["id"]): row["cluster"] for row in frame.iter_rows(named=True)}


def test_a_spine_knows_who_was_who(first: Linkage, kept: Spine) -> None:
    assert named(kept.clusters) == named(first.clusters)


def by_pair(links: pl.DataFrame) -> pl.DataFrame:
    sides = [pl.concat_str(f"source_{side}", pl.lit(":"), f"id_{side}") for side in ("l", "r")]
    return links.select("match_weight", "pass", pair=pl.concat_list(*sides).list.sort().list.join(" "))


def test_a_new_file_gets_the_pairs_and_weights_of_one_linkage(first: Linkage, kept: Spine) -> None:
    recipe = first.recipe
    fields = tuple(replace(each, columns={**each.columns, "new": each.of("east")}) for each in recipe.fields)
    again = link(
        {**OLD, "new": NEW},
        replace(recipe, fields=fields, collective=False),
        id="id",
        truth="person",
        model=first.model,
    )
    either = again.links.filter((pl.col("source_l") == "new") | (pl.col("source_r") == "new"))
    found = spine.link(kept, {"new": NEW.drop("person")}, id="id")
    assert found.links.height > 400
    both = by_pair(found.links).join(by_pair(either), on="pair", how="full")
    assert both.null_count().sum_horizontal().item() == 0
    assert (both["match_weight"] - both["match_weight_right"]).abs().quantile(0.95) < 0.01  # type: ignore[operator]
    assert (both["pass"] == both["pass_right"]).all()


def test_most_new_records_join_the_right_person(kept: Spine) -> None:
    found = spine.link(kept, {"new": NEW.drop("person")}, id="id")
    truth = pl.concat(
        [frame.select("person", "id", source=pl.lit(name)) for name, frame in {**OLD, "new": NEW}.items()]
    )
    best = found.links.filter(pl.col("source_l") != "new", pl.col("match_probability") >= kept.recipe.link)
    best = best.sort("match_weight", descending=True).unique("id_r", keep="first")
    for side in ("l", "r"):
        best = best.join(
            truth, left_on=[f"id_{side}", f"source_{side}"], right_on=["id", "source"], suffix=f"_{side}"
        )
    assert best.height >= 240
    assert (best["person"] == best["person_r"]).mean() >= 0.98  # type: ignore[operator]


def test_names_stay_and_what_changes_is_told(kept: Spine) -> None:
    found = spine.link(kept, {"new": NEW.drop("person")}, id="id")
    before, after = named(kept.clusters), named(found.extended().clusters)
    moved = {record: name for record, name in before.items() if after[record] != name}
    told = found.events.filter(pl.col("event").is_in(["merged", "split"]))
    assert len(moved) == told["records"].sum()
    assert set(found.events["event"]) >= {"joined", "created"}
    assert {after[record] for record in after} == set(after.values())
    created = set(found.events.filter(event="created")["cluster"])
    assert created.isdisjoint(before.values())
    assert {name for name in after.values() if name not in before.values()} == created | set(
        told.filter(event="split")["other"]
    )


def alone(kept: Spine, source: str) -> int:
    """Row of a record of this source that nobody else's is linked to."""
    single = kept.clusters.with_row_index().filter(pl.len().over("cluster") == 1, pl.col("source") == source)
    return int(single["index"][0])


def regroup(kept: Spine, recipe: Recipe, source: str, *links: tuple[int, float]) -> People:
    """One new record of this source, linked to rows of the spine."""
    new = pl.DataFrame({"id": ["n"], "source": [source]})
    left, right = np.array([row for row, _ in links]), np.full(len(links), len(kept.person))
    return regrouped(kept, recipe, new, left, right, np.array([weight for _, weight in links]))


def test_a_record_that_shows_two_persons_to_be_one_merges_them_and_one_keeps_the_name(kept: Spine) -> None:
    one, other = alone(kept, "east"), alone(kept, "west")
    names = [kept.clusters["cluster"][row] for row in (one, other)]
    found = regroup(kept, kept.recipe, "new", (one, 20.0), (other, 19.0))
    assert found.events.rows() == [("joined", names[0], None, 1), ("merged", names[0], names[1], 1)]
    assert len(set(found.person[[one, other, -1]])) == 1
    assert set(found.clusters.rows()) == {("n", "new", names[0]), (*kept.records.row(other), names[0])}


def test_better_evidence_splits_a_person_and_the_part_gets_a_name_of_its_own(kept: Spine) -> None:
    pair = (
        kept.clusters.with_row_index()
        .filter(pl.len().over("cluster") == 2)
        .group_by("cluster")
        .agg("index", "source")
    )
    name, rows, _ = pair.filter(pl.col("source").list.sort() == ["east", "west"]).sort("cluster").row(0)
    east, west = rows if kept.records["source"][rows[0]] == "east" else rows[::-1]
    found = regroup(kept, replace(kept.recipe, one_per_person=("east",)), "east", (west, 90.0))
    split = found.events.filter(event="split").row(0, named=True)
    assert (split["cluster"], split["records"]) == (name, 1)
    assert split["other"] not in set(kept.names)
    assert found.person[west] == found.person[-1] != found.person[east]


def test_the_same_spine_comes_back_from_its_folder(kept: Spine, tmp_path: Path) -> None:
    spine.write.spine(tmp_path / "spine", kept)
    back = spine.read.spine(tmp_path / "spine", kept.recipe)
    once, again = (spine.link(each, {"new": NEW.drop("person")}, id="id") for each in (kept, back))
    assert once.links.equals(again.links)
    assert once.events.equals(again.events)
    assert once.clusters.equals(again.clusters)


def test_files_one_after_another_are_kept_without_the_earlier_ones(kept: Spine, tmp_path: Path) -> None:
    grown = spine.link(kept, {"new": NEW.drop("person")}, id="id").extended()
    spine.write.spine(tmp_path, kept)
    spine.write.spine(tmp_path, grown)
    back = spine.read.spine(tmp_path)
    assert named(back.clusters) == named(grown.clusters)
    names = [file.name.partition(".")[0] for file in tmp_path.glob("*.arrow")]
    assert len(names) == len(set(names)), "what was replaced is gone"
    third = damaged(PEOPLE.slice(700, 200), 9, 0.1).drop("person")
    found = spine.link(back, {"third": third}, id="id")
    joined = found.links.filter(pl.col("source_l") == "new", pl.col("match_probability") >= back.recipe.link)
    assert joined.height > 120, "records that came second are linked to as well"
    with pytest.raises(LinkageError, match="new: 400 records are in the spine already"):
        spine.link(back, {"new": NEW.drop("person")}, id="id")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda folder: (folder / "spine.json").unlink(), "no spine is kept here"),
        (lambda folder: (folder / "spine.json").write_text("{"), "spine.json cannot be read"),
        (lambda folder: _edit(folder, generation=7), "spine.json was changed"),
        (lambda folder: next(folder.glob("codes.*")).unlink(), "codes.* is missing or cannot be read"),
        (
            lambda folder: _flip(next(folder.glob("codes.*"))),
            "codes.* was changed since the spine was written",
        ),
    ],
)
def test_a_spine_that_was_changed_is_refused(
    kept: Spine, tmp_path: Path, change: Any, complaint: str
) -> None:
    spine.write.spine(tmp_path, kept)
    change(tmp_path)
    with pytest.raises(LinkageError, match=complaint):
        spine.read.spine(tmp_path)


def test_a_spine_of_another_recipe_version_or_format_is_refused(
    kept: Spine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spine.write.spine(tmp_path, kept)
    with pytest.raises(LinkageError, match="made by another recipe"):
        spine.read.spine(tmp_path, replace(kept.recipe, largest_cluster=7))
    monkeypatch.setattr("charteroak.linkage.spine.read.ENCODING", 0)
    with pytest.raises(LinkageError, match=r"has encoding \d+, this version of charteroak 0"):
        spine.read.spine(tmp_path)
    monkeypatch.setattr("charteroak.linkage.spine.read.FORMAT", 2)
    with pytest.raises(LinkageError, match="has format 1, this version reads 2"):
        spine.read.spine(tmp_path)


def _edit(folder: Path, **entries: object) -> None:
    said = json.loads((folder / "spine.json").read_text())
    said["spine"] |= entries
    (folder / "spine.json").write_text(json.dumps(said))


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def oak(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["link", *map(str, arguments)])


def test_the_command_makes_a_spine_links_against_it_and_adds(tmp_path: Path) -> None:
    for name, frame in {**OLD, "new": NEW}.items():
        frame.drop("person").write_parquet(tmp_path / f"{name}.parquet")
    where, new = tmp_path / "spine", tmp_path / "new.parquet"
    made = oak(tmp_path / "east.parquet", tmp_path / "west.parquet", "--spine", where, "--json")
    assert made.exit_code == 0, made.output
    looked = oak(
        new,
        "--spine",
        where,
        "--look",
        "--json",
        "-o",
        tmp_path / "links.parquet",
        "--events",
        tmp_path / "e.csv",
    )
    added = oak(new, "--spine", where, "--json", "--clusters", tmp_path / "clusters.parquet")
    said = [json.loads(each.stdout) for each in (looked, added)]
    assert said[0]["events"] == said[1]["events"]
    assert said[0]["records"] == {"new": 400, "spine": 1100}
    assert pl.read_parquet(tmp_path / "links.parquet").height >= said[0]["links"] > 300
    assert set(pl.read_csv(tmp_path / "e.csv")["event"]) >= {"joined", "created"}
    twice = oak(new, "--spine", where)
    assert (twice.exit_code, "in the spine already" in twice.output) == (2, True)
    refused = oak(new, "--spine", where, "--truth", "person")
    assert (refused.exit_code, "--truth" in refused.output) == (2, True)
    recipe = tmp_path / "other.toml"
    recipe.write_text(
        to_toml(spine.read.spine(where).recipe).replace("largest_cluster = 100", "largest_cluster = 9")
    )
    other = oak(new, "--spine", where, "--recipe", recipe)
    assert (other.exit_code, "another recipe" in other.output) == (2, True)
