"""Results that are not marked public: the project's people fetch them, and the register shows nothing of them."""

import hashlib

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from apps import outputs_way
from apps.hub_way import NUMBER, AsProcess
from apps.outputs_way import CHECKERS, MAYA, left, requested
from apps.way import as_, person, refused
from charteroak.audit.checkpoint import sign_checkpoint
from charteroak.audit.models import Event
from charteroak.outputs import actions, marking
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.trace import trace

SAM, JUNE, STRANGER = "sam.reyes", "june.fisher", "eve.lang"
TABLE = b"year,people\n2019,120\n"
NOT_FOR_IT = "Not for the public register"


@pytest.fixture
def drafted(as_process: AsProcess) -> ReleaseRequest:
    return requested(left(outputs_way.workspace(as_process), {"flow.csv": TABLE}))


def released(as_process: AsProcess, record: ReleaseRequest) -> ReleaseRequest:
    outputs_way.judged(as_process, record)
    outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(record)))
    return outputs_way.released(as_process, record)


def of_the_register(record: ReleaseRequest) -> list[str]:
    return [
        f"/register/{NUMBER}/{record.number}/flow.csv",
        f"/register/{NUMBER}/{record.number}/flow.csv.receipt.json",
        f"/register/{NUMBER}/trace/{record.number}/",
    ]


def test_the_author_says_so_before_it_is_sent_and_everybody_who_decides_reads_it(
    as_process: AsProcess, drafted: ReleaseRequest
) -> None:
    here = drafted.get_absolute_url()
    assert drafted.public, "unless its author says otherwise, results are for everybody"
    assert 'id="action-mark"' in as_(MAYA).get(here).text
    assert as_(MAYA).post(f"{here}mark/", {"public": "perhaps"}).status_code == 400
    assert as_(MAYA).post(f"{here}mark/", {"public": "no"}).status_code == 302
    assert as_(MAYA).get(f"/api{here[:-1]}").json()["public"] is False
    assert refused(marking.mark, pk=drafted.pk, by=person("jonah.reed"), public=True) == ["wrong_role"]
    told = Event.objects.get(name="outputs:release_request:mark")
    assert (told.by, '"public":false' in told.text) == (MAYA, True)
    drafted.refresh_from_db()
    outputs_way.judged(as_process, drafted)
    for reader in (MAYA, CHECKERS[0], "ben.cole", JUNE, "grace.stone"):
        page = as_(reader).get(here)
        assert (page.status_code, NOT_FOR_IT in page.text) == (200, True), reader
    for reader in (MAYA, CHECKERS[0], JUNE):
        assert 'id="action-mark"' not in as_(reader).get(here).text
    assert refused(marking.mark, pk=drafted.pk, by=person(MAYA), public=True) == ["wrong_status"]
    with as_process("web"), pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute("UPDATE outputs_releaserequest SET public = true")


def test_the_projects_people_fetch_it_with_its_receipt_and_a_stranger_finds_nothing(
    as_process: AsProcess, drafted: ReleaseRequest, client: Client
) -> None:
    said = as_(MAYA).post(
        f"/api/outputs/{drafted.number}/mark", {"public": False}, content_type="application/json"
    )
    assert said.json()["public"] is False
    drafted.refresh_from_db()
    record = released(as_process, drafted)
    with as_process("notary"):
        sign_checkpoint()
    for address in of_the_register(record):
        assert client.get(address).status_code == 404, address
    page = client.get(f"/register/{NUMBER}/").text
    assert "1 set of results was released to the project’s people" in page
    assert record.number not in page
    whole = client.get(f"/register/{NUMBER}.json").json()
    assert (whole["releases"], whole["released_not_public"]) == ([], 1)
    everything = [client.get(f"/register/{part}").text for part in ("", "projects.csv", "projects.json")]
    assert not [text for text in everything if record.number in text]
    assert "no results released on this register" in everything[0]
    [file] = as_(MAYA).get(f"/api/outputs/{record.number}").json()["released"]
    assert file["href"].removeprefix("/api") in as_(MAYA).get(record.get_absolute_url()).text
    got = as_("jonah.reed").get(file["href"])
    content = b"".join(got.streaming_content)  # type: ignore[attr-defined]
    assert (content, hashlib.sha256(content).hexdigest()) == (TABLE, file["sha256"])
    assert as_(MAYA).get(f"/outputs/{record.number}/receipt/flow.csv.json").status_code == 200
    for other in (as_(STRANGER), client):
        assert other.get(file["href"]).status_code in (401, 404)
    assert as_(STRANGER).get(file["href"]).status_code == 404
    assert [link.authorises for link in trace(record.number).links if link.kind == "released_file"] == [
        "the project’s people to read it"
    ]


def test_revoked_it_is_fetched_by_nobody_and_the_register_still_does_not_name_it(
    as_process: AsProcess, drafted: ReleaseRequest, client: Client
) -> None:
    marking.mark(pk=drafted.pk, by=person(MAYA), public=False)
    drafted.refresh_from_db()
    record = released(as_process, drafted)
    actions.revoke(pk=record.pk, by=person(JUNE), because="Counted twice.")
    assert as_(MAYA).get(f"/outputs/{record.number}/released/flow.csv").status_code == 404
    for address in of_the_register(record):
        assert client.get(address).status_code == 404, address
    page = client.get(f"/register/{NUMBER}/").text
    assert not [
        part for part in (record.number, "Counted twice", "without being made public") if part in page
    ]


def test_what_is_for_the_public_is_where_it_was_and_the_projects_people_have_it_too(
    as_process: AsProcess, drafted: ReleaseRequest, client: Client
) -> None:
    record = released(as_process, drafted)
    assert client.get(of_the_register(record)[0]).status_code == 200
    whole = client.get(f"/register/{NUMBER}.json").json()
    assert ([one["number"] for one in whole["releases"]], whole["released_not_public"]) == (
        [record.number],
        0,
    )
    assert any(f"outputs {record.number}" in one["what"] for one in whole["timeline"])
    assert "without being made public" not in client.get(f"/register/{NUMBER}/").text
    assert as_(MAYA).get(f"/outputs/{record.number}/released/flow.csv").status_code == 200
