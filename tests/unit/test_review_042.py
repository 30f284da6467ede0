"""Request 042's files against their planted truth: what the engine finds, misses and leaves to a clerk."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from charteroak.linkage.review import LinkRun, link, plan_042, settle
from charteroak.synthetic import answer_finder_list, generate, ssn_block

DAY_1, DAY_2 = "11_02_2026", "11_03_2026"


def delivered(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, separator="\t", infer_schema=False, quote_char=None)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    generate(folder, seed=42)
    return folder


@pytest.fixture(scope="module")
def found(state: Path) -> LinkRun:
    csc = delivered(state / "CSC" / f"CSC.042.{DAY_2}.matching")
    low, high = ssn_block()
    drawn = np.random.default_rng(9).integers(low, high + 1, 9 * csc["ssn"].n_unique())
    asked = pl.concat([csc["ssn"].drop_nulls(), pl.Series([f"{number:09}" for number in drawn])])
    matching, _ = answer_finder_list(state, asked, on=DAY_2)
    files = {
        "SDE": delivered(state / "SDE" / f"SDE.042.{DAY_1}.matching"),
        "CSC": csc,
        "DOL": delivered(matching),
    }
    return link(files, plan_042())


@pytest.fixture(scope="module")
def judged(state: Path, found: LinkRun) -> pl.DataFrame:
    """Every true SDE–CSC link, with its truth and the pair's status if the run lists it."""
    truth = pl.read_parquet(state / "truth" / "truth.parquet").drop_nulls(["sde_record", "csc_record"])
    pairs = found.pairs.filter(left_file="SDE").select(
        "left_id", "right_id", "pair_id", "status", "pass_name"
    )
    sides = ["sde_record", "csc_record"]
    return truth.join(pairs, left_on=sides, right_on=["left_id", "right_id"], how="left")


def accepted(links: pl.DataFrame) -> float:
    return links.filter(status="accepted").height / links.height


def test_what_is_linked_is_true_and_most_of_what_is_true_is_linked(
    found: LinkRun, judged: pl.DataFrame
) -> None:
    claimed = found.pairs.filter(left_file="SDE", status="accepted").height
    assert judged.height == 3300
    assert judged.filter(status="accepted").height / claimed >= 0.995
    assert 0.92 <= accepted(judged) <= 0.98


def test_hispanic_students_are_linked_less_often(judged: pl.DataFrame) -> None:
    hispanic = pl.col("race_eth") == "H"
    assert accepted(judged.filter(hispanic)) < accepted(judged.filter(~hispanic)) - 0.01


def test_most_links_rest_on_the_state_number_and_the_rest_on_names(judged: pl.DataFrame) -> None:
    shares = dict(judged.filter(status="accepted").group_by("pass_name").len().iter_rows())
    assert set(shares) == {"SASID", "names and birth date"}
    assert shares["SASID"] > 2 * shares["names and birth date"]


def test_no_twin_is_linked_to_the_other(state: Path, found: LinkRun) -> None:
    truth = pl.read_parquet(state / "truth" / "truth.parquet")
    twins = truth.filter(pl.col("twin") >= 0)
    links = found.pairs.filter(left_file="SDE", status="accepted")
    linked = links.join(twins, left_on="left_id", right_on="sde_record", how="inner")
    assert linked.height >= 30
    assert linked.filter(pl.col("right_id") != pl.col("csc_record")).height == 0


def test_a_shared_social_security_number_links_no_stranger(state: Path, found: LinkRun) -> None:
    truth = pl.read_parquet(state / "truth" / "truth.parquet").drop_nulls("csc_record")
    links = found.pairs.filter(left_file="CSC", status="accepted")
    known = links.join(truth, left_on="left_id", right_on="csc_record", how="inner")
    assert known.height > 4000
    wrong = known.filter(pl.col("right_id").ne_missing(pl.col("dol_record")))
    assert wrong.height / known.height <= 0.002


def test_clerks_who_know_the_truth_bring_in_the_doubtful(found: LinkRun, judged: pl.DataFrame) -> None:
    review = found.pairs.filter(status="review")["pair_id"]
    assert 100 <= len(review) <= 300
    true = set(judged["pair_id"].drop_nulls())
    decided = settle(found, {pair: pair in true for pair in review})
    links = decided.pairs.filter(left_file="SDE", status="accepted")
    assert links.filter(pl.col("pair_id").is_in(list(true))).height / links.height >= 0.995
    assert links.height / judged.height > accepted(judged) + 0.01
    assert decided.report["review"] == 0
