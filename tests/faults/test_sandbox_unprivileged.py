"""Without root: the same sandbox where limits can be enforced, a refusal where they cannot."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyseccomp
import pytest

import charteroak
from charteroak.adapters.sandboxes import cgroups

pytestmark = [pytest.mark.sandbox, pytest.mark.root]
NOBODY_ELSE = 1_900_000_777

PROGRAM = """
import json, os, socket, sys
from dataclasses import asdict
from charteroak.adapters import sandboxes
from charteroak.adapters.sandboxes.examination import runs_apart
from charteroak.sandbox import DATA, WORK, Limits, Mount, SandboxSpec
data, work = sys.argv[1:]
said = {"limits": asdict(sandboxes.limits_enforced())}
mounts = (Mount(data, DATA), Mount(work, WORK, writable=True))
spec = SandboxSpec(mounts, Limits(memory=64 << 20, processes=20))
inside = '''
import os, socket
print(os.getuid(), open("/enclave/data/table").read().strip())
open("made", "w").close()
for attempt in (lambda: open("/enclave/data/table", "w"), lambda: socket.socket(40), lambda: os.setuid(0)):
    try: attempt(); print("escaped")
    except OSError: print("held")
'''
try:
    said["probe"] = sandboxes.run(spec, ["/usr/bin/python3", "-c", inside]).stdout.decode().split()
    hog = sandboxes.run(spec, ["/usr/bin/python3", "-c", "x = bytearray(500_000_000)"])
    said["hog"] = hog.status
    said["apart"] = asdict(runs_apart())
    sandboxes.run(spec, ["true"], uid=1)
except sandboxes.LimitsNotEnforced as error:
    said["refused"] = str(error)
except sandboxes.NotStarted as error:
    said["account"] = str(error)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that the account reaches, with our code; pytest's own folders are root's alone."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        home = Path(charteroak.__file__).parent
        unwanted = shutil.ignore_patterns("static", "__pycache__", "*.pyc")
        shutil.copytree(home, place / "lib" / "charteroak", ignore=unwanted)
        shutil.copy(pyseccomp.__file__, place / "lib")
        for folder in ("data", "work"):
            (place / folder).mkdir()
            os.chown(place / folder, NOBODY_ELSE, NOBODY_ELSE)
        (place / "data" / "table").write_text("table\n", encoding="utf-8")
        yield place


@pytest.fixture
def delegated() -> Iterator[list[Path]]:
    """A group that belongs to the account, as `systemd-run --user -p Delegate=yes` would make it."""
    where = cgroups.hierarchies()
    assert not isinstance(where, str)
    folders = [folder / f"delegated-{os.getpid()}" for folder in where.folders]
    for folder in folders:
        folder.mkdir()
        for path in (folder, folder / "cgroup.procs", folder / "cgroup.subtree_control"):
            if path.exists():
                os.chown(path, NOBODY_ELSE, NOBODY_ELSE)
    yield folders
    for folder in folders:
        for below in [*folder.glob("*/"), folder]:
            below.rmdir()


def run_as_nobody_else(place: Path, entrances: list[Path]) -> dict[str, object]:
    enter = "".join(f"echo $$ > {folder}/cgroup.procs; " for folder in entrances)
    account = f"setpriv --reuid={NOBODY_ELSE} --regid={NOBODY_ELSE} --clear-groups"
    program = ["/usr/bin/python3", "-c", PROGRAM, str(place / "data"), str(place / "work")]
    ended = subprocess.run(
        ["sh", "-c", f'{enter} exec {account} "$@"', "sh", *program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(place / "lib"), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    said: dict[str, object] = json.loads(ended.stdout)
    return said


def test_a_run_whose_limits_cannot_be_enforced_is_refused(place: Path) -> None:
    said = run_as_nobody_else(place, [])
    assert "cannot be enforced" in str(said["refused"])
    assert "systemd-run" in str(said["refused"])
    assert said["limits"]["ok"] is False  # type: ignore[index]  # JSON
    assert "probe" not in said


def test_a_delegated_group_is_enough_to_be_sealed_and_held(place: Path, delegated: list[Path]) -> None:
    said = run_as_nobody_else(place, delegated)
    assert said["probe"] == ["1000", "table", "held", "held", "held"]
    assert said["hog"] == 137
    assert (place / "work" / "made").stat().st_uid == NOBODY_ELSE
    assert "Only root can run as account 1" in str(said["account"])


def test_without_root_it_is_said_that_runs_share_the_hosts_files(place: Path, delegated: list[Path]) -> None:
    told = run_as_nobody_else(place, delegated)["apart"]
    assert isinstance(told, dict)
    assert (told["ok"], told["mend"]) == (False, "start as root")
    assert "/etc, /usr, devices" in told["detail"]
