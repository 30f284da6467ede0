"""What does not come in: asked beyond the disk's budget, refused, or written by a web process that was taken over."""

import json

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from apps import outputs_way
from apps.hub_way import NUMBER, AsProcess
from apps.inputs_way import CODES, accepted, asked, scanned
from apps.outputs_way import MAYA, left
from apps.way import person, rules
from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId, VaultError
from charteroak.audit.models import Event
from charteroak.inputs import actions, scan, tasks
from charteroak.inputs.models import InputRequest
from charteroak.outputs import release as releasing
from charteroak.outputs.models import OutputFile, ReleaseRequest
from charteroak.policy.decision import Refused
from charteroak.workspaces.models import Input, Workspace
from conftest import owner_beside

IDA = outputs_way.CHECKERS[0]
ASK = f"/inputs/ask/{NUMBER}/"
pytestmark = pytest.mark.usefixtures("on_the_day")


def stored(sha256: str) -> bool:
    return stores.vault(Store.CHECK).exists(ObjectId(Store.CHECK, sha256))


def discarded(as_process: AsProcess, record: InputRequest) -> InputRequest:
    with as_process("enclave"):
        tasks.discard(0)
    record.refresh_from_db()
    return record


def sends() -> dict[str, object]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"kind": "code_list", "purpose": "Labels.", "file": SimpleUploadedFile("more.csv", CODES)}


def every_route_refuses(room: Workspace, client: Client) -> None:
    """The same reason by the action, the page, its form and JSON."""
    with pytest.raises(Refused) as caught:
        asked(room, "more.csv")
    assert rules(caught) == {"disk_spent"}
    client.force_login(person(MAYA))
    said = str(caught.value.reasons[0].message)
    assert said in client.get(ASK).text
    form = client.post(ASK, sends())
    assert (form.status_code, said in form.text) == (403, True)
    answer = client.post(f"/api/inputs/ask/{NUMBER}", sends())
    assert answer.status_code == 403
    assert [one["rule"] for one in answer.json()["reasons"]] == ["disk_spent"]
    assert not InputRequest.objects.filter(name="more.csv").exists()


