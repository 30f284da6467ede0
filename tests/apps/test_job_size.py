"""What one job may use is the installation's to say; the sandbox holds it, page, interface and manifest tell it."""

from typing import Any

import pytest

from apps.hub_way import NUMBER, AsProcess
from apps.outputs_way import ran
from apps.way import as_
from charteroak.adapters.environment import job_size
from charteroak.workspaces.models import Workspace

pytestmark = pytest.mark.usefixtures("on_the_day")
SECONDS = 3
WAITS = "import time; time.sleep(120)"
FILLS = "held = bytearray(1 << 30); held[::4096] = b'x' * len(held[::4096]); print(len(held))"


def test_a_job_may_run_for_hours_unless_the_installation_says_otherwise(
    room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (job_size().hours, job_size().memory, job_size().cpus) == (4.0, 4 << 30, 1.0)
    monkeypatch.setenv("CHARTEROAK_JOB_HOURS", "12")
    monkeypatch.setenv("CHARTEROAK_JOB_MEMORY_GIB", "16")
    monkeypatch.setenv("CHARTEROAK_JOB_CPUS", "2")
    maya = as_("maya.ortiz")
    page = " ".join(maya.get(f"/workspaces/{NUMBER}/").text.replace("\xa0", " ").split())
    assert (
        "A job may take 12 hours, with 16.0 GB of memory, 64 processes and this many processors: 2." in page
    )
    said: dict[str, Any] = maya.get(f"/api/workspaces/{NUMBER}").json()
    assert said["job"] == {"hours": 12.0, "memory": 16 << 30, "cpus": 2.0}


@pytest.mark.parametrize("said", ["0", "-1", "inf", "nan"])
def test_a_size_that_bounds_nothing_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTEROAK_JOB_HOURS", said)
    with pytest.raises(ValueError, match="CHARTEROAK_JOB_HOURS"):
        job_size()


@pytest.mark.sandbox
def test_a_job_is_held_to_the_time_and_the_memory_that_are_set(
    room: Workspace, as_process: AsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTEROAK_JOB_HOURS", str(SECONDS / 3600))
    late = ran(as_process, room, WAITS)
    assert (late.status, late.manifest["limits"]["seconds"]) == ("failed", pytest.approx(SECONDS)), (
        late.outcome
    )
    assert late.outcome.startswith("Stopped after")
    monkeypatch.delenv("CHARTEROAK_JOB_HOURS")
    monkeypatch.setenv("CHARTEROAK_JOB_MEMORY_GIB", "0.25")
    large = ran(as_process, room, FILLS)
    assert "more than 0.25 GiB of memory" in large.outcome
    assert large.manifest["limits"]["memory"] == 1 << 28
