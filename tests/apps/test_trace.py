"""The whole chain on request 042's own files: from the released numbers to the law, and every break in it found."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from apps import after_the_end, changes_way, hub_way, outputs_way, way
from apps.hub_way import AsProcess
from apps.outputs_way import MAYA
from apps.way import STEWARDS, person
from charteroak.adapters.environment import home
from charteroak.agreements.models import Agreement
from charteroak.audit import receipt as receipts
from charteroak.audit.checkpoint import make_signing_key, sign_checkpoint
from charteroak.audit.merkle import leaf_hash
from charteroak.audit.models import Checkpoint, Event
from charteroak.audit.note import Verifier
from charteroak.audit.signed import LOG
from charteroak.outputs import chain as chaining
from charteroak.outputs import files
from charteroak.outputs import trace as tracing
from charteroak.outputs.chain import Entry, entries
from charteroak.outputs.lineage import stages
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.trace import receipt_of, trace
from charteroak.policy.request_change import Kind
from charteroak.requests import actions as requests
from charteroak.synthetic import generate

TOWNS = "5_by_town.csv"


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    with way.day(hub_way.DAY):
        yield


def after_two_rounds(as_process: AsProcess, state: Path) -> ReleaseRequest:
    """Request 042's seven files: the town table goes back once, for employers the workspace cannot see."""
    room = outputs_way.real_workspace(as_process, state)
    job = outputs_way.ran(as_process, room, outputs_way.analysis(state))
    assert job.status == "succeeded", job.outcome
    record = outputs_way.checked(as_process, outputs_way.requested(job))
    verdicts = {file.name: file.verdict for file in record.files.all()}
    assert {name for name, verdict in verdicts.items() if verdict == "fail"} == {TOWNS}, verdicts
    assert {name for name, verdict in verdicts.items() if verdict == "review"} == {
        "3_regression.json",
        "4_by_race_ethnicity.svg",
        "6_by_cluster.csv",
    }
    for checker in outputs_way.CHECKERS:
        outputs_way.vote(record, checker, {TOWNS: "Use the protected table."})
    assert record.status == "returned"
    towns = record.files.get(name=TOWNS)
    files.adopt(pk=record.pk, by=person(MAYA), file=towns.pk)
    outputs_way.checked(as_process, record)
    assert set(record.files.values_list("verdict", flat=True)) == {"pass", "review"}
    return outputs_way.cleared(outputs_way.reviewed(record))


def test_request_042_is_traced_from_its_released_numbers_to_the_law(
    as_process: AsProcess, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path, request=hub_way.NUMBER, scale=1.0)
    record = after_two_rounds(as_process, tmp_path)
    record = outputs_way.released(as_process, outputs_way.approved(record))
    assert [missing.partition(":")[0] for missing in trace(record.number).missing] == ["signed checkpoint"]
    _notary_signs(as_process)
    chain = trace(record.number)
    assert chain.whole, chain.missing
    assert [link.id for link in chain.links if link.kind == "released_file"][:1] == ["1_flow.csv"]
    kinds = [link.kind for link in chain.links]
    assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {
        "released_file": 7, "release": 1, "approval": 1, "review": 2, "clearance": 3,
        "board_vote_on_outputs": 1, "automatic_checks": 1, "job": 1, "workspace": 1,
        "review_before_access": 1, "extract": 1, "match_confirmed": 3, "link_run": 1, "submission": 6,
        "clause": kinds.count("clause"), "signature": Agreement.objects.get().parties.count(),
        "data_request": 1, "board_vote": 1, "authority": 3, "administration": 1,
    }  # fmt: skip
    assert sorted(card.link.hash for stage in stages(chain) for card in stage.cards) == sorted(
        link.hash for link in chain.links
    )
    shared = {link.id: link.authorises for link in chain.links if link.kind == "clause"}
    assert {f"001/2.{code}" for code in STEWARDS} <= set(shared)
    assert "SDE/race_eth" in shared["001/2.SDE"]
    assert "DOL/total_wage" in shared["001/2.DOL"]
    laws = {link.by: link.id for link in chain.links if link.kind in ("authority", "administration")}
    assert laws["OPM"].startswith("Public_Act_25_119")
    towns = record.files.get(name=TOWNS).sha256  # the airlock's own table leads back to the job as well
    assert trace(towns).whole
    assert [link.hash for link in trace(towns).links if link.kind == "released_file"] == [towns]
    _shown_to_the_public(as_process, record, client)
    _each_break_is_named(record, monkeypatch)
    monkeypatch.undo()
    _each_forgery_is_named(as_process, record.number)
    after_the_end.ended(as_process)
    after_the_end.nothing_is_left(as_process)
    _notary_signs(as_process)
    assert trace(record.number).whole
    assert trace(record.number).links == chain.links
    _shown_to_the_public(as_process, record, client)
    after_the_end.every_route_refuses(client, "agreement_ended")


