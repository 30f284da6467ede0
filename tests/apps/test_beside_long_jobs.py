"""A job that runs for hours holds up nobody else's work in the enclave."""

import threading

import pytest
from django.db import connection

from apps import inputs_way
from apps.hub_way import AsProcess, worker
from apps.outputs_way import MAYA
from apps.way import person
from charteroak.adapters import stores
from charteroak.adapters.environment import Process, home
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.inputs import actions as inputs
from charteroak.inputs import tasks as input_tasks
from charteroak.inputs.models import InputRequest
from charteroak.workspaces import actions, sealing
from charteroak.workspaces.models import Job, Workspace
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
