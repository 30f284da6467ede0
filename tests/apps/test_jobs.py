"""Jobs in three languages, on invented records, once more: what they leave, who may repeat them, whose turn it is."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from apps import outputs_way, way
from apps.hub_way import NUMBER, AsProcess
from apps.outputs_way import MAYA, left, ran
from apps.way import person, refused
from charteroak.adapters import languages
from charteroak.adapters.environment import home
from charteroak.agreements import queries as agreements
from charteroak.agreements.models import Recipient
from charteroak.audit import actions as audit
from charteroak.audit.models import Event
from charteroak.policy.job import Language
from charteroak.workspaces import actions, again, batch, queries, scripts, sessions
from charteroak.workspaces.models import Job, Workspace
from conftest import owner_beside

pytestmark = pytest.mark.usefixtures("on_the_day")

COUNTS = (
    "COPY (SELECT race_eth, count(*) AS students FROM sde GROUP BY ALL ORDER BY ALL) TO 'outbox/counts.csv';"
)
ANSWERS = "SELECT count(*) AS rows FROM sde;"
IN_R = """
found <- read.csv("/enclave/data/sde.csv", colClasses = "character")
write.csv(as.data.frame(table(found$race_eth)), "outbox/counts.csv", row.names = FALSE)
"""
KEEPS = "open('/enclave/work/kept.txt', 'w'); open('/enclave/work/outbox/a.csv', 'w').write('1')"


def run(as_process: AsProcess, job: Job) -> Job:
    with as_process("enclave"):
        batch.run(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.sandbox
def test_sql_runs_on_the_extract(room: Workspace, as_process: AsProcess) -> None:
    job = ran(as_process, room, ANSWERS + COUNTS, "counts.sql")
    assert (job.status, job.manifest["language"]) == ("succeeded", "sql"), job.outcome
    assert {one.name for one in job.outputs.all()} == {"counts.csv", scripts.LOG}
    failed = ran(as_process, room, "SELECT * FROM '/etc/passwd'", "reads.sql")
    assert failed.status == "failed"


@pytest.mark.sandbox
@pytest.mark.skipif(Language.R not in languages.here(), reason="not installed: apt-get install r-base-core")
def test_r_runs_on_the_extract(room: Workspace, as_process: AsProcess) -> None:
    job = ran(as_process, room, IN_R, "counts.R")
    assert job.status == "succeeded", job.outcome
    assert "r-base-core" in job.manifest["packages"]
    assert "counts.csv" in job.manifest["outputs"]


@pytest.mark.sandbox
def test_what_runs_on_invented_records_is_shown_and_not_kept(room: Workspace, as_process: AsProcess) -> None:
    ran(as_process, room, KEEPS)
    looks = "import os; print(os.listdir('/enclave/work'), os.listdir('/enclave/data'))\n"
    job = ran(as_process, room, looks + "open('outbox/a.csv', 'w').write('1')", invented=True)
    assert job.printed.startswith("['outbox'] "), "nothing of the real runs is beside it"
    assert "README.txt" in job.printed
    assert "sde.parquet" in job.printed
    assert (job.outputs.count(), set(job.manifest["outputs"])) == (0, {"a.csv", scripts.LOG})
    assert job.manifest["extract"] == {}, "no real table was read"
    logged = Event.objects.get(name="workspaces:job:succeed", subject=audit.subject_of(job))
    assert '"tables":[]' in logged.text
    assert ran(as_process, room).printed == ""
    assert refused(again.repeat, pk=job.pk, by=person(MAYA)) == ["nothing_to_repeat"]


@pytest.mark.sandbox
def test_a_checker_repeats_a_job_and_the_same_comes_out(room: Workspace, as_process: AsProcess) -> None:
    job = ran(as_process, room, COUNTS, "counts.sql")
    repeated = run(as_process, again.repeat(pk=job.pk, by=person(outputs_way.CHECKERS[0])))
    assert repeated.status == "succeeded"
    assert again.same_as_before(repeated) is True
    assert (repeated.outputs.count(), repeated.manifest["environment"]) == (0, job.manifest["environment"])


@pytest.mark.sandbox
def test_what_leaned_on_the_work_folder_does_not_repeat(room: Workspace, as_process: AsProcess) -> None:
    ran(as_process, room, KEEPS)
    leans = ran(
        as_process, room, "import os; open('outbox/a.csv', 'w').write(str(os.path.exists('kept.txt')))"
    )
    repeated = run(as_process, again.repeat(pk=leans.pk, by=person(MAYA)))
    assert (again.same_as_before(repeated), again.differing(repeated)) == (False, ["a.csv"])


def test_a_script_in_no_known_language_is_refused(room: Workspace) -> None:
    sent = {"workspace": room.pk, "by": person(MAYA), "script": "1"}
    assert refused(actions.submit_job, script_name="model.sas", **sent) == ["language_unknown"]


def test_what_scripts_may_be_written_in_is_asked_of_the_machine_that_runs_them(
    room: Workspace, as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "here", lambda: frozenset({Language.PYTHON}))
    job = actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="model.R", script="1")
    assert run(as_process, job).status == "refused"
    assert "language_not_here" in Event.objects.get(name="workspaces:job:refuse").text
    assert "r-base-core" in job.outcome


def test_who_has_more_waiting_comes_after_who_has_fewer(room: Workspace) -> None:
    sent = [
        actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="script.py", script="pass")
        for _ in range(3)
    ]
    assert [queries.place_of(job) for job in sent] == [0, 1, 2]
    waiting = dict(
        ProcrastinateJob.objects.filter(task_name=queries.RUN).values_list("args__job", "priority")
    )
    assert [waiting[job.pk] for job in sent] == [0, -1, -2]
    with owner_beside():  # another project's first job, sent last
        Job.objects.filter(pk=sent[2].pk).update(ahead=0)
    assert [queries.place_of(Job.objects.get(pk=job.pk)) for job in sent] == [0, 2, 1]


def test_a_cancelled_job_is_sent_again(room: Workspace) -> None:
    job = actions.submit_job(
        workspace=room.pk, by=person(MAYA), script_name="a.sql", script="SELECT 1", invented=True
    )
    assert refused(again.retry, pk=job.pk, by=person(MAYA)) == ["wrong_status"]
    actions.cancel(pk=job.pk, by=person(MAYA))
    sent = again.retry(pk=job.pk, by=person(MAYA))
    assert (sent.script, sent.script_name, sent.invented, sent.status) == (
        "SELECT 1",
        "a.sql",
        True,
        "queued",
    )


def test_a_project_stops_at_its_hours_until_the_operator_allows_more(room: Workspace, client: Client) -> None:
    with owner_beside():
        Workspace.objects.filter(pk=room.pk).update(hours=1)
    job = actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="a.py", script="pass")
    with owner_beside():
        Job.objects.filter(pk=job.pk).update(cpu_seconds=3600)
    room.refresh_from_db()
    sent: dict[str, Any] = {"workspace": room.pk, "by": person(MAYA), "script_name": "a.py", "script": "pass"}
    assert refused(actions.submit_job, **sent) == ["hours_spent"]
    assert actions.start(pk=job.pk) is None, "what was sent before waits no longer"
    job.refresh_from_db()
    assert (job.status, "used its 1 hours" in job.outcome) == ("refused", True)
    assert [one.rule for one in queries.job_decisions(job, person(MAYA))["retry"].reasons] == ["hours_spent"]
    assert refused(again.retry, pk=job.pk, by=person(MAYA)) == ["hours_spent"]
    client.force_login(person("kim.tran"))
    assert client.post(f"/workspaces/{NUMBER}/allow-hours/", {"hours": "0"}).status_code == 403
    assert "Used 1 of 1 hours" in client.get(f"/workspaces/{NUMBER}/").text
    assert client.post(f"/workspaces/{NUMBER}/allow-hours/", {"hours": "2"}).status_code == 302
    assert actions.submit_job(**sent).status == "queued"


SPINS = """
import pathlib
pathlib.Path("/enclave/work/began.txt").touch()
while True: pass
"""


@pytest.mark.sandbox
@pytest.mark.parametrize("ending", ["cancelled", "refused"])
def test_a_run_that_is_ended_early_counts_towards_the_hours(
    room: Workspace, as_process: AsProcess, ending: str
) -> None:
    began = home().workspaces / NUMBER / "work" / "began.txt"
    began.unlink(missing_ok=True)
    job = actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="a.py", script=SPINS)

    def in_the_enclave() -> None:
        batch.run(job.pk)
        connection.close()

    with as_process("enclave"):
        enclave = threading.Thread(target=in_the_enclave)
        enclave.start()
        while enclave.is_alive() and not began.exists():
            time.sleep(0.05)
        if ending == "cancelled":
            actions.cancel(pk=job.pk, by=person(MAYA))
        else:
            way.lapse(MAYA, job.submitted_at.date().replace(day=1))
        enclave.join()
    job.refresh_from_db()
    assert job.status == ending
    assert job.cpu_seconds > 0
    assert queries.spent(room) == job.cpu_seconds / 3600


def test_who_lost_access_repeats_nothing(room: Workspace) -> None:
    job = outputs_way.left(room, {"a.csv": b"1"})
    way.lapse(MAYA, job.submitted_at.date().replace(day=1))
    assert refused(again.repeat, pk=job.pk, by=person(MAYA)) == ["training_lapsed"]
    assert again.repeat(pk=job.pk, by=person(outputs_way.CHECKERS[0])).repeats == job


def test_a_waiting_job_of_somebody_whom_an_amendment_took_off_mounts_nothing(
    room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="a.py", script="pass")
    with owner_beside():
        Recipient.objects.filter(agreement=room.agreement, person=person(MAYA)).delete()
    signed = agreements.terms(room.agreement)
    monkeypatch.setattr(agreements, "terms", lambda _record: replace(signed, people=frozenset()))
    assert refused(actions.goes_on, pk=job.pk) == ["person_not_named"]
    assert actions.start(pk=job.pk) is None
    job.refresh_from_db()
    assert (job.status, job.started_at) == ("refused", None)
    assert "person_not_named" in Event.objects.get(name="workspaces:job:refuse").text


def test_a_repeat_ends_with_the_office_of_who_asked_for_it(room: Workspace) -> None:
    checker = person(outputs_way.CHECKERS[0])
    repeat = again.repeat(pk=outputs_way.left(room, {"a.csv": b"1"}).pk, by=checker)
    assert actions.goes_on(pk=repeat.pk)
    with owner_beside():
        checker.roles_held.all().delete()
    assert refused(actions.goes_on, pk=repeat.pk) == ["person_not_named"]


def test_of_a_repeat_that_has_not_run_nothing_is_said_to_differ(room: Workspace, client: Client) -> None:
    job = outputs_way.left(room, {"a.csv": b"1"})
    with owner_beside():
        Job.objects.filter(pk=job.pk).update(manifest=job.manifest | {"outputs": {"a.csv": "0" * 64}})
    repeat = again.repeat(pk=job.pk, by=person(MAYA))
    assert (again.same_as_before(repeat), again.differing(repeat)) == (None, [])
    client.force_login(person(MAYA))
    assert "Not the same" not in client.get(repeat.get_absolute_url()).text


def test_a_project_stops_at_its_disk_and_its_page_says_what_it_keeps_and_costs(
    room: Workspace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(person(MAYA))
    waiting = actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="script.py", script="pass")
    left(room, {"flow.csv": b"x" * 2048})
    monkeypatch.setenv("CHARTEROAK_PROJECT_DISK_GIB", str(2048 / (1 << 30)))
    monkeypatch.setenv("CHARTEROAK_PRICE_OF_AN_HOUR", "0.10")
    page = client.get(f"/workspaces/{NUMBER}/").text.replace("\xa0", " ")
    assert "Keeps 2.0 KB of 2.0 KB of disk" in page
    assert "$0.00 of $50.00" in page
    sent: dict[str, Any] = {"workspace": room.pk, "by": person(MAYA), "script_name": "a.py", "script": "pass"}
    assert refused(actions.submit_job, **sent) == ["disk_spent"]
    assert actions.start(pk=waiting.pk) is None
    waiting.refresh_from_db()
    assert (waiting.status, "MiB of disk" in waiting.outcome) == ("refused", True)
    assert refused(sessions.open_, workspace=room.pk, by=person(MAYA)) == ["disk_spent"]


FILLS = "open('/enclave/work/{name}', 'wb').write(bytes(3 << 20)); import time; time.sleep(30)"
EMPTIES = (
    "import os, time; time.sleep(3); os.remove('/enclave/work/first')"  # after several looks at the folder
)


@pytest.mark.sandbox
def test_a_full_work_folder_is_emptied_by_a_job_and_filled_by_none(
    room: Workspace, as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = replace(batch.limits(), work=1 << 20)
    monkeypatch.setattr(batch, "limits", lambda: allowed)
    filled = ran(as_process, room, FILLS.format(name="first"))
    assert "it may begin in a full folder" in filled.outcome
    more = ran(as_process, room, FILLS.format(name="second"))
    assert "it may begin in a full folder" in more.outcome
    emptied = ran(as_process, room, EMPTIES)
    assert emptied.status == "succeeded", emptied.outcome
