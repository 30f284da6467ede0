"""Workspaces and jobs: who gets in, what a script sees, what it leaves, what happens when access ends."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from apps import outputs_way, way
from apps.hub_way import NUMBER, AsProcess
from apps.outputs_way import MAYA, left, ran
from apps.way import person
from charteroak.adapters import clock
from charteroak.adapters.environment import home
from charteroak.agencies import actions as agencies
from charteroak.agreements import actions as agreements
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.workspaces import actions, batch, scripts, tasks
from charteroak.workspaces.actions.workspace import FIRST_ACCOUNT
from charteroak.workspaces.models import Job, Workspace

pytestmark = pytest.mark.usefixtures("on_the_day")


def submit(room: Workspace, username: str = MAYA, script: str = "pass") -> Job:
    return actions.submit_job(workspace=room.pk, by=person(username), script_name="script.py", script=script)


def refused(room: Workspace, username: str = MAYA) -> set[str]:
    with pytest.raises(Refused) as caught:
        submit(room, username)
    return {reason.rule for reason in caught.value.reasons}


LOOKS_AROUND = """
import os, pathlib
data = sorted(path.name for path in pathlib.Path("/enclave/data").iterdir())
outbox = pathlib.Path("/enclave/work/outbox")
assert not list(outbox.iterdir()), "the outbox is not empty"
kept = pathlib.Path("/enclave/work/kept.txt")
(outbox / "seen.txt").write_text(f"{data} {kept.exists()} {os.getuid()}")
kept.write_text("for the next job")
(outbox / "a b.txt").write_text("a name with a space")
(outbox / "empty.csv").write_text("")
(outbox / "link.csv").symlink_to("/enclave/data/sde.parquet")
print("what I print is an output too")
"""


def test_a_script_sees_the_extract_without_the_evidence_and_its_own_folder_again(
    room: Workspace, as_process: AsProcess
) -> None:
    for before in ("False", "True"):
        job = ran(as_process, room, LOOKS_AROUND)
        assert job.status == "succeeded", job.outcome
        assert "3 files were not taken" in job.outcome
        assert re.search(r"finished in (1 second|\d+ seconds) and left 1 file, beside its log\.", job.outcome)
        outputs = {output.name: output for output in job.outputs.all()}
        assert set(outputs) == {"seen.txt", scripts.LOG}
        with as_process("outputs"):
            from charteroak.outputs.checks import read

            seen = read(outputs["seen.txt"]).decode()
            assert read(outputs[scripts.LOG]) == b"what I print is an output too\n"
        assert seen.startswith(f"['sde.parquet'] {before}")
    assert job.manifest["extract"] == {"sde": room.extract.tables["sde"]["sha256"]}
    assert job.manifest["outputs"]["seen.txt"] == outputs["seen.txt"].sha256
    assert (home().workspaces / NUMBER / "work").stat().st_mode & 0o777 == 0o700


def test_decrypted_tables_are_gone_when_the_job_has_ended(room: Workspace, as_process: AsProcess) -> None:
    from charteroak.adapters.spill import MEMORY, mine

    before = set(MEMORY.glob(f"{mine()}*"))
    ran(as_process, room, "raise SystemExit(3)")
    assert set(MEMORY.glob(f"{mine()}*")) <= before
    job = Job.objects.get()
    assert (job.status, job.exit_status) == ("failed", 3)
    assert "exit status 3" in job.outcome


def test_the_web_process_cannot_open_what_a_job_left(room: Workspace) -> None:
    from charteroak.adapters.keys import KeyUnavailable
    from charteroak.outputs.checks import read

    job = left(room, {"table.csv": b"a,b\n1,2\n"})
    with pytest.raises(KeyUnavailable):
        read(job.outputs.get())


def test_only_people_named_trained_and_pledged_start_a_job(room: Workspace) -> None:
    assert submit(room, "jonah.reed").status == "queued"
    assert refused(room, "eve.lang") == {"wrong_role"}
    assert refused(room, "kim.tran") == {"wrong_role"}
    assert refused(room, "sam.reyes") == {"wrong_role"}
    clock.move_to(clock.now() + timedelta(days=400))
    assert refused(room) == {"agreement_expired"}


def test_a_lapsed_training_shuts_the_door_and_a_new_one_opens_it(room: Workspace) -> None:
    maya = person(MAYA)
    way.lapse(MAYA, clock.today() - timedelta(days=1))
    assert refused(room) == {"training_lapsed"}
    agencies.complete_training(by=maya)
    assert submit(room).status == "queued"


def test_a_job_is_refused_when_access_ended_while_it_waited(room: Workspace, as_process: AsProcess) -> None:
    job = submit(room)
    agreements.terminate(pk=room.agreement.pk, by=person("sam.reyes"), because="breach")
    with as_process("enclave"):
        batch.run(job.pk)
    job.refresh_from_db()
    assert job.status == "refused"
    assert "ended" in job.outcome
    assert not job.outputs.exists()
    logged = Event.objects.get(name="workspaces:job:start:refused")
    assert (logged.by, "agreement_ended" in logged.text) == (MAYA, True)


def test_a_workspace_opens_once_for_its_operator_on_a_reviewed_extract_only(as_process: AsProcess) -> None:
    extract = outputs_way.small_extract(as_process)
    kim = person("kim.tran")
    extract.status = "built"
    extract.save()
    with pytest.raises(Refused, match="review before access"):
        actions.open_(extract=extract.pk, by=kim)
    extract.status = "cleared"
    extract.save()
    with pytest.raises(Refused, match="Only enclave operator"):
        actions.open_(extract=extract.pk, by=person("sam.reyes"))
    assert actions.open_(extract=extract.pk, by=kim).account == FIRST_ACCOUNT + extract.pk
    with pytest.raises(Refused, match="has its workspace"):
        actions.open_(extract=extract.pk, by=kim)


def test_a_job_that_was_cut_off_starts_anew_and_leaves_its_files_once(
    room: Workspace, as_process: AsProcess
) -> None:
    job = submit(room, script=outputs_way.TABLES)
    assert actions.start(pk=job.pk)  # and the worker is killed here
    with as_process("enclave"):
        batch.run(job.pk)
        batch.run(job.pk)
    job.refresh_from_db()
    assert job.status == "succeeded"
    assert sorted(o.name for o in job.outputs.all()) == [
        "by_race.csv",
        "by_race.toml",
        "log.txt",
        "notes.txt",
    ]
    assert Event.objects.filter(name="workspaces:job:succeed").count() == 1


def test_a_cancelled_job_leaves_nothing(room: Workspace, as_process: AsProcess) -> None:
    job = submit(room)
    assert actions.start(pk=job.pk)
    with pytest.raises(Refused):
        actions.cancel(pk=job.pk, by=person("eve.lang"))
    actions.cancel(pk=job.pk, by=person(MAYA))
    kept = [batch.keep(NUMBER, "table.csv", b"1")]
    actions.end(pk=job.pk, exit_status=0, outcome="", left=kept, manifest={"extract": {}, "environment": ""})
    job.refresh_from_db()
    assert (job.status, job.outputs.count()) == ("cancelled", 0)


SLEEPS = """
import pathlib, time
work = pathlib.Path("/enclave/work")
(work / "began.txt").touch()
time.sleep(60)
(work / "finished.txt").touch()
"""


def test_a_job_that_is_cancelled_while_it_runs_is_ended(room: Workspace, as_process: AsProcess) -> None:
    work = home().workspaces / NUMBER / "work"
    for name in ("began.txt", "finished.txt"):
        (work / name).unlink(missing_ok=True)
    job = submit(room, script=SLEEPS)

    def run() -> None:
        batch.run(job.pk)
        connection.close()

    with as_process("enclave"):
        enclave = threading.Thread(target=run)
        enclave.start()
        while enclave.is_alive() and not (work / "began.txt").exists():
            time.sleep(0.05)
        actions.cancel(pk=job.pk, by=person(MAYA))
        enclave.join()
    job.refresh_from_db()
    assert (job.status, job.outputs.count()) == ("cancelled", 0)
    assert not (work / "finished.txt").exists()


def test_a_job_that_no_worker_will_take_up_again_has_failed(room: Workspace, as_process: AsProcess) -> None:
    given_up, waits = submit(room), submit(room)
    assert actions.start(pk=given_up.pk)
    tasks.give_up()
    assert not Job.objects.filter(status="failed").exists()
    with as_process("enclave"), connection.cursor() as cursor:  # as the queue does after its last attempt
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'workspaces:run' "
            "AND (args->>'job')::int = %s",
            [given_up.pk],
        )
    with as_process("enclave"):
        tasks.give_up()
        tasks.give_up()
    given_up.refresh_from_db()
    waits.refresh_from_db()
    assert (given_up.status, waits.status) == ("failed", "queued")
    assert "could not run this job" in given_up.outcome
    assert Event.objects.filter(name="workspaces:job:give_up").count() == 1


def test_a_script_is_there_and_not_too_long_on_every_route(room: Workspace, client: Client) -> None:
    client.force_login(person(MAYA))
    for script, rule in ((" ", "no_script"), ("#" * 200_001, "script_too_long")):
        sent = client.post(
            f"/api/workspaces/{NUMBER}/submit-job", {"script": script}, content_type="application/json"
        )
        assert [reason["rule"] for reason in sent.json()["reasons"]] == [rule]
    assert not Job.objects.exists()


def test_a_closed_workspace_starts_no_job(room: Workspace, as_process: AsProcess) -> None:
    waiting = submit(room)
    actions.close(pk=room.pk, by=person("kim.tran"))
    assert refused(room) == {"wrong_status"}
    with as_process("enclave"):
        batch.run(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.status == "refused"


def test_the_pages_show_a_room_to_its_people_and_to_nobody_else(room: Workspace, client: Client) -> None:
    job = left(room, {"table.csv": b"a,b\n1,2\n"})
    place, deed = f"/workspaces/{NUMBER}/", f"/workspaces/{NUMBER}/jobs/{job.pk}/"
    client.force_login(person("eve.lang"))
    assert [client.get(path).status_code for path in (place, deed, f"/api{place[:-1]}")] == [404, 404, 404]
    assert client.post(f"{place}submit-job/", {"script": "pass"}).status_code == 404
    client.force_login(person("kim.tran"))
    assert 'id="action-submit-job"' not in client.get(place).text
    client.force_login(person(MAYA))
    page = client.get(place).text
    assert 'id="action-submit-job"' in page
    assert "sde.parquet" in page
    assert "evidence" not in page
    page = client.get(deed).text
    assert job.outputs.get().sha256 in page
    assert "1,2" not in page
    assert "Whose turn" not in page, "an ended job waits for nobody"


def test_a_script_is_sent_through_the_page(room: Workspace, client: Client) -> None:
    client.force_login(person(MAYA))
    wrong = client.post(f"/workspaces/{NUMBER}/submit-job/", {"script": " "})
    assert (wrong.status_code, "There is no script" in wrong.text) == (400, True)
    sent = client.post(f"/workspaces/{NUMBER}/submit-job/", {"script": "print(1)"}, follow=True)
    assert "waits for its turn" in sent.text
    assert outputs_way.waiting()[-1] == "workspaces:run"
    job = Job.objects.get()
    answer = client.get(f"/api/workspaces/{NUMBER}/jobs/{job.pk}").json()
    assert (answer["status"], answer["permitted"]) == ("queued", ["cancel"])
    way.lapse(MAYA, clock.today() - timedelta(days=1))
    door = client.post(f"/workspaces/{NUMBER}/submit-job/", {"script": "print(1)"})
    assert (door.status_code, "training" in door.text) == (403, True)
    malformed = client.post(f"/workspaces/{NUMBER}/submit-job/", {"script": " "})
    assert (malformed.status_code, "training" in malformed.text) == (403, True)
    said = client.post(
        f"/api/workspaces/{NUMBER}/submit-job", {"script": "print(1)"}, content_type="application/json",
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert [reason["rule"] for reason in said.json()["reasons"]] == ["training_lapsed"]
    assert Event.objects.filter(name__endswith=":refused").count() == 3
