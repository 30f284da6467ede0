"""A look at a file is served beside long work, and is on the record only when a page was there to show it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pyrage
import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from apps import inputs_way, outputs_way
from apps.hub_way import NUMBER, AsProcess, worker
from apps.outputs_way import left, requested
from apps.way import person
from charteroak.adapters import postgres, showing
from charteroak.adapters.environment import Process, home
from charteroak.adapters.vault import VaultError
from charteroak.audit import looks as audit_looks
from charteroak.audit.models import Event
from charteroak.inputs import viewing as inputs_viewing
from charteroak.outputs import tasks, viewing
from charteroak.outputs.models import ReleaseRequest
from charteroak.workspaces import batch
from charteroak.workspaces.models import Workspace
from faults.misfortune import until

IDA = "ida.moss"
pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def record(room: Workspace, as_process: AsProcess) -> ReleaseRequest:
    return outputs_way.judged(as_process, requested(left(room, {"flow.csv": b"year,people\n2019,120\n"})))


@pytest.fixture
def page(record: ReleaseRequest) -> str:
    return f"/outputs/{record.number}/files/{record.files.get().pk}/"


@pytest.fixture
def ida(client: Client) -> Client:
    client.force_login(person(IDA))
    return client


@pytest.fixture(autouse=True)
def _nothing_left_by_other_tests() -> None:
    for view in left_over():
        view.unlink()


def looks() -> list[str]:
    return list(Event.objects.filter(name__endswith=":look").values_list("by", flat=True))


def asked() -> ProcrastinateJob:
    found: ProcrastinateJob = ProcrastinateJob.objects.get(task_name__endswith=":show")
    return found


def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "PATIENCE", 0.0)


def left_over() -> list[Path]:
    return list((home().vault / "views").glob("*"))


@contextmanager
def at_long_work(record: ReleaseRequest, as_process: AsProcess) -> Iterator[None]:
    """The outputs process is in the middle of a job that does not end before the block does."""
    with psycopg.connect(postgres.url(home(), Process.WEB)) as other:
        other.execute("SELECT 1 FROM outputs_releaserequest WHERE id = %s FOR UPDATE", [record.pk])
        with as_process("enclave"):
            tasks.record_checks.defer(release_request=record.pk, round=record.round, checks_object="")
        with worker(Process.OUTPUTS):
            until(lambda: ProcrastinateJob.objects.filter(queue_name="outputs", status="doing").exists())
            yield
            assert ProcrastinateJob.objects.filter(queue_name="outputs", status="doing").exists()
            other.rollback()


def test_a_checker_opens_a_file_while_the_process_is_at_long_work(
    record: ReleaseRequest, page: str, ida: Client, as_process: AsProcess
) -> None:
    with at_long_work(record, as_process):
        found = ida.get(page)
    assert found.status_code == 200
    assert "120" in found.text
    assert looks() == [IDA]


def test_a_page_that_must_wait_says_so_and_asks_again(
    page: str, ida: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_worker(monkeypatch)
    found = ida.get(page)
    assert found.status_code == 503
    assert (found.headers["Retry-After"], found.headers["Refresh"]) == ("10", "10")
    assert "The file cannot be shown yet" in found.text
    assert "No look was recorded." in found.text
    assert f'<a href="">{"Try again now"}</a>' in found.text


def test_a_page_that_left_is_no_look(
    page: str, ida: Client, as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_worker(monkeypatch)
    ida.get(page)
    monkeypatch.undo()
    with as_process("outputs"):
        viewing.show(**asked().args)
    assert looks() == []
    assert left_over() == []


def test_a_page_whose_process_was_killed_is_no_look(record: ReleaseRequest, as_process: AsProcess) -> None:
    """It could not take its ticket back; by its age the ticket says that nobody waits any more."""
    token = "b" * 32
    ticket = home().vault / "views" / f"{token}.waits"
    ticket.touch()
    os.utime(ticket, (0, 0))
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    with as_process("outputs"):
        viewing.show(file=record.files.get().pk, person=IDA, token=token, recipient=recipient)
    assert looks() == []
    assert left_over() == [ticket]
    assert showing.sweep() == 1


def test_a_file_that_cannot_be_read_is_no_look_and_the_page_says_so(
    record: ReleaseRequest, page: str, ida: Client, as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exchanged in the store: other bytes than the pinned ones are shown to nobody."""
    other = batch.keep(NUMBER, "flow.csv", b"year,people\n2019,9\n")
    output = record.files.get().output
    with as_process("outputs"):
        type(output).objects.filter(pk=output.pk).update(stored=other.stored)
    monkeypatch.setattr(audit_looks, "app", Beside(as_process))
    found = ida.get(page)
    assert found.status_code == 503
    assert "The store of files cannot be read at the moment." in found.text
    assert looks() == []


class Beside:
    """In place of the queue: the job is done at once, as the process that it waits for."""

    def __init__(self, as_process: AsProcess) -> None:
        self._as_process = as_process

    def configure_task(self, name: str, *, allow_unknown: bool) -> "Beside":
        assert (name, allow_unknown) == ("outputs:show", False)
        return self

    def defer(self, **arguments: object) -> None:
        with self._as_process("outputs"), pytest.raises(VaultError, match="not the pinned ones"):
            viewing.show(**arguments)  # type: ignore[arg-type]


def test_what_asks_to_come_in_is_no_look_either_when_the_page_left(
    room: Workspace, ida: Client, as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = inputs_way.scanned(as_process, inputs_way.asked(room))
    no_worker(monkeypatch)
    found = ida.get(f"/inputs/{asks.number}/file/")
    assert (found.status_code, found.headers["Refresh"]) == (503, "10")
    assert asked().queue_name == "enclave.pages", "beside the jobs that hold the enclave for hours"
    monkeypatch.undo()
    with as_process("enclave"):
        inputs_viewing.show(**asked().args)
    assert looks() == []


def test_a_full_search_for_garbage_leaves_out_what_the_process_loaded_at_its_start(
    page: str, ida: Client, as_process: AsProcess
) -> None:
    with worker(Process.OUTPUTS, at_the_end="import gc; print(gc.get_freeze_count())") as running:
        assert ida.get(page).status_code == 200
    assert running.stdout is not None
    with running.stdout as said:
        assert int(said.read()) > 100_000
