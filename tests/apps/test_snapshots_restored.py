"""An earlier work folder in place of today's: nothing is lost by it, and nobody's folder changes under them."""

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.hub_way import NUMBER, AsProcess
from apps.outputs_way import MAYA
from apps.test_snapshots import read, sealed, written
from apps.way import person, refused
from charteroak.audit.models import Event
from charteroak.workspaces import actions, sealing, snapshots, tasks
from charteroak.workspaces.models import Snapshot, Workspace

pytestmark = pytest.mark.usefixtures("on_the_day")


def restored(as_process: AsProcess, snapshot: Snapshot) -> None:
    with as_process("enclave"):
        tasks.restore(snapshot.pk, MAYA)


def test_what_lay_in_the_folder_is_sealed_first_and_can_be_had_back(
    room: Workspace, as_process: AsProcess
) -> None:
    written(room, as_process, b"first")
    sealed(as_process)
    first = Snapshot.objects.get()
    written(room, as_process, b"second")  # and not sealed yet
    snapshots.ask_to_restore(snapshot=first, by=person(MAYA))
    assert ProcrastinateJob.objects.filter(task_name=snapshots.RESTORE, status="todo").exists()
    restored(as_process, first)
    restored(as_process, first)  # done twice, it is done once
    assert read(room, as_process) == b"first"
    newest, second, _first = Snapshot.objects.all()
    assert (newest.restores, second.restores) == (first, None)
    assert Event.objects.get(name="workspaces:snapshot:restore").by == MAYA
    restored(as_process, second)
    assert read(room, as_process) == b"second"
    assert not Event.objects.filter(name="workspaces:snapshot:restore:refused").exists()


def test_nobodys_folder_changes_under_them(room: Workspace, as_process: AsProcess) -> None:
    written(room, as_process, b"first")
    sealed(as_process)
    first = Snapshot.objects.get()
    with as_process("enclave"), sealing.opened(room) as work:
        (work / "a.txt").write_bytes(b"mine")
        tasks.restore(first.pk, MAYA)  # asked before they came in
        assert (work / "a.txt").read_bytes() == b"mine"
    assert Snapshot.objects.count() == 1
    actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="a.py", script="pass")
    assert refused(snapshots.ask_to_restore, snapshot=first, by=person(MAYA)) == ["folder_in_use"]
    assert refused(snapshots.ask_to_restore, snapshot=first, by=person("ida.moss")) == ["wrong_role"]


def test_on_the_page_and_by_json(room: Workspace, as_process: AsProcess, client: Client) -> None:
    for text in (b"first", b"second"):
        written(room, as_process, text)
        sealed(as_process)
    second, first = Snapshot.objects.all()
    client.force_login(person(MAYA))
    page = client.get(f"/workspaces/{NUMBER}/").text
    assert f'id="action-restore-{first.pk}"' in page
    assert f'id="action-restore-{second.pk}"' not in page, "that is the folder as it is"
    assert client.post(f"/workspaces/{NUMBER}/snapshots/{first.pk}/restore/").status_code == 302
    restored(as_process, first)
    told = client.get(f"/api/workspaces/{NUMBER}").json()["snapshots"]
    assert [one["restores"] for one in told] == [first.pk, None, None]


def test_the_oldest_that_is_kept_comes_back_though_the_folder_has_to_be_sealed_first(
    room: Workspace, as_process: AsProcess
) -> None:
    for number in range(snapshots.KEPT):
        written(room, as_process, f"{number}".encode())
        sealed(as_process)
    oldest = Snapshot.objects.last()
    assert oldest is not None
    written(room, as_process, b"today's")  # and not sealed yet
    restored(as_process, oldest)
    assert read(room, as_process) == b"0"
    sealed(as_process)
    assert read(room, as_process) == b"0"
    assert Snapshot.objects.filter(removed_at=None).count() == snapshots.KEPT


def test_asked_for_again_after_more_work_it_is_restored_again(room: Workspace, as_process: AsProcess) -> None:
    written(room, as_process, b"first")
    sealed(as_process)
    first = Snapshot.objects.get()
    written(room, as_process, b"second")
    restored(as_process, first)
    written(room, as_process, b"third")  # and not sealed yet
    restored(as_process, first)
    assert read(room, as_process) == b"first"
    assert Event.objects.filter(name="workspaces:snapshot:restore").count() == 2