def test_a_release_after_an_amendment_is_traced_to_the_text_that_allowed_each_step(
    as_process: AsProcess, tmp_path: Path
) -> None:
    generate(tmp_path, request=hub_way.NUMBER, scale=0.1)
    room = outputs_way.real_workspace(as_process, tmp_path)
    change = changes_way.begun(Kind.EXTENSION)
    assert change.ends_on
    requests.edit(pk=change.pk, by=person(MAYA), ends_on=change.ends_on + timedelta(days=200))
    way.signed(changes_way.amendment(change))
    room.refresh_from_db()
    record = outputs_way.checked(as_process, outputs_way.requested(outputs_way.ran(as_process, room)))
    record = outputs_way.cleared(outputs_way.reviewed(record))
    record = outputs_way.released(as_process, outputs_way.approved(record))
    _notary_signs(as_process)
    chain = trace(record.number)
    assert chain.missing == []
    shown = {link.id: link for link in chain.links if link.kind == "clause"}
    assert "SDE/race_eth" in shown["001/2.SDE"].authorises, "the extract was made under the first text"
    assert {name.partition("/")[0] for name in shown} == {"001", "001-A1"}
    assert len({link.hash for link in shown.values()}) == 2, "each clause with the text in which it stands"
    signed = {link.hash for link in chain.links if link.kind == "signature"}
    assert signed == {link.hash for link in shown.values()}
    asked = {link.id for link in chain.links if link.kind == "data_request"}
    assert asked == {"001", "001-A1"}


def _notary_signs(as_process: AsProcess) -> Verifier:
    with as_process("notary"):
        sign_checkpoint()
        return make_signing_key(home()).verifier


def _shown_to_the_public(as_process: AsProcess, record: ReleaseRequest, client: Client) -> None:
    verifier = _notary_signs(as_process)
    page = client.get("/register/001/").text
    assert "CTE and earnings" in page
    assert client.get(f"/register/001/trace/{record.number}/").status_code == 200
    drawn = client.get(f"/register/001/trace/{record.number}/").text
    assert "Race and ethnicity" in drawn
    assert all(name in drawn for name in (TOWNS, "State Department of Education", "Purpose and legal basis"))
    assert not any(person in drawn for person in ("ben.cole", "Ben Cole", "Ida Moss", "analysis.py"))
    for file in record.files.all():
        address = f"/register/001/{record.number}/{file.name}"
        assert address in page
        content = b"".join(client.get(address))
        receipt = receipts.Receipt.from_json(client.get(f"{address}.receipt.json").text)
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert (
            receipts.verify_receipt(file.sha256, receipt, verifier)["index"]
            == receipt_of(record.number).index
        )


