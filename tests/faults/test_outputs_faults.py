"""The enclave and the outputs process killed at their work: it is completed once, and nothing unapproved gets out."""

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from apps import outputs_way, way
from apps.hub_way import DAY, NUMBER, AsProcess, worker
from apps.outputs_way import MAYA, left, requested
from apps.way import person
from charteroak.adapters.environment import Process, home
from charteroak.adapters.spill import MEMORY, mine
from charteroak.audit.models import Event
from charteroak.outputs.models import Release, ReleaseRequest
from charteroak.workspaces import actions
from charteroak.workspaces.models import Job, Workspace
from faults.killed import out, released_once, releasing, steps_to_try
from faults.misfortune import until

JOB = (
    "import django; django.setup(); from charteroak.{room} import {file}; "
    "print('ready', flush=True); {file}.{job}({pk})"
)
SLOW = """
import pathlib, time
outbox = pathlib.Path("/enclave/work/outbox")
assert not list(outbox.iterdir()), "left by a run that was cut off"
(outbox / "half.csv").write_text("a,b\\n1,2\\n")
time.sleep(1.5)
(outbox / "table.csv").write_text("a,b\\n1,2\\n")
(outbox / "half.csv").unlink()
"""


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    shutil.rmtree(home().vault / "released", ignore_errors=True)
    with way.day(DAY):
        yield


@pytest.fixture
def room(on_the_day: None, as_process: AsProcess) -> Workspace:
    return outputs_way.workspace(as_process)


def run(process: str, room: str, file: str, job: str, pk: int, kill_when: Callable[[], bool] | None) -> int:
    """The job in a process of its own, killed as soon as `kill_when` holds; its exit status."""
    running = subprocess.Popen(
        [sys.executable, "-c", JOB.format(room=room, file=file, job=job, pk=pk)],
        env={**os.environ, "CHARTEROAK_PROCESS": process},
        stdout=subprocess.PIPE,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == b"ready\n"
    while kill_when is not None and running.poll() is None:
        if kill_when():
            running.kill()
        time.sleep(0.002)
    running.stdout.close()
    return running.wait()


def public() -> set[str]:
    """Objects in the released store; what is still being written is not one yet."""
    found = (home().vault / "released").rglob("*")
    return {path.name for path in found if path.is_file() and "staging" not in path.parts}


def staged() -> bool:
    return any((home().vault / "released").rglob("staging/*"))


def test_a_release_killed_at_any_step_is_completed_once_with_approved_bytes_only(
    room: Workspace, as_process: AsProcess
) -> None:
    contents = {f"table_{n}.csv": secrets.token_hex(4 << 20).encode() for n in range(3)}
    left(room, {"never.csv": b"not approved\n"})
    record = requested(left(room, contents), list(contents))
    outputs_way.judged(as_process, record)
    outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(record)))
    allowed = set(record.files.values_list("sha256", flat=True))
    before = len(public())
    steps: list[Callable[[], bool]] = [
        lambda: True,
        staged,
        lambda: len(public()) > before,
        lambda: len(public()) == len(allowed),
    ]
    for step in steps:
        ended = run("outputs", "outputs", "release", "release", record.pk, step)
        assert ended in (0, -9)
        assert public() <= allowed
        status = ReleaseRequest.objects.get(pk=record.pk).status
        assert (status == "released") == Release.objects.exists()
    assert run("outputs", "outputs", "release", "release", record.pk, None) == 0
    assert public() == allowed
    assert ReleaseRequest.objects.get(pk=record.pk).status == "released"
    assert Event.objects.filter(name="outputs:release_request:release").count() == 1
    assert Release.objects.get().files.count() == len(allowed)


def test_a_job_killed_in_the_middle_runs_again_and_leaves_its_files_once(
    room: Workspace, as_process: AsProcess
) -> None:
    job = actions.submit_job(workspace=room.pk, by=person(MAYA), script_name="slow.py", script=SLOW)
    half = home().workspaces / NUMBER / "work" / "outbox" / "half.csv"
    before = set(MEMORY.glob(f"{mine()}*"))
    for _ in range(2):
        assert run("enclave", "workspaces", "batch", "run", job.pk, half.exists) == -9
        assert Job.objects.get(pk=job.pk).status == "running"
        half.unlink()  # so that the next run's own can be waited for
        (half.parent / "left.csv").write_text("of a run that was cut off")
    assert run("enclave", "workspaces", "batch", "run", job.pk, None) == 0
    job.refresh_from_db()
    assert job.status == "succeeded", job.outcome
    assert sorted(output.name for output in job.outputs.all()) == ["log.txt", "table.csv"]
    assert Event.objects.filter(name="workspaces:job:succeed").count() == 1
    assert set(MEMORY.glob(f"{mine()}*")) <= before


def test_a_release_killed_at_steps_of_every_kind_lets_nothing_else_out_and_is_finished_by_the_next(
    room: Workspace, as_process: AsProcess
) -> None:
    contents = {f"table_{n}.csv": secrets.token_hex(1 << 20).encode() for n in range(2)}
    left(room, {"never.csv": b"not approved\n"})
    record = requested(left(room, contents), list(contents))
    outputs_way.judged(as_process, record)
    outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(record)))
    allowed = {one: one for one in record.files.values_list("sha256", flat=True)}
    with releasing(record.pk) as run:
        ended, steps = run.attempt()
        assert (ended, out()) == (0, allowed)
        assert steps > 1_000
        kills = 0
        for step in steps_to_try(steps, 16):
            run.approved_anew()
            before = Event.objects.filter(name="outputs:release_request:release").count()
            kills += run.attempt(step)[0] == -9
            assert out().items() <= allowed.items()
            status = ReleaseRequest.objects.get(pk=record.pk).status
            assert (status == "released") == Release.objects.exists()
            assert run.attempt()[0] == 0
            assert out() == allowed
            assert released_once(record.pk)
            assert Event.objects.filter(name="outputs:release_request:release").count() == before + 1
        assert kills >= 14, "a run has a few steps more or less than another, so the last may not be met"


def test_a_release_that_the_store_does_not_take_is_tried_again_by_itself_and_counted(
    room: Workspace, as_process: AsProcess
) -> None:
    record = requested(left(room, {"table.csv": b"year,people\n2019,120\n"}))
    outputs_way.judged(as_process, record)
    outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(record)))
    in_the_way = home().vault / "released"
    in_the_way.write_text("a file where the store's folder should be")
    asked = ProcrastinateJob.objects.filter(task_name="outputs:release")
    try:
        with worker(Process.OUTPUTS):
            until(lambda: asked.filter(status="todo", attempts__gte=1).exists())
            assert ReleaseRequest.objects.get(pk=record.pk).status == "approved", "nothing is half done"
            assert not Release.objects.exists()
            in_the_way.unlink()
            until(Release.objects.exists)
            until(asked.filter(status="succeeded").exists)
    finally:
        if in_the_way.is_file():
            in_the_way.unlink()
    assert out() == {file.sha256: file.sha256 for file in record.files.all()}
    assert Event.objects.filter(name="outputs:release_request:release").count() == 1
