"""The airlock's way in: pinned bytes, a scan, a checker who is not of the project; read-only where jobs run."""

import hashlib
from pathlib import Path

import pytest
from django.test import Client

from apps import inputs_way, outputs_way
from apps.hub_way import AsProcess
from apps.inputs_way import CODES, accepted, asked, scanned
from apps.outputs_way import MAYA, ran
from apps.way import person, rules
from charteroak.adapters import sandboxes, stores
from charteroak.adapters.environment import home
from charteroak.adapters.stores import Store
from charteroak.agreements import actions as agreements
from charteroak.audit.models import Event
from charteroak.inputs import actions, queries, scan, tasks
from charteroak.inputs.models import InputRequest
from charteroak.policy.decision import Refused
from charteroak.policy.input_request import LARGEST, Kind
from charteroak.workspaces import again, batch
from charteroak.workspaces.models import Input, Job, Workspace

IDA, AL = outputs_way.CHECKERS
pytestmark = pytest.mark.usefixtures("on_the_day")

READS = """
from pathlib import Path
outbox = Path("/enclave/work/outbox")
found = {path.name: path.read_text() for path in sorted(Path("/enclave/input").iterdir())}
(outbox / "seen.txt").write_text(repr(found))
try:
    Path("/enclave/input/codes.csv").write_text("mine")
except OSError as error:
    (outbox / "refused.txt").write_text(type(error).__name__)
"""
IMPORTS = "import roman, pathlib; pathlib.Path('/enclave/work/outbox/name.txt').write_text(roman.NAME)"


def left_by(as_process: AsProcess, job: Job) -> dict[str, str]:
    assert job.status == "succeeded", job.outcome
    with as_process("outputs"):
        from charteroak.outputs.checks import read

        return {one.name: read(one).decode() for one in job.outputs.all()}


def refused_asking(room: Workspace, **said: object) -> set[str]:
    with pytest.raises(Refused) as caught:
        asked(room, **said)  # type: ignore[arg-type]
    return rules(caught)


def test_a_code_list_that_a_checker_accepted_is_read_only_where_jobs_run(
    room: Workspace, as_process: AsProcess
) -> None:
    record = accepted(as_process, asked(room))
    assert record.sha256 == hashlib.sha256(CODES).hexdigest()
    job = ran(as_process, room, READS)
    left = left_by(as_process, job)
    assert left["seen.txt"] == repr({"codes.csv": CODES.decode()})
    assert left["refused.txt"] in ("PermissionError", "OSError")
    assert job.manifest["inputs"] == {"codes.csv": record.sha256}
    told = list(Event.objects.filter(name__startswith="inputs:").order_by("index").values_list("name", "by"))
    assert told == [
        ("inputs:input_request:submit", MAYA),
        ("inputs:input_request:scan", "enclave"),
        ("inputs:input_request:accept", IDA),
    ]


def test_nothing_lies_in_the_clear_on_the_way_in(room: Workspace, as_process: AsProcess) -> None:
    accepted(as_process, asked(room))
    assert not [path for path in home().root.rglob("*") if path.is_file() and CODES in path.read_bytes()]


def test_before_it_is_accepted_and_after_it_is_removed_no_job_has_it(
    room: Workspace, as_process: AsProcess
) -> None:
    looks = "import pathlib; print(sorted(str(p) for p in pathlib.Path('/enclave').glob('input/*')))"
    record = scanned(as_process, asked(room))
    assert ran(as_process, room, looks).manifest["inputs"] == {}
    actions.accept(pk=record.pk, by=person(IDA), sha256=record.sha256)
    with_it = ran(as_process, room, READS)
    actions.remove(pk=record.pk, by=person(MAYA))
    without = ran(as_process, room, looks)
    assert without.manifest["inputs"] == {}
    repeated = again.repeat(pk=with_it.pk, by=person(MAYA))  # has what the first one had
    with as_process("enclave"):
        batch.run(repeated.pk)
    repeated.refresh_from_db()
    assert again.same_as_before(repeated), again.differing(repeated)


