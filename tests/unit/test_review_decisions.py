"""What clerks see of doubtful pairs, and what their word does to a run."""

import json

import pytest
from review_world import ANA, Row, pair_of, run, status, together

from charteroak.linkage import LinkageError, review
from charteroak.linkage.review import settle


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
    csc: list[Row] = [("C1", None, None, "Riveralopez", "Ana", None, "20030214", "U")]
    found = run([ANA, ("S2", "8209183347", *ANA[2:])], csc)
    evidence = found.evidence[0]
    assert [each["pair_id"] for each in found.evidence] == found.doubtful()
    assert evidence["rivals"] == [2]
    assert not evidence["alike"], "the rival is as good"
    levels = {field["field"]: field["level"] for field in evidence["fields"]}
    assert levels == {
        "sasid": "missing", "family_name": "slip", "given_name": "same", "middle_name": "missing",
        "birth_date": "same", "sex": "missing", "rarity of the values": "",
    }  # fmt: skip
    assert evidence["prior"] + sum(field["weight"] for field in evidence["fields"]) == pytest.approx(
        evidence["weight"]
    )
    shown = evidence["fields"][1]
    assert (shown["left"], shown["right"]) == ("Rivera-Lopez", "Riveralopez")
    assert shown["left_standard"] == "RIVERA LOPEZ"
    assert json.loads(json.dumps(evidence)) == evidence


def test_a_stored_run_comes_back_whole() -> None:
    found = run([ANA, ("S2", "8209183347", *ANA[2:])], [("C1", None, None, *ANA[2:])])
    decided = settle(found, {pair_of(found, "S1", "C1"): False})
    back = review.read.link_run(review.write.link_run(decided))
    assert back.pairs.equals(decided.pairs)
    assert back.people.equals(decided.people)
    assert back.report == decided.report
    word = {pair_of(found, "S2", "C1"): True}
    assert settle(back, word).people.equals(settle(decided, word).people)
