"""A job that runs for hours holds up nobody else's work in the enclave."""

import os
import threading

import pytest
from django.db import connection

from apps import crowd, inputs_way
from apps.hub_way import AsProcess, worker
from apps.outputs_way import MAYA
from apps.way import person
from charteroak.adapters import stores
from charteroak.adapters.environment import Process, home, jobs_at_once
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.inputs import actions as inputs
from charteroak.inputs import tasks as input_tasks
from charteroak.inputs.models import InputRequest
from charteroak.site import workers
from charteroak.workspaces import actions, sealing
from charteroak.workspaces.models import Job, Workspace
from conftest import owner_beside
from faults.misfortune import until

pytestmark = pytest.mark.usefixtures("on_the_day")
ENDLESS = "import time\nwhile True:\n    time.sleep(1)\n"


def status(record: Job | InputRequest | Workspace) -> str:
    record.refresh_from_db(fields=["status"])
    return record.status


@pytest.mark.sandbox
def test_what_comes_in_is_scanned_and_removed_while_a_job_runs(
    room: Workspace, as_process: AsProcess
) -> None:
    job = actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="endless.py", script=ENDLESS)
    with worker(Process.ENCLAVE):
        until(lambda: status(job) == "running")
        try:
            asked = inputs_way.asked(room)
            until(lambda: status(asked) == "scanned")
            inputs.refuse(pk=asked.pk, by=person("ida.moss"), because="The catalog has it already.")
            with as_process("enclave"):
                input_tasks.discard.defer()  # as the clock does every minute
            stored = ObjectId(Store.CHECK, asked.stored)
            until(lambda: not stores.vault(Store.CHECK).exists(stored))
            assert status(job) == "running"
        finally:
            actions.cancel(pk=job.pk, by=person(MAYA))


@pytest.mark.sandbox
def test_another_project_s_job_begins_beside_one_that_runs_for_hours(
    room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTEROAK_JOBS_AT_ONCE", "2")
    with owner_beside():
        crowd.of_projects(1)
    beside = Workspace.objects.exclude(pk=room.pk).get()
    first, second, other = (
        actions.submit_job(
            workspace=pk, by=person(MAYA), script_name="endless.py", script=ENDLESS, invented=True
        )
        for pk in (room.pk, room.pk, beside.pk)
    )
    with worker(Process.ENCLAVE):
        try:
            until(lambda: (status(first), status(other)) == ("running", "running"))
            assert status(second) == "queued", "two of one project would share its folder and its outbox"
            actions.cancel(pk=first.pk, by=person(MAYA))
            until(lambda: status(second) == "running")
            assert status(other) == "running"
        finally:
            for job in (first, second, other):
                if status(job) in {"queued", "running"}:
                    actions.cancel(pk=job.pk, by=person(MAYA))


def test_as_many_projects_run_jobs_as_the_machine_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = f"{Process.ENCLAVE}.jobs"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)))
    monkeypatch.setattr(
        os, "sysconf", {"SC_PAGE_SIZE": 1 << 12, "SC_PHYS_PAGES": 6 << 20}.__getitem__
    )  # 24 GiB
    assert workers.queues(Process.ENCLAVE)[jobs] == 3  # of 4 GiB each, in half of the memory
    monkeypatch.setenv("CHARTEROAK_JOB_CPUS", "4")
    assert workers.queues(Process.ENCLAVE)[jobs] == 2
    monkeypatch.setenv("CHARTEROAK_JOB_MEMORY_GIB", "64")
    assert workers.queues(Process.ENCLAVE)[jobs] == 1
    monkeypatch.setenv("CHARTEROAK_JOBS_AT_ONCE", "5")
    assert workers.queues(Process.ENCLAVE)[jobs] == 5


@pytest.mark.parametrize("said", ["0", "-2", "1.5", "many"])
def test_a_number_of_jobs_that_is_none_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTEROAK_JOBS_AT_ONCE", said)
    with pytest.raises(ValueError, match="whole number above 0"):
        jobs_at_once()


def test_a_project_s_folder_goes_once_everybody_has_left_it(room: Workspace, as_process: AsProcess) -> None:
    def remove() -> None:
        actions.remove(agreement=room.agreement)
        connection.close()

    removing = threading.Thread(target=remove)
    with as_process("enclave"):
        with sealing.opened(room) as work:
            removing.start()
            until(lambda: status(room) == "closed")
            (work / "late.txt").write_text("Written by a job that is about to be ended.")
            assert removing.is_alive()
        removing.join()
    assert not (home().workspaces / room.agreement.number).exists()