def test_what_is_not_readable_plain_and_explained_is_not_taken(room: Workspace) -> None:
    assert refused_asking(room, name="codes.sas7bdat") == {"type_not_allowed"}
    assert refused_asking(room, name="my codes.csv") == {"name_not_plain"}
    assert refused_asking(room, content=b"") == {"file_empty"}
    assert refused_asking(room, content=b"x" * (LARGEST + 1)) == {"file_too_large"}
    with pytest.raises(Refused) as caught:
        actions.submit(workspace=room.pk, by=person(MAYA), kind=Kind.CODE_LIST, file_name="codes.csv",
                       content=CODES, purpose=" ")  # fmt: skip
    assert rules(caught) == {"purpose_missing"}
    assert not InputRequest.objects.exists()


def test_a_file_about_people_cannot_be_accepted(room: Workspace, as_process: AsProcess) -> None:
    record = scanned(as_process, asked(room, content=b"code,label\n1,123-45-6789\n"))
    assert {one["rule"] for one in record.findings} == {"ssn"}
    assert "123-45-6789" not in repr(record.findings)
    with pytest.raises(Refused) as caught:
        actions.accept(pk=record.pk, by=person(IDA), sha256=record.sha256)
    assert rules(caught) == {"scan_failed"}
    with pytest.raises(Refused) as caught:
        actions.refuse(pk=record.pk, by=person(IDA), because=" ")
    assert rules(caught) == {"comment_missing"}
    actions.refuse(pk=record.pk, by=person(IDA), because="It holds a Social Security number.")
    record.refresh_from_db()
    assert (record.status, record.because) == ("refused", "It holds a Social Security number.")
    assert not Input.objects.exists()


def test_the_projects_own_pseudonyms_do_not_come_back_in(room: Workspace, as_process: AsProcess) -> None:
    pid = outputs_way.people()["sde"]["pid"][0]
    record = scanned(as_process, asked(room, content=f"who,town\n{pid},Ash\n".encode()))
    assert {one["rule"] for one in record.findings} == {"person_keys"}


def test_nobody_of_the_project_and_no_other_office_reviews(room: Workspace, as_process: AsProcess) -> None:
    record = scanned(as_process, asked(room))
    for username, rule in ((MAYA, "wrong_role"), ("jonah.reed", "wrong_role"), ("kim.tran", "wrong_role")):
        with pytest.raises(Refused) as caught:
            actions.accept(pk=record.pk, by=person(username), sha256=record.sha256)
        assert rules(caught) == {rule}, username
    with pytest.raises(Refused) as caught:
        actions.accept(pk=record.pk, by=person(IDA), sha256="0" * 64)  # looked at other bytes
    assert rules(caught) == {"bytes_differ"}


def test_a_name_is_in_the_workspace_once(room: Workspace, as_process: AsProcess) -> None:
    accepted(as_process, asked(room))
    second = scanned(as_process, asked(room, content=b"code,label\nX,Other\n"))
    with pytest.raises(Refused) as caught:
        actions.accept(pk=second.pk, by=person(AL), sha256=second.sha256)
    assert rules(caught) == {"name_taken"}


def test_bytes_that_were_exchanged_in_the_store_reach_no_job(room: Workspace, as_process: AsProcess) -> None:
    record = accepted(as_process, asked(room))
    other = asked(room, "other.csv", b"code\nforged\n")
    with as_process("owner"):  # no process of the site may
        Input.objects.filter(input_request=record).update(stored=other.stored)
    job = ran(as_process, room, READS)
    assert job.status == "refused"
    assert "not what a checker accepted" in job.outcome


def test_a_package_comes_from_the_mirror_alone_and_can_be_imported(
    room: Workspace, as_process: AsProcess
) -> None:
    inputs_way.put_into_mirror(
        scan.mirror(), "roman-5.1-py3-none-any.whl", "fast-1.0-cp313-cp313-linux_x86_64.whl"
    )
    for name in ("absent==1.0", "roman", "roman>=5", "fast==1.0", "../roman==5.1"):
        missing = scanned(as_process, asked(room, name, b"", Kind.PACKAGE))
        assert missing.status == "refused", name
        assert "mirror" in missing.because
    record = accepted(as_process, asked(room, "Roman==5.1", b"", Kind.PACKAGE))
    file: Path = scan.mirror() / "roman-5.1-py3-none-any.whl"
    assert (record.name, record.sha256) == (file.name, hashlib.sha256(file.read_bytes()).hexdigest())
    file.unlink()  # what was accepted stays as it was
    job = ran(as_process, room, IMPORTS)
    assert left_by(as_process, job)["name.txt"] == "roman-5.1-py3-none-any.whl"


