"""Who is the same person: small worlds with known answers, told as a steward would check them."""

import json
from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from charteroak.linkage import clerical as linkage
from charteroak.linkage.clerical import LinkageError, LinkRun, explain, link, match_rates, recipe_042, settle

SURNAMES = [
    "Adler",
    "Brooks",
    "Castillo",
    "Duarte",
    "Evans",
    "Fontaine",
    "Greene",
    "Hoang",
    "Ivers",
    "Lindqvist",
]
GIVEN = [
    "Aaron",
    "Bianca",
    "Clara",
    "Derek",
    "Elena",
    "Fergus",
    "Gloria",
    "Hugo",
    "Irene",
    "Jorge",
    "Kira",
    "Lucas",
]
SDE = ("record_id", "sasid", "last", "first", "middle", "dob", "gender")
CSC = ("record_id", "sasid", "ssn", "last", "first", "middle", "dob", "gender")
DOL = ("record_id", "ssn", "last_name", "first_initial")
Row = tuple[str | None, ...]


def world(sde: list[Row], csc: list[Row], dol: list[Row]) -> dict[str, pl.DataFrame]:
    """The given records among 300 ordinary people, of whom 150 stand in all three files without a SASID."""
    rng = np.random.default_rng(7)
    sde, csc, dol = list(sde), list(csc), list(dol)
    for n in range(300):
        last, first = str(rng.choice(SURNAMES)), str(rng.choice(GIVEN))
        born = f"{rng.integers(1998, 2006)}{rng.integers(1, 13):02}{rng.integers(1, 29):02}"
        sex = str(rng.choice(["F", "M"]))
        sde.append((f"S9{n:03}", f"77{n:04}1", last, first, None, born, sex))
        if n < 150:
            csc.append((f"C9{n:03}", None, f"9001{n:04}2", last, first, None, born, sex))
            dol.append((f"D9{n:03}", f"9001{n:04}2", last, first[0]))
    columns = {"SDE": (SDE, sde), "CSC": (CSC, csc), "DOL": (DOL, dol)}
    return {
        file: pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        for file, (names, rows) in columns.items()
    }


def run(sde: list[Row], csc: list[Row], dol: list[Row] | None = None) -> LinkRun:
    return link(world(sde, csc, dol or []), recipe_042(), rng=np.random.default_rng(1))


def status(found: LinkRun, left: str, right: str) -> str:
    """The pair's status, or `unlisted` when no pass thought it worth a word."""
    pair = found.pairs.filter(left_id=left, right_id=right)
    return str(pair["status"][0]) if pair.height else "unlisted"


def pair_of(found: LinkRun, left: str, right: str) -> str:
    return str(found.pairs.filter(left_id=left, right_id=right)["pair_id"][0])


def together(found: LinkRun, *records: str) -> bool:
    return found.people.filter(pl.col("record_id").is_in(records))["person"].n_unique() == 1


ANA: Row = ("S1", "8209183346", "Rivera-Lopez", "Ana", "M", "20030214", "F")


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


def test_a_clerks_word_joins_and_parts_and_can_be_taken_back() -> None:
    found = run([ANA, ("S2", "8209183347", *ANA[2:])], [("C1", None, None, *ANA[2:])])
    first, second = pair_of(found, "S1", "C1"), pair_of(found, "S2", "C1")
    joined = settle(found, {first: True})
    assert together(joined, "S1", "C1")
    assert status(joined, "S2", "C1") == "rejected", "the place is taken"
    assert joined.report["decisions"] == {"same": 1, "apart": 0}
    changed = settle(settle(joined, {first: False}), {second: True})
    assert together(changed, "S2", "C1")
    assert not together(changed, "S1", "C1")
    withdrawn = settle(joined, {first: False})
    assert status(withdrawn, "S2", "C1") == "review", "open again"


def test_a_clerk_can_part_what_the_engine_joined() -> None:
    found = run([ANA], [("C1", None, None, *ANA[2:])])
    assert together(found, "S1", "C1")
    parted = settle(found, {pair_of(found, "S1", "C1"): False})
    assert not together(parted, "S1", "C1")
    assert status(parted, "S1", "C1") == "rejected"


def test_the_order_of_decisions_does_not_matter() -> None:
    found = run([ANA, ("S2", "8209183347", *ANA[2:])], [("C1", None, None, *ANA[2:])])
    first, second = pair_of(found, "S1", "C1"), pair_of(found, "S2", "C1")
    one_way = settle(settle(found, {first: False}), {second: True})
    other_way = settle(settle(found, {second: True}), {first: False})
    assert one_way.pairs.equals(other_way.pairs)
    assert one_way.people.equals(other_way.people)


def test_two_clerks_cannot_put_two_students_into_one() -> None:
    found = run([ANA, ("S2", "8209183347", *ANA[2:])], [("C1", None, None, *ANA[2:])])
    with pytest.raises(LinkageError, match="one record per person in SDE"):
        settle(found, {pair_of(found, "S1", "C1"): True, pair_of(found, "S2", "C1"): True})


def test_a_decision_about_an_unknown_pair_is_refused() -> None:
    with pytest.raises(LinkageError, match="no pair 0123456789abcdef"):
        settle(run([], []), {"0123456789abcdef": True})


