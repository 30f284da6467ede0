"""An exported log in a stranger's hands: whole, or told where and how it was touched."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from charteroak.audit import leaf, merkle
from charteroak.audit.note import Signer, TreeHead
from charteroak.audit.verify import Kind, verify
from charteroak.cli import main

NOTARY = Signer.new("charteroak.example/log")
START = datetime(2026, 9, 8, 13, tzinfo=UTC)
SIZE = 24

Line = dict[str, object]


def event(index: int, previous: str, subject: str = "requests.datarequest:42") -> tuple[Line, str]:
    at = START + timedelta(hours=index)
    encoded = leaf.encode(
        index=index, previous=previous, name="requests:data_request:edit", by="maya.ortiz", subject=subject,
        domain_at=at, real_at=at, facts={"columns": index},
    )  # fmt: skip
    hashed = merkle.leaf_hash(encoded).hex()
    return {"index": index, "leaf": encoded.decode(), "leaf_hash": hashed}, hashed


def events(size: int, rewritten_from: int | None = None) -> list[Line]:
    """A log; from `rewritten_from` on another one, with every hash made to fit."""
    lines, previous = [], leaf.NO_EVENT
    for index in range(size):
        forged = rewritten_from is not None and index >= rewritten_from
        line, previous = event(index, previous, "forged:1" if forged else "requests.datarequest:42")
        lines.append(line)
    return lines


def note(lines: list[Line], signer: Signer = NOTARY) -> str:
    hashes = (bytes.fromhex(str(line["leaf_hash"])) for line in lines)
    return signer.sign(TreeHead(signer.name, len(lines), merkle.root(hashes)).text)


def as_file(lines: list[Line], checkpoint: str | None) -> list[bytes]:
    closed = [*lines, {"checkpoint": checkpoint}] if checkpoint else lines
    return [json.dumps(line).encode() + b"\n" for line in closed]


LOG = events(SIZE)
NOTE = note(LOG)


def finding(
    lines: list[Line], checkpoint: str | None = NOTE, earlier: str | None = None
) -> tuple[Kind, int | None]:
    verdict = verify(as_file(lines, checkpoint), NOTARY.verifier, earlier)
    assert not verdict.whole
    assert verdict.signed_by is None
    assert verdict.finding is not None
    return verdict.finding.kind, verdict.finding.index


@pytest.mark.parametrize("size", [0, 1, 2, 7, SIZE])
def test_an_untouched_log_is_whole_and_the_key_vouches_for_it(size: int) -> None:
    verdict = verify(as_file(LOG[:size], note(LOG[:size])), NOTARY.verifier)
    assert (verdict.whole, verdict.events, verdict.signed_by) == (True, size, NOTARY.name)


def test_without_a_key_nobody_vouches_for_it() -> None:
    stranger = Signer.new(NOTARY.name)
    verdict = verify(as_file(LOG, note(LOG, stranger)))
    assert (verdict.whole, verdict.signed_by) == (True, None)
    assert finding(LOG, note(LOG, stranger)) == (Kind.CHECKPOINT, None)


@pytest.mark.parametrize("at", range(SIZE))
def test_an_altered_leaf_is_found_at_its_index(at: int) -> None:
    altered = {**LOG[at], "leaf": str(LOG[at]["leaf"]).replace("maya.ortiz", "lou.grant")}
    assert finding([*LOG[:at], altered, *LOG[at + 1 :]]) == (Kind.ALTERED, at)


@pytest.mark.parametrize("at", range(SIZE - 1))
def test_an_altered_leaf_is_found_even_when_its_hash_was_made_to_fit(at: int) -> None:
    previous = str(LOG[at - 1]["leaf_hash"]) if at else leaf.NO_EVENT
    forged, _ = event(at, previous, "forged:1")
    assert finding([*LOG[:at], forged, *LOG[at + 1 :]]) == (Kind.ALTERED, at)


@pytest.mark.parametrize("at", range(1, SIZE - 1))
def test_an_event_cut_loose_from_the_one_before_is_itself_the_bad_one(at: int) -> None:
    forged, _ = event(at, "ab" * 32)
    assert finding([*LOG[:at], forged, *LOG[at + 1 :]]) == (Kind.ALTERED, at)


@pytest.mark.parametrize("at", range(SIZE))
def test_a_log_rewritten_to_its_end_is_refused_from_the_last_event_known_good(at: int) -> None:
    assert finding(events(SIZE, rewritten_from=at)) == (Kind.ALTERED, 0)
    if at >= 5:
        assert finding(events(SIZE, rewritten_from=at), earlier=note(LOG[:5])) == (Kind.ALTERED, 5)


@pytest.mark.parametrize("at", range(SIZE))
def test_a_changed_number_or_hash_is_an_alteration(at: int) -> None:
    for changed in ({"index": at + 1}, {"leaf_hash": "00" * 32}, {"note": "more"}, {"leaf": 7}):
        assert finding([*LOG[:at], {**LOG[at], **changed}, *LOG[at + 1 :]]) == (Kind.ALTERED, at)


@pytest.mark.parametrize("at", range(SIZE - 1))
def test_a_dropped_event_is_named(at: int) -> None:
    assert finding([*LOG[:at], *LOG[at + 1 :]]) == (Kind.DROPPED, at)


@pytest.mark.parametrize("at", range(SIZE - 1))
def test_a_dropped_event_is_named_even_when_the_lines_are_renumbered(at: int) -> None:
    rest = [{**line, "index": at + place} for place, line in enumerate(LOG[at + 1 :])]
    assert finding([*LOG[:at], *rest]) == (Kind.DROPPED, at)


@given(st.permutations(range(SIZE)).filter(lambda order: order != sorted(order)))
def test_reordered_events_are_found_at_the_first_one_out_of_place(order: list[int]) -> None:
    first = next(place for place, index in enumerate(order) if place != index)
    assert finding([LOG[index] for index in order]) == (Kind.REORDERED, first)


def test_a_repeated_event_is_out_of_place() -> None:
    assert finding([*LOG[:4], LOG[3], *LOG[4:]]) == (Kind.REORDERED, 4)


@pytest.mark.parametrize("size", range(SIZE))
def test_a_cut_tail_is_found_with_and_without_the_checkpoint(size: int) -> None:
    assert finding(LOG[:size]) == (Kind.TAIL_CUT, size)
    assert finding(LOG[:size], checkpoint=None) == (Kind.TAIL_CUT, size)


def test_a_file_that_ends_in_the_middle_of_a_line_is_cut() -> None:
    whole = b"".join(as_file(LOG, NOTE))
    for length in range(1, len(whole) - 2):
        verdict = verify(whole[:length].splitlines(keepends=True), NOTARY.verifier)
        assert verdict.finding is not None
        assert verdict.finding.kind is Kind.TAIL_CUT
        assert verdict.finding.index == whole[: length + 1].count(b"\n")


def test_a_tail_cut_back_to_an_older_checkpoint_is_found_by_who_kept_a_newer_one() -> None:
    shorter = LOG[:9]
    assert verify(as_file(shorter, note(shorter)), NOTARY.verifier).whole
    assert finding(shorter, note(shorter), earlier=NOTE) == (Kind.TAIL_CUT, 9)


@pytest.mark.parametrize("size", range(SIZE + 1))
def test_a_log_agrees_with_every_checkpoint_it_ever_had(size: int) -> None:
    assert verify(as_file(LOG, NOTE), NOTARY.verifier, note(LOG[:size])).whole


@pytest.mark.parametrize("at", range(9))
def test_a_log_rewritten_and_signed_again_contradicts_the_checkpoint_kept(at: int) -> None:
    forged = events(SIZE, rewritten_from=at)
    assert verify(as_file(forged, note(forged)), NOTARY.verifier).whole
    assert finding(forged, note(forged), earlier=note(LOG[:9])) == (Kind.ALTERED, 0)


def test_events_beyond_the_checkpoint_are_nobody_s() -> None:
    assert finding(LOG, note(LOG[:20])) == (Kind.ADDED, 20)
    followed = [*as_file(LOG, NOTE), *as_file(LOG[:1], None)]
    verdict = verify(followed, NOTARY.verifier)
    assert verdict.finding is not None
    assert verdict.finding.kind is Kind.ADDED


@pytest.mark.parametrize(
    "damaged", [b"{\n", b"[]\n", b"\n", b"\xff\xfe\n", b'{"index": 6, "leaf": "\\ud800", "leaf_hash": ""}\n']
)
def test_a_line_that_is_no_event_is_an_alteration(damaged: bytes) -> None:
    lines = as_file(LOG, NOTE)
    lines[6] = damaged
    found = verify(lines, NOTARY.verifier).finding
    assert found is not None
    assert (found.kind, found.index) == (Kind.ALTERED, 6)


def test_a_checkpoint_with_company_or_without_signature_is_refused() -> None:
    lines = as_file(LOG, None)
    for last in ({"checkpoint": NOTE, "more": 1}, {"checkpoint": 7}, {"checkpoint": NOTE[:-2]}):
        found = verify([*lines, json.dumps(last).encode()], NOTARY.verifier).finding
        assert found is not None
        assert (found.kind, found.index) == (Kind.CHECKPOINT, None)


def oak(*words: str | Path) -> tuple[int, str]:
    ended = CliRunner().invoke(main, ["audit", "verify", *map(str, words)])
    return ended.exit_code, ended.stdout


def test_a_whole_log_ends_with_zero(tmp_path: Path) -> None:
    log, kept = tmp_path / "log.jsonl", tmp_path / "checkpoint"
    log.write_bytes(b"".join(as_file(LOG, NOTE)))
    kept.write_text(note(LOG[:5]), encoding="utf-8")
    status, said = oak(log, "--key", NOTARY.verifier.vkey, "--checkpoint", kept)
    assert (status, "signed by charteroak.example/log" in said) == (0, True)
    status, said = oak(log)
    assert (status, "self-consistent only" in said) == (0, True)


def test_a_touched_log_ends_with_one_and_says_where(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(as_file([*LOG[:3], *LOG[4:]], NOTE)))
    status, said = oak(log, "--json", "--key", NOTARY.verifier.vkey)
    verdict = json.loads(said)
    assert (status, verdict["whole"], verdict["signed_by"]) == (1, False, None)
    assert (verdict["finding"]["kind"], verdict["finding"]["index"]) == ("dropped", 3)
    assert oak(log)[1].startswith("dropped: Event 3")
