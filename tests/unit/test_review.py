"""Who is the same person: small worlds with known answers, told as a steward would check them."""

import json
from collections.abc import Mapping

import polars as pl
import pytest
from review_world import ANA, SDE, Row, pair_of, run, status, together, world

from charteroak.linkage import LinkageError
from charteroak.linkage.review import link, plan_042


def test_a_sasid_links_whatever_happened_to_the_surname() -> None:
    found = run([ANA], [("C1", "8209183346", None, "Castro", "Ana", None, "20030214", "F")])
    assert status(found, "S1", "C1") == "accepted"
    assert found.pairs.filter(left_id="S1")["pass_name"].to_list() == ["SASID"]


def test_a_sasid_that_everything_else_contradicts_goes_to_a_clerk() -> None:
    found = run([ANA], [("C1", "8209183346", None, "Okafor", "Thomas", "J", "19980930", "M")])
    assert status(found, "S1", "C1") == "review"
    assert not together(found, "S1", "C1")


def test_a_sasid_of_one_repeated_digit_links_nobody() -> None:
    found = run(
        [("S1", "0000000000", "Rivera", "Ana", None, "20030214", "F")],
        [("C1", "0000000000", None, "Okafor", "Thomas", None, "20010930", "M")],
    )
    assert status(found, "S1", "C1") == "unlisted"


@pytest.mark.parametrize(
    ("last", "first", "born"),
    [
        ("Rivera-Lopez", "Ana", "20030214"),
        ("Riveralopez", "Ana", "20030214"),
        ("RIVERA LÓPEZ", "Ana", "20030214"),
        ("Rivera", "Ana", "20030214"),
        ("Rivera-Lopes", "Ana", "20030214"),
        ("Rivera-Lopez", "Anita", "20030214"),
        ("Ana", "Rivera-Lopez", "20030214"),
        ("Rivera-Lopez", "Ana", "20020214"),
    ],
)
def test_names_and_birth_date_link_through_ordinary_damage(last: str, first: str, born: str) -> None:
    found = run([ANA], [("C1", None, None, last, first, None, born, "F")])
    assert status(found, "S1", "C1") in {"accepted", "review"}
    if born == ANA[5] and last != "Ana":
        assert together(found, "S1", "C1")


def test_a_twin_is_not_taken_for_the_other() -> None:
    found = run(
        [ANA, ("S2", "8209183347", "Rivera-Lopez", "Luis", None, "20030214", "M")],
        [("C1", None, None, "Rivera-Lopez", "Ana", None, "20030214", "F")],
    )
    assert together(found, "S1", "C1")
    assert not together(found, "S2", "C1")


def test_a_twin_whose_sibling_alone_stands_in_the_other_file_is_not_linked_unseen() -> None:
    found = run([ANA], [("C1", None, None, "Rivera-Lopez", "Luis", None, "20030214", "M")])
    assert not together(found, "S1", "C1")


def test_two_equally_good_partners_are_left_to_a_clerk() -> None:
    found = run(
        [ANA, ("S2", "8209183347", *ANA[2:])],
        [("C1", None, None, "Rivera-Lopez", "Ana", "M", "20030214", "F")],
    )
    assert status(found, "S1", "C1") == status(found, "S2", "C1") == "review"
    reasons = found.pairs.filter(right_id="C1")["reason"].unique().to_list()
    assert reasons == ["partners equally good"]


def test_a_social_security_number_needs_the_surname_and_the_initial() -> None:
    people: list[Row] = [
        ("C1", None, "000123456", "Riveralopez", "Anna", None, "20030214", "F"),
        ("C2", None, "000123457", "Okafor", "Thomas", None, "20010930", "M"),
        ("C3", None, "000123458", "Silva", "Joana", None, "20021105", "F"),
    ]
    wages: list[Row] = [
        ("D1", "000123456", "Rivera-Lopez", "A"),
        ("D2", "000123457", "Brandt", "T"),
        ("D3", "000123458", "Silva", "M"),
    ]
    found = run([], people, wages)
    assert status(found, "C1", "D1") == "accepted"
    assert status(found, "C2", "D2") == "rejected", "another's number"
    assert status(found, "C3", "D3") == "rejected", "a parent's number"


