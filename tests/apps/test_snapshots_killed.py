"""A work folder's half-done leftovers of a process that was killed, and the bounds of what is sealed and opened."""

import fcntl
import os
import signal
import subprocess
import sys

import pytest

from apps.hub_way import AsProcess
from apps.test_snapshots import SECRET, folder, read, sealed, written
from charteroak.workspaces import batch, broker, sealing
from charteroak.workspaces.models import Workspace

pytestmark = pytest.mark.usefixtures("on_the_day")


KILLED = """
import os, shutil, signal, sys
import django; django.setup()
from charteroak.workspaces import sealing, snapshots
from charteroak.workspaces.models import Workspace
step = getattr(sealing, sys.argv[1])
def killed(*arguments):
    if sys.argv[1] == "_unpack":
        (arguments[2] / "a.txt").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
setattr(sealing, sys.argv[1], killed)
if sys.argv[1] == "_gone":
    sealing._gone = lambda folder: killed() if folder.exists() else None
    snapshots.seal_unused()
with sealing.opened(Workspace.objects.get()):
    pass
"""


@pytest.mark.parametrize(("step", "left"), [("_gone", "work.gone"), ("_unpack", "work.opening")])
def test_what_a_killed_process_left_half_done_goes_within_a_minute(
    room: Workspace, as_process: AsProcess, step: str, left: str
) -> None:
    written(room, as_process)
    if step == "_unpack":
        sealed(as_process)
    process = {**os.environ, "CHARTEROAK_PROCESS": "enclave"}
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, step], env=process, capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert (folder() / left).exists()
    with sealing._lock(folder() / "lock", fcntl.LOCK_SH):  # somebody is coming in
        sealed(as_process)
        assert (folder() / left).exists()
    sealed(as_process)
    assert [path.name for path in folder().iterdir() if path.is_dir()] == []
    assert read(room, as_process) == SECRET


def test_all_that_can_be_sealed_can_be_opened() -> None:
    """On the disk an opened folder takes what it took before, and what its holes took in the archive."""
    for limits in (broker.LIMITS, batch.limits()):
        assert limits.work < sealing.PACKING.work, "it is looked at twice a second: it may have outgrown it"
        assert limits.file_size <= sealing.OPENING.file_size
    assert sealing.OPENING.work == sealing.PACKING.work + sealing.LARGEST
    assert sealing.PACKING.work <= sealing.LARGEST, "what fits on the disk fits into an archive"
