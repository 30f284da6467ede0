"""A hostile notebook in JupyterLab passes nothing to a hostile script of another project that runs at the same time."""

import contextlib
import json
import os
from pathlib import Path

import pytest

from apps import sessions_way
from apps.inside import Inside
from charteroak.adapters import environments
from charteroak.sandbox import DATA, ENVIRONMENT, WORK
from charteroak.workspaces.models import Workspace
from faults.collusion import drive
from faults.two_projects import ACCOUNTS, NUMBER, PROGRAM, PYTHON, RESIDUAL, Project

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.root,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not environments.interactive(), reason="JupyterLab is not installed: make jupyter"),
]
SHARED = f"{ENVIRONMENT}/base/lib/{environments.VERSION}/wsgiref"  # whose files no kernel has open itself
BEGINS = """
import json, os, pathlib, sys
for name, text in json.loads(PROGRAM).items():
    path = pathlib.Path("/enclave/work/hostile/faults/collusion", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
sys.path.insert(0, "/enclave/work/hostile")
sys.argv = ["", FACTS]
from faults.collusion import steps
channels = {}
print(json.dumps(steps.greeting()[1]))
"""


class Notebook:
    """An end whose steps are cells of one kernel."""

    def __init__(self, inside: Inside, facts: str) -> None:
        self.inside, self.kernel = inside, inside.kernel()
        program = json.dumps({path.name: path.read_text(encoding="utf-8") for path in PROGRAM.glob("*.py")})
        said = inside.run(self.kernel, f"PROGRAM, FACTS = {program!r}, {facts!r}\n{BEGINS}")
        self.channels: list[str] = json.loads(said)
        self.pid = kernel_outside()

    def does(self, *order: object) -> str:
        cell = f"print(json.dumps(steps.step(channels, *{list(order)!r})))"
        return str(json.loads(self.inside.run(self.kernel, cell)))


def kernel_outside() -> int:
    """The kernel's process by the host's number: the youngest that was begun as one."""
    begun = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if b"ipykernel" in path.read_bytes():
                begun.append(int(path.parent.name))
    return max(begun)


def facts() -> str:
    told = {"data": DATA, "work": WORK, "shared": SHARED, "group_file": "/sys/fs/cgroup/pids/pids.max"}
    told |= {"senders_work": WORK, "receivers_work": WORK, "name": f"charteroak-{os.getpid()}"}
    return json.dumps({**told, "number": NUMBER})


def test_nothing_passes_from_a_notebook_to_another_projects_script(
    room: Workspace, live_database: object, tmp_path: Path
) -> None:
    environment = environments.build(environments.folder_here()).mount
    script = Project(tmp_path / "script", ACCOUNTS[0], Path(environment.source))
    session = sessions_way.opened(room)
    with (
        sessions_way.hosted(session),
        script.runs(PYTHON, "-m", "faults.collusion", facts()) as job,
    ):
        notebook = Notebook(Inside(session), facts())
        assert len(notebook.channels) >= 45
        got = {name: drive.passed(name, notebook, job) for name in notebook.channels}
    across = {name: token for name, token in got.items() if drive.came(token)}
    assert across.keys() <= RESIDUAL.keys(), across