def test_the_evidence_adds_up_to_the_weight() -> None:
    csc: list[Row] = [("C1", None, None, "Riveralopez", "Anita", None, "20030214", "U")]
    found = run([ANA], csc)
    evidence = explain(found, world([ANA], csc, []), pair_of(found, "S1", "C1"))
    levels = {field["field"]: field["level"] for field in evidence["fields"]}
    assert levels == {
        "sasid": "missing", "family_name": "same", "given_name": "nickname", "middle_name": "missing",
        "birth_date": "same", "sex": "missing",
    }  # fmt: skip
    assert evidence["prior"] + sum(field["weight"] for field in evidence["fields"]) == pytest.approx(
        evidence["weight"]
    )
    shown = evidence["fields"][1]
    assert (shown["left"], shown["right"]) == ("Rivera-Lopez", "Riveralopez")
    assert shown["left_standard"] == "RIVERA LOPEZ"
    assert json.loads(json.dumps(evidence)) == evidence


def test_evidence_for_a_pair_outside_the_run_is_refused() -> None:
    with pytest.raises(LinkageError, match="no pair"):
        explain(run([], []), world([], [], []), "0123456789abcdef")


def test_the_same_files_give_the_same_run_in_whatever_order_they_come() -> None:
    files = world([ANA], [("C1", None, None, *ANA[2:])], [])
    shuffled = {file: frame.sample(fraction=1.0, shuffle=True, seed=3) for file, frame in files.items()}
    once, again = (link(given, recipe_042(), rng=np.random.default_rng(5)) for given in (files, shuffled))
    assert once.pairs.equals(again.pairs)
    assert once.people.equals(again.people)
    assert once.report == again.report


def test_a_pair_keeps_its_name_in_every_run() -> None:
    csc: list[Row] = [("C1", None, None, *ANA[2:])]
    alone, accompanied = run([ANA], csc), run([ANA, ("S2", "8209183347", *ANA[2:])], csc)
    assert pair_of(alone, "S1", "C1") == pair_of(accompanied, "S1", "C1")


def test_a_stored_run_comes_back_whole() -> None:
    found = run([ANA, ("S2", "8209183347", *ANA[2:])], [("C1", None, None, *ANA[2:])])
    decided = settle(found, {pair_of(found, "S1", "C1"): False})
    back = linkage.read.link_run(linkage.write.link_run(decided))
    assert back.pairs.equals(decided.pairs)
    assert back.people.equals(decided.people)
    assert back.report == decided.report
    word = {pair_of(found, "S2", "C1"): True}
    assert settle(back, word).people.equals(settle(decided, word).people)


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
    assert report["recipe_digest"] == recipe_042().digest()


def test_match_rates_show_for_whom_linking_fails() -> None:
    found = run([ANA, ("S2", None, "Zeta", "Zoe", None, None, "F")], [("C1", "8209183346", None, *ANA[2:])])
    groups = pl.DataFrame({"record_id": ["S1", "S2"], "group": ["H", "W"]})
    rates = match_rates(found, "SDE", groups, to="CSC")
    assert rates.filter(group="H").row(0) == ("H", 1, 1, 1.0)
    assert rates.filter(group="W").row(0) == ("W", 1, 0, 0.0)
    assert rates["records"].sum() == 302, "records without a group are counted too"
    assert match_rates(found, "SDE", groups, to="DOL").filter(group="H")["linked"].item() == 0
    with pytest.raises(LinkageError, match="no file DSS"):
        match_rates(found, "DSS", groups)


@pytest.mark.parametrize("empty", ["SDE", "CSC", "DOL"])
def test_an_empty_file_links_nothing_and_breaks_nothing(empty: str) -> None:
    files: Mapping[str, pl.DataFrame] = {
        file: frame.clear() if file == empty else frame for file, frame in world([ANA], [], []).items()
    }
    found = link(files, recipe_042(), rng=np.random.default_rng(1))
    assert found.report["files"][empty] == {
        "records": 0, "linked": 0, "rate": None, "unlinkable": 0,
        "unusable": found.report["files"][empty]["unusable"],
    }  # fmt: skip
    assert found.pairs.filter((pl.col("left_file") == empty) | (pl.col("right_file") == empty)).is_empty()


def test_a_missing_file_is_named() -> None:
    files = world([], [], [])
    del files["DOL"]
    with pytest.raises(LinkageError, match="no file DOL"):
        link(files, recipe_042(), rng=np.random.default_rng(1))


def test_a_blocking_rule_that_is_too_wide_is_refused_before_it_runs() -> None:
    alike = pl.DataFrame([("x", "1", "Same", "Same", None, "20030214", "F")], schema=SDE, orient="row")
    many = pl.concat([alike] * 8_000).with_columns(record_id=pl.int_range(8_000).cast(pl.String))
    files = {
        "SDE": many,
        "CSC": many.with_columns(ssn=pl.lit(None, pl.String)),
        "DOL": world([], [], [])["DOL"],
    }
    with pytest.raises(LinkageError, match="64,000,000 pairs; add a field"):
        link(files, recipe_042(), rng=np.random.default_rng(1))
