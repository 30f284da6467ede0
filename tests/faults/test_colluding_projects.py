"""Two projects that work together at the same time pass nothing to each other, by whatever channel they agreed on."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import isolation
from charteroak.adapters import sandboxes
from charteroak.adapters.sandboxes import cgroups
from charteroak.sandbox import DATA, ENVIRONMENT, WORK, Isolator, Limits
from faults.collusion import drive
from faults.two_projects import ACCOUNTS, NUMBER, PYTHON, RESIDUAL, Project

pytestmark = [pytest.mark.sandbox, pytest.mark.root, pytest.mark.enable_socket]


class Scene:
    """Two projects and the read-only folder that both see, as they see the research environment."""

    def __init__(self, folder: Path, group: str) -> None:
        self.shared, self.group = folder / "shared", group
        self.shared.mkdir()
        self.mine, self.other = (Project(folder / str(account), account, self.shared) for account in ACCOUNTS)
        for number in range(16):
            path = self.shared / f"file{number:02}"
            path.write_bytes(os.urandom(4096))
            os.utime(path, (1, 2))  # so that the next reading is written down
        os.sync()

    def facts(self, data: str, work: str, shared: str) -> str:
        told = {"data": data, "work": work, "shared": shared, "group_file": self.group}
        told |= {"senders_work": str(self.mine.work), "receivers_work": str(self.other.work)}
        return json.dumps({**told, "name": f"charteroak-{os.getpid()}", "number": NUMBER})

    @property
    def command(self) -> list[str]:
        return [PYTHON, "-m", "faults.collusion", self.facts(DATA, WORK, ENVIRONMENT)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    where = cgroups.hierarchies()
    assert not isinstance(where, str)
    group = cgroups.create(Limits(), where, 0)
    try:
        yield Scene(tmp_path_factory.mktemp("two"), str(group.folders[-1] / "pids.max"))
    finally:
        group.remove()


@pytest.fixture(scope="module", params=list(Isolator))
def passed(scene: Scene, request: pytest.FixtureRequest) -> dict[str, str]:
    """What came across between a script in a job of one and a session of the other; of gVisor, which is handed no
    socket, between two jobs.
    """
    if request.param == Isolator.GVISOR and not shutil.which("runsc"):
        pytest.skip("not installed: runsc (apt-get install runsc)")
    scene.mine.isolator = scene.other.isolator = request.param
    session = request.param == Isolator.BUBBLEWRAP
    with (
        scene.mine.runs(*scene.command) as sender,
        scene.other.runs(*scene.command, session=session) as receiver,
    ):
        return {name: drive.passed(name, sender, receiver) for name in sender.channels}


@pytest.fixture(scope="module")
def within_one(scene: Scene) -> dict[str, str]:
    scene.mine.isolator = Isolator.BUBBLEWRAP
    ended = sandboxes.run(scene.mine.spec, [*scene.command, "pair"], uid=scene.mine.account)
    assert ended.status == 0, ended.stderr.decode()
    found: dict[str, str] = json.loads(ended.stdout)
    return found


@pytest.fixture(scope="module")
def without_sandbox(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """On the bare machine, but with a host name that is the test's own."""
    folder = tmp_path_factory.mktemp("bare")
    facts = scene.facts(str(folder), str(folder), str(scene.shared))
    command = ["unshare", "--uts", sys.executable, "-m", "faults.collusion", facts, "pair"]
    ended = subprocess.run(
        command, capture_output=True, check=True, env={"PYTHONPATH": str(Path(__file__).parents[1])}
    )
    for left in (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path("/run"), scene.shared):
        with contextlib.suppress(FileNotFoundError):
            (left / f"charteroak-{os.getpid()}").unlink()
    found: dict[str, str] = json.loads(ended.stdout)
    return found


def test_nothing_passes_from_a_job_of_one_to_a_session_of_the_other(
    passed: dict[str, str], request: pytest.FixtureRequest
) -> None:
    across = {name: got for name, got in passed.items() if drive.came(got)}
    open_ = set(RESIDUAL) if Isolator.BUBBLEWRAP in request.node.callspec.id else set()
    assert set(across) == open_, across


def test_each_channel_passes_where_nothing_stands_between(
    within_one: dict[str, str], without_sandbox: dict[str, str]
) -> None:
    silent = {
        name: (got, without_sandbox[name])
        for name, got in within_one.items()
        if not drive.came(got) and not drive.came(without_sandbox[name])
    }
    assert set(silent) <= {"vsock"}, silent
    # Few kernels have a loopback of it: there a listener opens at least, which no sandbox lets happen.
    assert all("timed out" in bare for _, bare in silent.values()), silent


def test_the_page_says_what_came_of_each_channel(
    passed: dict[str, str], request: pytest.FixtureRequest
) -> None:
    found = {
        name: f"open: {RESIDUAL[name]}" if drive.came(got) else isolation.BLOCKED
        for name, got in passed.items()
    }
    assert len(found) >= 45
    isolation.hold(
        "channels", "bubblewrap" if Isolator.BUBBLEWRAP in request.node.callspec.id else "gVisor", found
    )