def test_a_shared_number_goes_to_the_one_whose_name_it_bears() -> None:
    shared: list[Row] = [
        ("C1", None, "000123456", "Rivera", "Ana", None, "20030214", "F"),
        ("C2", None, "000123456", "Okafor", "Thomas", None, "20010930", "M"),
    ]
    found = run([], shared, [("D1", "000123456", "Rivera", "A")])
    assert together(found, "C1", "D1")
    assert not together(found, "C2", "D1")


def test_a_person_runs_through_all_three_files() -> None:
    found = run(
        [ANA],
        [("C1", "8209183346", "000123456", "Riveralopez", "Anna", None, "20030214", "F")],
        [("D1", "000123456", "Rivera-Lopez", "A")],
    )
    assert together(found, "S1", "C1", "D1")


def test_every_record_is_exactly_one_person_and_no_file_holds_anyone_twice() -> None:
    found = run([ANA, ("S2", "8209183347", *ANA[2:])], [("C1", None, None, *ANA[2:])])
    assert found.people.select("file", "record_id").is_duplicated().any() is False
    assert (
        found.people.height
        == sum(file["records"] for file in found.report["files"].values())
        == 302 + 151 + 150
    )
    assert found.people.select("person", "file").is_duplicated().any() is False


def test_the_same_files_give_the_same_run_in_whatever_order_they_come() -> None:
    files = world([ANA], [("C1", None, None, *ANA[2:])], [])
    shuffled = {file: frame.sample(fraction=1.0, shuffle=True, seed=3) for file, frame in files.items()}
    once, again = (link(given, plan_042()) for given in (files, shuffled))
    assert once.pairs.equals(again.pairs)
    assert once.people.equals(again.people)
    assert once.report == again.report


def test_a_pair_keeps_its_name_in_every_run() -> None:
    csc: list[Row] = [("C1", None, None, *ANA[2:])]
    alone, accompanied = run([ANA], csc), run([ANA, ("S2", "8209183347", *ANA[2:])], csc)
    assert pair_of(alone, "S1", "C1") == pair_of(accompanied, "S1", "C1")


def test_the_report_counts_without_naming_anyone() -> None:
    found = run([ANA, ("S2", None, None, None, None, None, "U")], [("C1", "8209183346", None, *ANA[2:])])
    report = found.report
    text = json.dumps(report)
    assert "Rivera" not in text
    assert "S1" not in text
    assert report["files"]["SDE"]["records"] == 302
    assert report["files"]["SDE"]["unlinkable"] == 1
    assert report["files"]["SDE"]["unusable"]["birth_date"] == 1
    assert report["passes"]["SASID"] == {"accepted": 1, "review": 0, "rejected": 0}
    assert report["recipe_digest"] == plan_042().digest()


@pytest.mark.parametrize("empty", ["SDE", "CSC", "DOL"])
def test_an_empty_file_links_nothing_and_breaks_nothing(empty: str) -> None:
    files: Mapping[str, pl.DataFrame] = {
        file: frame.clear() if file == empty else frame for file, frame in world([ANA], [], []).items()
    }
    found = link(files, plan_042())
    assert found.report["files"][empty] == {
        "records": 0, "linked": 0, "rate": None, "unlinkable": 0,
        "unusable": found.report["files"][empty]["unusable"],
    }  # fmt: skip
    assert found.pairs.filter((pl.col("left_file") == empty) | (pl.col("right_file") == empty)).is_empty()


def test_a_missing_file_is_named() -> None:
    files = world([], [], [])
    del files["DOL"]
    with pytest.raises(LinkageError, match="no file DOL"):
        link(files, plan_042())


def test_a_blocking_rule_that_is_too_wide_is_refused_before_it_runs() -> None:
    alike = pl.DataFrame([("x", "1", "Same", "Same", None, "20030214", "F")], schema=SDE, orient="row")
    many = pl.concat([alike] * 8_000).with_columns(
        record_id=pl.int_range(8_000).cast(pl.String),
        first=pl.concat_str(pl.lit("Name"), pl.int_range(8_000).hash().cast(pl.String)),
        dob=pl.when(pl.int_range(8_000) % 2 == 0).then(pl.lit("20030214")).otherwise(pl.lit("20041103")),
    )
    files = {
        "SDE": many,
        "CSC": many.with_columns(ssn=pl.lit(None, pl.String)),
        "DOL": world([], [], [])["DOL"],
    }
    with pytest.raises(LinkageError, match="blocks of more than 2,000 records; add a field"):
        link(files, plan_042())