def test_when_access_ends_nothing_comes_in(room: Workspace, as_process: AsProcess) -> None:
    waiting, ready = asked(room), scanned(as_process, asked(room, "other.csv"))
    agreements.terminate(pk=room.agreement_id, by=person("sam.reyes"), because="Over.")
    assert scanned(as_process, waiting).status == "refused"
    with pytest.raises(Refused):
        actions.accept(pk=ready.pk, by=person(IDA), sha256=ready.sha256)
    with pytest.raises(Refused):
        asked(room, "third.csv")


def test_a_scan_that_failed_for_good_says_so_and_is_made_again(
    room: Workspace, as_process: AsProcess
) -> None:
    record = asked(room)
    assert not queries.given_up()
    from procrastinate.contrib.django.models import ProcrastinateJob

    from conftest import owner_beside

    with owner_beside():
        ProcrastinateJob.objects.filter(task_name=queries.SCAN).update(status="failed")
    with as_process("enclave"):
        tasks.give_up(0)
    record.refresh_from_db()
    assert record.status == "interrupted"
    actions.retry(pk=record.pk, by=person(MAYA))
    assert scanned(as_process, record).status == "scanned"


def test_an_author_takes_a_request_back(room: Workspace, as_process: AsProcess) -> None:
    record = asked(room)
    with pytest.raises(Refused):
        actions.withdraw(pk=record.pk, by=person("jonah.reed"))
    actions.withdraw(pk=record.pk, by=person(MAYA))
    assert scanned(as_process, record).status == "withdrawn"


def test_asking_on_the_page_and_by_json_is_the_same(room: Workspace, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(person(MAYA))
    said = {"kind": "code_list", "purpose": inputs_way.PURPOSE}
    page = client.post("/inputs/ask/001/", said | {"file": SimpleUploadedFile("codes.csv", CODES)})
    assert page.status_code == 302, page.text
    json = client.post("/api/inputs/ask/001", said | {"file": SimpleUploadedFile("codes.csv", CODES)}).json()
    first, second = InputRequest.objects.order_by("pk")
    assert (first.sha256, first.name) == (second.sha256, second.name)
    assert json["permitted"] == ["withdraw"]
    assert "The scan" in client.get(first.get_absolute_url()).text
    assert client.post("/inputs/ask/001/", said).status_code == 400


def test_whose_turn_it_is_stands_in_the_worklist(room: Workspace, as_process: AsProcess) -> None:
    record = scanned(as_process, asked(room))
    for username, state in ((IDA, "yours"), (MAYA, "others")):
        (item,) = queries.todo(person(username))
        assert (item.state, item.href) == (state, record.get_absolute_url())
    assert not queries.todo(person("jonah.reed"))
    assert not queries.visible_to(person("eve.lang"))


def test_an_accepted_file_stands_on_the_workspaces_page(
    room: Workspace, as_process: AsProcess, client: Client
) -> None:
    client.force_login(person(MAYA))
    assert "Nothing has come in" in client.get(room.get_absolute_url()).text
    record = accepted(as_process, asked(room))
    assert record.sha256 in client.get(room.get_absolute_url()).text


def test_stored_under_the_projects_own_key(room: Workspace, as_process: AsProcess) -> None:
    record = asked(room)
    with as_process("outputs"):
        assert Store.CHECK not in stores.owned_stores()
    with as_process("enclave"):
        assert scan.read(record) == CODES


@pytest.mark.parametrize("printed", [b"", b"{", b"{}", b"[]"])
def test_a_scan_that_broke_off_says_that_nobody_could_judge_the_file(printed: bytes) -> None:
    ended = sandboxes.Ended(1, 0.1, 0, printed, b"", False, False, False, False, False)
    assert [(one["rule"], one["verdict"]) for one in scan.verdicts(ended)] == [("opaque", "fail")]
