"""The automatic checks by the real parts: rebuilt in the sandbox, compared byte by byte, shown only to who may look."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, connections
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from apps import outputs_way, way
from apps.hub_way import DAY, AsProcess
from apps.outputs_way import MAYA, SAID, TABLES, left, ran, requested
from apps.way import person, refused
from charteroak.adapters import clock
from charteroak.audit.models import Event
from charteroak.outputs import actions, checks, files, queries, tasks, viewing
from charteroak.outputs.models import OutputFile, ReleaseRequest
from charteroak.policy.decision import Refused
from charteroak.policy.release_request import LIFECYCLE, Action, Status
from charteroak.policy.roles import Role
from charteroak.workspaces.models import Workspace
from conftest import owner_beside


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    with way.day(DAY):
        yield


@pytest.fixture
def room(on_the_day: None, as_process: AsProcess) -> Workspace:
    return outputs_way.workspace(as_process)


def verdicts(record: ReleaseRequest) -> dict[str, str]:
    return {file.name: file.verdict for file in record.files.all()}


def test_a_table_passes_only_as_its_derivation_gives_it(room: Workspace, as_process: AsProcess) -> None:
    job = ran(as_process, room)
    record = outputs_way.checked(as_process, requested(job))
    assert verdicts(record) == {"by_race.csv": "pass", "notes.txt": "review"}
    with as_process("outputs"):
        table, derivation = (checks.read(job.outputs.get(name=f"by_race.{kind}")) for kind in ("csv", "toml"))
    assert b"primary" in table  # the group of four
    assert b",4," not in table
    altered = table.replace(b"120", b"121")
    assert altered != table
    forged = left(room, {"by_race.csv": altered, "by_race.toml": derivation, "bare.csv": table})
    judged = outputs_way.checked(as_process, requested(forged))
    assert verdicts(judged) == {"bare.csv": "review", "by_race.csv": "fail"}
    assert "same bytes" in judged.files.get(name="by_race.csv").summary
    assert Event.objects.filter(name="outputs:release_request:check").count() == 2


def test_a_table_that_differs_by_a_few_people_from_a_released_one_fails(
    room: Workspace, as_process: AsProcess
) -> None:
    first = outputs_way.checked(as_process, requested(ran(as_process, room), ["by_race.csv"]))
    outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(first)))
    outputs_way.released(as_process, first)
    fewer = TABLES.replace("SELECT * FROM sde", "SELECT * FROM sde ORDER BY race_eth, pid OFFSET 3").replace(
        "by_race", "by_race_again"
    )
    second = outputs_way.checked(as_process, requested(ran(as_process, room, fewer), ["by_race_again.csv"]))
    assert verdicts(second) == {"by_race_again.csv": "fail"}
    assert "differencing" in second.files.get().summary


def test_what_the_airlock_cannot_judge_fails(room: Workspace, as_process: AsProcess) -> None:
    record = requested(left(room, {"table.csv": b"a\n1\n"}))
    actions.submit(pk=record.pk, by=person(MAYA))
    from charteroak.workspaces.batch import keep

    sealed = keep("001", "checks", json.dumps({"files": []}).encode())
    with as_process("outputs"):
        checks.record_verdicts(pk=record.pk, round_=1, checks=sealed.stored)
        checks.record_verdicts(pk=record.pk, round_=1, checks=sealed.stored)  # again: a worker was killed
    assert verdicts(record) == {"table.csv": "fail"}
    assert Event.objects.filter(name="outputs:release_request:check").count() == 1


def test_checks_that_no_process_will_make_any_more_end_with_a_way_to_go_on(
    room: Workspace, as_process: AsProcess, client: Client
) -> None:
    record = requested(left(room, {"table.csv": b"a\n1\n"}))
    actions.submit(pk=record.pk, by=person(MAYA))
    with as_process("outputs"):
        tasks.give_up()
    record.refresh_from_db()
    assert record.status == "submitted"  # its task waits for a worker
    with as_process("outputs"):
        with connection.cursor() as cursor:  # as the queue does after the last attempt
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'outputs:prepare_checks'"
            )
        tasks.give_up()
        tasks.give_up()
    record.refresh_from_db()
    assert record.status == "interrupted"
    assert Event.objects.filter(name="outputs:release_request:give_up").count() == 1
    client.force_login(person("al.pike"))
    assert "Make the checks again" in client.get(f"/outputs/{record.number}/").text
    client.force_login(person("kim.tran"))
    assert client.post(f"/outputs/{record.number}/retry/").status_code in (403, 404)
    client.force_login(person(MAYA))
    page = client.get(f"/outputs/{record.number}/").text
    assert "The checks could not be made" in page
    assert 'id="action-retry"' in page
    assert client.post(f"/outputs/{record.number}/retry/").status_code == 302
    record.refresh_from_db()
    assert (record.status, record.round) == ("submitted", 1)
    assert outputs_way.waiting()[-1] == "outputs:prepare_checks"
    with as_process("outputs"):
        tasks.give_up()
    record.refresh_from_db()
    assert record.status == "submitted"


@contextmanager
def shown_by_the_worker() -> Iterator[None]:
    """Answers what pages ask to see, as the outputs worker does, in a thread of its own."""
    done, answered = Signal(), set[int]()

    def work() -> None:
        try:
            while not done.wait(0.02):
                asked = ProcrastinateJob.objects.filter(task_name="outputs:show", status="todo")
                for job in asked.exclude(pk__in=answered):
                    os.environ["CHARTEROAK_PROCESS"] = "outputs"
                    try:
                        viewing.show(**job.args)
                    finally:
                        os.environ["CHARTEROAK_PROCESS"] = "web"
                    answered.add(job.pk)
        finally:
            connections.close_all()

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_file_is_seen_by_checkers_and_stewards_and_every_look_is_on_the_record(
    room: Workspace, as_process: AsProcess, client: Client
) -> None:
    record = outputs_way.checked(as_process, requested(ran(as_process, room)))
    file = record.files.get(name="by_race.csv")
    where = f"/outputs/{record.number}/files/{file.pk}/"
    with shown_by_the_worker():
        for viewer in ("ida.moss", "ben.cole"):
            client.force_login(person(viewer))
            page = client.get(where)
            assert page.status_code == 200
            assert "suppressed: too few" in page.text
            assert "not tested across projects" in page.text
            assert "not tested across projects" in client.get(f"/outputs/{record.number}/").text
            told = {one["name"]: one for one in client.get(f"/api/outputs/{record.number}").json()["files"]}
            assert told["by_race.csv"]["differencing"] == "not-tested-across-projects"
            assert "differencing" not in told["notes.txt"]
            assert "no-store" in page.headers["Cache-Control"]
        for stranger, status in ((MAYA, 403), ("sam.reyes", 403), ("eve.lang", 404)):
            client.force_login(person(stranger))
            assert client.get(where).status_code == status
    looks = Event.objects.filter(name="outputs:file:look")
    assert [look.by for look in looks] == ["ida.moss", "ben.cole"]
    assert all(file.sha256 in look.text for look in looks)


def test_the_worker_decides_for_itself_who_may_look(room: Workspace, as_process: AsProcess) -> None:
    """Even when the web process is taken over, the one that holds the key asks again."""
    import secrets

    import pyrage

    from charteroak.adapters.environment import home

    record = requested(left(room, {"table.csv": b"secret,1\n"}))
    outputs_way.judged(as_process, record)
    identity, token = pyrage.x25519.Identity.generate(), secrets.token_hex(16)
    with as_process("outputs"):
        viewing.show(
            file=record.files.get().pk, person=MAYA, token=token, recipient=str(identity.to_public())
        )
    said = json.loads(pyrage.decrypt((home().vault / "views" / token).read_bytes(), [identity]))
    assert said["refused"][0][0] == "own_request"
    assert Event.objects.filter(name="outputs:file:look:refused", by=MAYA).exists()


def test_a_checker_whose_training_lapsed_neither_looks_nor_votes(
    room: Workspace, as_process: AsProcess
) -> None:
    record = outputs_way.judged(as_process, requested(left(room, {"table.csv": b"a\n1\n"})))
    way.lapse("ida.moss", clock.today() - timedelta(days=1))
    with pytest.raises(Refused) as caught:
        outputs_way.vote(record, "ida.moss")
    assert {reason.rule for reason in caught.value.reasons} == {"training_lapsed"}
    with pytest.raises(Refused):
        viewing.look(record.files.get(), person("ida.moss"))


def test_a_kind_that_nobody_can_read_is_refused_and_does_not_leave_where_it_came_in_all_the_same(
    room: Workspace, as_process: AsProcess
) -> None:
    job = left(
        room,
        {"flow.csv": b"year,people\n2019,120\n", "tool.bin": b"\0\1", "old.xls": b"PK", ".a.csv": b"a\n1\n"},
    )
    record = requested(job, ["flow.csv"])
    for output in job.outputs.filter(name__in=["tool.bin", "old.xls", ".a.csv"]):
        said = {"output": output.pk, "controls": "None.", **SAID}
        assert refused(files.add, pk=record.pk, by=person(MAYA), **said) == ["unreadable_kind"]
    with owner_beside():  # as a web process that was taken over could
        tool = job.outputs.get(name="tool.bin")
        OutputFile.objects.create(
            release_request=record, output=tool, name=tool.name, sha256=tool.sha256, round=1,
            controls="None.", **SAID,
        )  # fmt: skip
    outputs_way.judged(as_process, record, {"tool.bin": "review"})
    outputs_way.reviewed(record)
    assert record.status == "checked", "two approvals are not enough"
    known = queries.facts(record, person("ida.moss"))
    assert known.files_failed == ("tool.bin",)
    decision = LIFECYCLE.may(Status.APPROVED, Action.RELEASE, {Role.SYSTEM}, known)
    assert "checks_failed" in {reason.rule for reason in decision.reasons}