def test_a_project_whose_disk_is_spent_asks_for_nothing_on_any_route(
    room: Workspace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    left(room, {"flow.csv": b"x" * 2048})
    monkeypatch.setenv("CHARTEROAK_PROJECT_DISK_GIB", str(2048 / (1 << 30)))
    every_route_refuses(room, client)


def test_what_waits_for_a_decision_is_on_the_disk_too(
    room: Workspace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a project fills the store with requests that nobody has decided yet."""
    monkeypatch.setenv("CHARTEROAK_PROJECT_DISK_GIB", str(len(CODES) / (1 << 30)))
    record = asked(room)
    every_route_refuses(room, client)
    actions.withdraw(pk=record.pk, by=person(MAYA))
    assert asked(room, "more.csv").status == "submitted"


def test_the_bytes_of_a_refused_file_go_and_what_the_scan_found_stays(
    room: Workspace, client: Client, as_process: AsProcess
) -> None:
    about = asked(room, content=b"code,label\n1,123-45-6789\n")
    record, kept = scanned(as_process, about), accepted(as_process, asked(room, "towns.csv"))
    place = record.stored
    assert stored(discarded(as_process, record).stored), "not before it is refused"
    actions.refuse(pk=record.pk, by=person(IDA), because="It tells of a person.")
    discarded(as_process, record)
    assert (record.stored, stored(place)) == ("", False)
    assert (record.status, len(record.sha256), record.size) == ("refused", 64, 25)
    assert [one["rule"] for one in record.findings] == ["ssn"]
    [gone] = Event.objects.filter(name="inputs:input_request:discard")
    assert record.sha256 in gone.text
    client.force_login(person(MAYA))
    page = client.get(record.get_absolute_url()).text
    assert record.sha256 in page
    assert "The bytes are removed." in page
    kept.refresh_from_db()
    assert stored(kept.stored), "what came in is still there"
    discarded(as_process, record)
    assert Event.objects.filter(name="inputs:input_request:discard").count() == 1, "once"


def test_the_bytes_of_a_file_that_was_taken_back_go(room: Workspace, as_process: AsProcess) -> None:
    record = asked(room)
    place = record.stored
    actions.withdraw(pk=record.pk, by=person(MAYA))
    assert not discarded(as_process, record).stored
    assert not stored(place)


def test_a_taken_over_web_process_has_nothing_removed_that_came_in(
    room: Workspace, as_process: AsProcess
) -> None:
    kept = accepted(as_process, asked(room, "towns.csv"))
    record = asked(room)
    with owner_beside():
        InputRequest.objects.filter(pk=record.pk).update(stored=kept.stored)
    actions.withdraw(pk=record.pk, by=person(MAYA))
    discarded(as_process, record)
    assert stored(kept.stored)


def sql(command: str, *values: str | int) -> None:
    """By hand, as the web process that somebody has taken over."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(command, values)


@pytest.mark.parametrize(
    "change",
    [
        "scanned_at = now()",
        "findings = '[]'",
        "sha256 = 'a'",
        "stored = 'a'",
        "size = 1",
        "name = 'other.csv'",
        "kind = 'package'",
        "purpose = 'None.'",
        "author_id = author_id",
        "workspace_id = workspace_id",
    ],
)
def test_the_web_process_changes_nothing_of_what_was_asked_pinned_and_found(
    room: Workspace, as_process: AsProcess, change: str
) -> None:
    scanned(as_process, asked(room, content=b"code,label\n1,123-45-6789\n"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql(f"UPDATE inputs_inputrequest SET {change}")  # noqa: S608 - this test's own words


@pytest.mark.parametrize("status", ["scanned", "accepted", "removed"])
def test_the_web_process_calls_nothing_scanned(room: Workspace, status: str) -> None:
    record = asked(room)
    with pytest.raises(IntegrityError, match="input_request_scanned"):
        sql("UPDATE inputs_inputrequest SET status = %s WHERE id = %s", status, record.pk)


@pytest.mark.parametrize(
    "claim",
    [{"scanned_at": "2026-11-02T12:00:00Z"}, {"findings": [{"rule": "package", "verdict": "review"}]}],
)
def test_a_request_that_claims_to_be_scanned_does_not_begin(
    room: Workspace, claim: dict[str, object]
) -> None:
    with pytest.raises(ProgrammingError, match=r"is not for .* to decide"), transaction.atomic():
        InputRequest.objects.create(
            workspace=room, number="001-in-9", kind="code_list", name="codes.csv", purpose="Labels.",
            author=person(MAYA), submitted_at=clock.now(), **claim,
        )  # fmt: skip


def test_nothing_lies_in_a_workspace_that_the_enclave_did_not_let_pass(
    room: Workspace, as_process: AsProcess
) -> None:
    """Not before the scan, not what failed in it, not other bytes than the scanned ones."""
    fresh = asked(room)
    failed = scanned(as_process, asked(room, "people.csv", b"code,label\n1,123-45-6789\n"))
    passed = scanned(as_process, asked(room, "towns.csv"))

    def place(record: InputRequest, **other: object) -> None:
        said = {name: getattr(record, name) for name in ("workspace", "name", "sha256", "size", "stored")}
        with transaction.atomic():
            Input.objects.create(**(said | {"placed_at": clock.now()} | other))

    for record, other in ((fresh, {}), (failed, {}), (passed, {"stored": failed.stored})):
        with pytest.raises(ProgrammingError, match="has let no such file pass"):
            place(record, **other)
    place(passed)


def test_the_enclave_reads_no_other_bytes_than_the_pinned_ones(
    room: Workspace, as_process: AsProcess
) -> None:
    record = asked(room)
    with owner_beside():
        InputRequest.objects.filter(pk=record.pk).update(sha256="0" * 64)
    record.refresh_from_db()
    with as_process("enclave"), pytest.raises(VaultError, match="not the pinned ones"):
        scan.read(record)


def test_the_web_process_names_no_verdicts_of_a_release_request(
    room: Workspace, as_process: AsProcess
) -> None:
    record = outputs_way.judged(as_process, outputs_way.requested(left(room, {"flow.csv": b"a\n1\n"})))
    for command in (
        "UPDATE outputs_releaserequest SET checks = repeat('a', 64)",
        "UPDATE outputs_releaserequest SET checked_at = now() + interval '1 day'",
        "UPDATE outputs_outputfile SET verdict = 'review'",
        "UPDATE outputs_outputfile SET summary = 'All is well.'",
    ):
        with pytest.raises(ProgrammingError, match=r"is not for .* to decide|checks .* stand"):
            sql(command)
    assert record.files.get().verdict == "pass"


def test_the_web_process_wipes_no_verdict_while_the_checks_stand(
    room: Workspace, as_process: AsProcess
) -> None:
    """A checker would read that nobody judged a file which fails."""
    record = outputs_way.judged(
        as_process, outputs_way.requested(left(room, {"few.csv": b"a\n2\n"})), {"few.csv": "fail"}
    )
    file = record.files.get()
    columns = ", ".join(str(field.column) for field in OutputFile._meta.concrete_fields if field.name != "id")
    others = columns.replace("verdict", "''")
    wipe = "; UPDATE outputs_outputfile SET verdict = ''; "
    becomes = "UPDATE outputs_releaserequest SET status = '%s'"
    for command in (
        wipe.strip("; "),
        "UPDATE outputs_releaserequest SET checks = ''",
        "UPDATE outputs_releaserequest SET checked_at = NULL",
        "DELETE FROM outputs_outputfile",
        f"INSERT INTO outputs_outputfile ({columns}) SELECT {others} FROM outputs_outputfile",  # noqa: S608 - the model's own columns
        # and by a way round: sent back and judged again, by nobody
        becomes % "returned" + wipe + becomes % "checked",
        becomes % "withdrawn" + wipe,
        f"{becomes % 'withdrawn'}; {becomes % 'reviewed'}",
    ):
        with pytest.raises(ProgrammingError, match=r"checks .* stand"), transaction.atomic():
            sql(command)
    with pytest.raises(ProgrammingError, match=r"checks .* stand"), transaction.atomic():
        ReleaseRequest.objects.create(
            workspace=room, number="042-9", author=person(MAYA), started_at=clock.now(), status="checked"
        )
    file.refresh_from_db()
    assert (file.verdict, file.release_request.status) == ("fail", "checked")


def test_a_file_whose_verdict_was_wiped_is_not_released(room: Workspace, as_process: AsProcess) -> None:
    """Whoever wiped it: the process that releases asks the sealed results."""
    record = outputs_way.judged(
        as_process,
        outputs_way.requested(left(room, {"flow.csv": b"a\n1\n", "few.csv": b"a\n2\n"})),
        {"few.csv": "fail"},
    )
    with owner_beside():
        OutputFile.objects.filter(name="few.csv").update(verdict="")
    outputs_way.cleared(outputs_way.reviewed(record))
    outputs_way.approved(record)
    with as_process("outputs"):
        assert not releasing.release(record.pk)
    assert ReleaseRequest.objects.get().status == "approved"
    refused = Event.objects.get(name="outputs:release_request:release:refused")
    assert "checks_failed" in json.dumps(refused.text)
