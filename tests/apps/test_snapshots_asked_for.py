"""A snapshot that somebody asked for: with its reason, beside the automatic ones, and not replaced by them."""

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.hub_way import NUMBER, AsProcess
from apps.outputs_way import MAYA
from apps.test_snapshots import read, sealed, written
from apps.test_snapshots_restored import restored
from apps.way import person, refused
from charteroak.adapters import stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.audit.models import Event
from charteroak.workspaces import actions, sealing, snapshots, tasks
from charteroak.workspaces.models import Snapshot, Workspace

pytestmark = pytest.mark.usefixtures("on_the_day")


def taken(as_process: AsProcess) -> None:
    """The enclave does what was asked for."""
    (asked,) = ProcrastinateJob.objects.filter(task_name=snapshots.TAKE, status="todo")
    with as_process("enclave"):
        tasks.take(**asked.args)


def there() -> list[tuple[str, int | None]]:
    found = Snapshot.objects.filter(removed_at__isnull=True)
    return [(one.because, one.asked_by_id) for one in found]


def test_it_outlasts_the_automatic_ones_and_comes_back(
    room: Workspace, as_process: AsProcess, client: Client
) -> None:
    written(room, as_process, b"as sent")
    client.force_login(person(MAYA))
    page = client.get(f"/workspaces/{NUMBER}/").text
    assert 'id="action-take-snapshot"' in page
    said = client.post(f"/workspaces/{NUMBER}/take-snapshot/", {"because": "as sent to the journal"})
    assert said.status_code == 302
    taken(as_process)
    assert there() == [("as sent to the journal", person(MAYA).pk), ("", None)]
    assert Event.objects.get(name="workspaces:snapshot:take").by == MAYA
    for number in range(snapshots.KEPT + 1):
        written(room, as_process, f"{number}".encode())
        sealed(as_process)
    assert [because for because, _by in there()] == ["", "", "", "as sent to the journal"]
    assert "Dr Maya Ortiz: as sent to the journal" in client.get(f"/workspaces/{NUMBER}/").text
    restored(as_process, Snapshot.objects.get(because__gt=""))
    assert read(room, as_process) == b"as sent"


def test_it_needs_a_reason_standing_and_an_empty_folder(
    room: Workspace, as_process: AsProcess, client: Client
) -> None:
    def ask(who: str = MAYA, because: str = "as sent") -> list[str]:
        return refused(snapshots.ask_to_take, workspace=room.pk, by=person(who), because=because)

    assert ask(because=" ") == ["snapshot_without_reason"]
    assert ask("ida.moss") == ["wrong_role"]
    client.force_login(person(MAYA))
    answer = client.post(
        f"/api/workspaces/{NUMBER}/take-snapshot", {"because": "as sent"}, content_type="application/json"
    )
    assert answer.status_code == 200
    with as_process("enclave"), sealing.opened(room):  # somebody came in meanwhile
        pass
    with as_process("enclave"), sealing.opened(room):
        (asked,) = ProcrastinateJob.objects.filter(task_name=snapshots.TAKE)
        tasks.take(**asked.args)
    assert there() == []
    assert Event.objects.filter(name="workspaces:snapshot:take:refused").exists()
    actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="a.py", script="pass")
    assert ask() == ["folder_in_use"]


def test_the_fourth_takes_the_place_of_the_first(room: Workspace, as_process: AsProcess) -> None:
    written(room, as_process, b"one")
    for number in range(snapshots.KEPT + 1):
        with as_process("enclave"):
            snapshots.take(pk=room.pk, by=person(MAYA), because=f"number {number}")
    assert [because for because, _by in there()] == ["number 3", "number 2", "number 1", ""]
    assert read(room, as_process) == b"one"


def test_its_bytes_go_with_it_though_newer_automatic_ones_went_before(
    room: Workspace, as_process: AsProcess
) -> None:
    for number in range(2 * snapshots.KEPT + 2):
        written(room, as_process, f"{number}".encode())
        sealed(as_process)
        if number == 0:
            with as_process("enclave"):
                snapshots.take(pk=room.pk, by=person(MAYA), because="the first")
    first = Snapshot.objects.get(because="the first")
    with as_process("enclave"):
        assert stores.vault(Store.WORK).exists(ObjectId(Store.WORK, first.stored))
    for number in range(snapshots.KEPT):
        with as_process("enclave"):
            snapshots.take(pk=room.pk, by=person(MAYA), because=f"number {number}")
    assert "the first" not in [because for because, _by in there()]
    with as_process("enclave"):
        assert not stores.vault(Store.WORK).exists(ObjectId(Store.WORK, first.stored))