BREAKS = {
    "outputs:release_request:approve": "approval",
    "outputs:release_request:review": "two reviews of file",
    "outputs:release_request:clear": "clearance by CSC",
    "outputs:release_request:check": "automatic checks",
    "workspaces:job:succeed": "job that left file",
    "workspaces:workspace:open": "workspace",
    "hub:extract:clear": "review before access",
    "hub:extract:build": "extract",
    "hub:link_run:link": "link run",
    "hub:link_run:confirm": "confirmation of the match",
    "submissions:delivery:accept": "accepted submissions.delivery",
    "agreements:agreement:execute": "agreement in force",
    "agreements:agreement:sign": "signature of CSC",
    "requests:data_request:submit": "data request",
    "board:motion:declare_carried": "board's vote on the request",
    receipts.RELEASED: "release 001-1",
}


def _each_break_is_named(record: ReleaseRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log itself cannot lose an event; a reader who is handed less of it sees what is missing."""
    for hidden, named in BREAKS.items():

        def without(
            name: str, subject: str | None = None, *, hidden: str = hidden, **facts: object
        ) -> Iterator[Entry]:
            return iter(()) if name == hidden else entries(name, subject, **facts)

        for reader in (tracing, chaining):
            monkeypatch.setattr(reader, "entries", without)
        found = trace(record.number)
        assert any(named in missing for missing in found.missing), (hidden, found.missing)


def _each_forgery_is_named(as_process: AsProcess, number: str) -> None:
    """A database administrator, triggers off, puts another name under a signature, and covers it up ever better."""
    signature = Event.objects.filter(name="agreements:agreement:sign").latest("index")
    forged = bytes(signature.leaf).replace(signature.by.encode(), b"eve.lang")
    row = f"leaf = decode('{forged.hex()}', 'hex'), \"by\" = 'eve.lang'"
    with _forged(as_process, signature.index, row):
        assert trace(number).missing == [
            f"event {signature.index} (agreements:agreement:sign) as it was signed: it was altered since"
        ]
    hashed = f", leaf_hash = decode('{leaf_hash(forged).hex()}', 'hex')"
    with _forged(as_process, signature.index, row + hashed):
        LOG._start_anew()  # as another process, which kept nothing
        assert "do not make the root that the notary signed" in trace(number).missing[0]
    with _forged(as_process, signature.index, "name = 'agreements:agreement:seal'"):
        assert any(missing.startswith("signature of") for missing in trace(number).missing)
    other = Event.objects.earliest("index")
    posing = f"name = 'agreements:agreement:sign', subject = '{signature.subject}'"
    with _forged(as_process, other.index, posing):
        told = trace(number).missing
        assert told == [f"event {other.index}: its row says something else than its signed bytes"]
    with _forged(
        as_process, signature.index, row, signed=Checkpoint.objects.latest("size").note[:-9] + "AAAAAAA=\n"
    ):
        assert trace(number).missing[0].startswith("the newest checkpoint")
    assert trace(number).whole


@contextmanager
def _forged(as_process: AsProcess, index: int, row: str, signed: str = "") -> Iterator[None]:
    """The event's row rewritten behind the triggers' back (and the checkpoint's note), and put right afterwards."""
    event, newest = Event.objects.get(index=index), Checkpoint.objects.latest("size")
    with as_process("owner"), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"UPDATE audit_event SET {row} WHERE index = %s", [index])  # noqa: S608 - written above
        if signed:
            cursor.execute("UPDATE audit_checkpoint SET note = %s WHERE size = %s", [signed, newest.size])
    yield
    with as_process("owner"), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            'UPDATE audit_event SET leaf = %s, leaf_hash = %s, name = %s, "by" = %s, subject = %s WHERE index = %s',
            [bytes(event.leaf), bytes(event.leaf_hash), event.name, event.by, event.subject, index],
        )
        cursor.execute("UPDATE audit_checkpoint SET note = %s WHERE size = %s", [newest.note, newest.size])


def test_a_release_that_never_was_has_no_chain(live_database: None) -> None:
    assert trace("042-9").missing == ["release 042-9"]
    assert not Event.objects.exists()


def test_the_command_says_what_is_missing_and_fails() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from charteroak.cli import main; main()", "trace", "042-9", "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, "Missing: release 042-9\n")
    assert json.loads(ended.stdout)["links"] == []
