"""The stricter tier: the command meets gVisor's kernel and not the host's, and is held to the same limits."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from charteroak.adapters import sandboxes
from charteroak.adapters.sandboxes import cgroups
from charteroak.sandbox import DATA, WORK, Isolator, Limits, Mount, SandboxSpec

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.root,
    pytest.mark.skipif(not shutil.which("runsc"), reason="not installed: runsc (apt-get install runsc)"),
]
MIB = 1 << 20
OWNER = 1_900_000_123


def run(command: list[str], limits: Limits | None = None, *mounts: Mount) -> sandboxes.Ended:
    return sandboxes.run(
        SandboxSpec(mounts, limits or Limits(), isolator=Isolator.GVISOR), command, uid=OWNER
    )


def python(program: str, limits: Limits | None = None, *mounts: Mount) -> sandboxes.Ended:
    return run(["/usr/bin/python3", "-c", program], limits, *mounts)


def test_the_command_meets_another_kernel_than_the_hosts() -> None:
    ended = python("import os; print(os.uname().release, os.getuid())")
    assert ended.status == 0, ended.stderr.decode()
    release, uid = ended.stdout.decode().split()
    assert release != os.uname().release
    assert uid == "1000"


@pytest.mark.parametrize("owner", [OWNER, 0], ids=["the project's folder", "a folder of root's"])
def test_what_it_writes_belongs_to_the_folders_owner_and_data_cannot_be_written(
    owner: int, tmp_path: Path
) -> None:
    data, work = tmp_path / "data", tmp_path / "work"
    for folder in (data, work):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, owner)
    (data / "table").write_text("1\n", encoding="utf-8")
    (data / "table").chmod(0o400)
    os.chown(data / "table", owner, owner)
    mounts = (Mount(str(data), DATA), Mount(str(work), WORK, writable=True))
    copied = python(f"open('out', 'w').write(open('{DATA}/table').read())", None, *mounts)
    assert copied.status == 0, copied.stderr.decode()
    assert (work / "out").read_text(encoding="utf-8") == "1\n"
    assert (work / "out").stat().st_uid == owner
    refused = python(f"open('{DATA}/other', 'w')", None, *mounts)
    assert b"Read-only file system" in refused.stderr
    assert (
        str(tmp_path).encode()
        not in python("print(open('/proc/self/mountinfo').read())", None, *mounts).stdout
    )


def test_its_own_status_no_such_command_out_of_memory_and_out_of_time() -> None:
    assert run(["/bin/sh", "-c", "exit 7"]).status == 7
    assert run(["nowhere"]).status == 127
    full = python("x = bytearray(900_000_000)", Limits(memory=256 * MIB))
    assert (full.status, full.out_of_memory) == (137, True)
    late = python("import time; time.sleep(1000)", Limits(seconds=2))
    assert (late.status, late.timed_out) == (124, True)


def test_nothing_of_it_is_left() -> None:
    python(
        "import subprocess, time; subprocess.Popen(['sleep', '1000']); time.sleep(1000)", Limits(seconds=2)
    )
    where = cgroups.hierarchies()
    assert not isinstance(where, str)
    assert [left for folder in where.folders for left in folder.glob(f"charteroak-{os.getpid()}-*")] == []
    held = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"charteroak-{os.getpid()}-" not in held


def test_a_fork_bomb_ends_with_the_run() -> None:
    program = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass"
    ended = python(program, Limits(seconds=3, memory=256 * MIB, processes=64))
    assert ended.status != 0
    assert python("print('well')").stdout == b"well\n", "others go on"
