"""What goes wrong in a run of one project leaves another's session as it was: it answers and saves."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from charteroak.adapters import sandboxes
from charteroak.adapters.sandboxes import Group
from charteroak.sandbox import Limits
from faults import two_projects
from faults.collusion.drive import End
from faults.two_projects import ACCOUNTS, PYTHON, Project

pytestmark = [pytest.mark.sandbox, pytest.mark.root]
MIB = 1 << 20

SESSION = """
import json, os, sys
print(json.dumps([os.getpid(), []]), flush=True)
for number, line in enumerate(sys.stdin):
    with open("/enclave/work/notebook", "ab") as file:
        file.write(bytes(1 << 20))
        os.fsync(file.fileno())
    with open("/tmp/scratch", "wb") as file, open("/dev/shm/table", "wb") as table:
        file.write(bytes(1 << 20)), table.write(bytes(1 << 20))
    kept = bytearray(32 << 20)
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    print(json.dumps(f"{os.getpid()} {number}"), flush=True)
"""
FILLS = """
import os
try:
    for n in range(1000): open(f"{n}", "wb").write(bytes(1 << 20))
except OSError as error: print(error.errno)
"""
FORKS = """
import os
try:
    while True:
        if os.fork() == 0: os.read(os.pipe()[0], 1)
except OSError as error: print(error.errno)
"""


def runs(project: Project, program: str, limits: Limits, **more: object) -> sandboxes.Ended:
    spec = replace(project.spec, limits=limits)
    return sandboxes.run(spec, [PYTHON, "-c", program], uid=project.uid, **more)  # type: ignore[arg-type]


def out_of_memory(project: Project) -> None:
    assert runs(project, "x = bytearray(500_000_000)", Limits(memory=64 * MIB)).out_of_memory


def full_disk(project: Project) -> None:
    with sandboxes.full_at(20 * MIB, project.work, project.account) as own:
        assert own
        assert runs(project, FILLS, Limits(work=20 * MIB)).stdout.split() == [b"28"]


def work_folder_outgrown(project: Project) -> None:
    slowly = "import time\nfor n in range(100_000): open(f'{n}', 'wb').write(bytes(1 << 20)); time.sleep(.02)"
    assert runs(project, slowly, Limits(work=20 * MIB)).work_full


def full_scratch_and_shared_memory(project: Project) -> None:
    fills = FILLS.replace('f"{n}"', 'f"/dev/shm/{n}"') + FILLS.replace('f"{n}"', 'f"/tmp/{n}"')
    limits = Limits(memory=256 * MIB, shared_memory=8 * MIB, scratch=8 * MIB)
    assert runs(project, fills, limits).stdout.split() == [b"28", b"28"]


def fork_bomb(project: Project) -> None:
    assert runs(project, FORKS, Limits(processes=20)).stdout.split() == [b"11"]


def out_of_time(project: Project) -> None:
    assert runs(project, "while True: pass", Limits(seconds=0.5)).timed_out


def cancelled(project: Project) -> None:
    assert runs(project, "import time; time.sleep(1000)", Limits(), stop=lambda: True).stopped


def killed(project: Project) -> None:
    groups: list[Group] = []

    def kill(_stream: str, _piece: bytes) -> None:
        os.kill(two_projects.outside(groups[0]), signal.SIGKILL)

    program = "import time; print('begun', flush=True); time.sleep(1000)"
    ended = runs(project, program, Limits(), on_group=groups.append, on_output=kill)
    assert ended.status == 128 + signal.SIGKILL


MISFORTUNES = (
    out_of_memory, full_disk, work_folder_outgrown, full_scratch_and_shared_memory, fork_bomb, out_of_time,
    cancelled, killed,
)  # fmt: skip


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    folder = tmp_path_factory.mktemp("two")
    (folder / "shared").mkdir()
    mine, other = (Project(folder / str(account), account, folder / "shared") for account in ACCOUNTS)
    return mine, other


@pytest.fixture(scope="module")
def session(projects: tuple[Project, Project]) -> Iterator[End]:
    """Of the other project, open from the first misfortune to the last."""
    with projects[1].runs(PYTHON, "-c", SESSION, session=True) as end:
        yield end


@pytest.mark.parametrize("misfortune", MISFORTUNES)
def test_a_session_of_another_project_answers_and_saves(
    misfortune: Callable[[Project], None], projects: tuple[Project, Project], session: End
) -> None:
    notebook = Path(projects[1].work, "notebook")
    process, number = session.does("before").split()
    misfortune(projects[0])
    assert session.does("after").split() == [process, str(int(number) + 1)]
    assert notebook.stat().st_size == (int(number) + 2) * MIB
