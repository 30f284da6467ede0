"""What a session keeps: notebooks, a kernel that begins anew, the work folder after a crash; what it has inside."""

from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from apps import sessions_way
from apps.hub_way import AsProcess
from apps.inside import Inside
from apps.outputs_way import ran
from apps.sessions_way import opened
from charteroak.adapters import environments
from charteroak.workspaces.models import Workspace

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not environments.interactive(), reason="JupyterLab is not installed: make jupyter"),
]
CELL = {"cell_type": "code", "source": "1 + 1", "metadata": {}, "outputs": [], "execution_count": 1}
NOTEBOOK = {
    "type": "notebook",
    "content": {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
}
CHECKS = """
import subprocess, polars
from charteroak import disclosure
polars.read_parquet("/enclave/data/sde.parquet").group_by("race_eth").len("count").write_csv("outbox/counts.csv")
print(subprocess.run(["oak", "check", "outbox/counts.csv", "--records", "/enclave/data/sde.parquet", "--person", "pid",
                      "--by", "race_eth", "--statistic", "count", "--json"], capture_output=True, text=True))
"""


@pytest.fixture
def held(room: Workspace, as_process: AsProcess, live_database: object) -> Workspace:
    return room


def test_what_was_saved_is_there_in_the_next_session_after_a_stop_and_after_a_crash(held: Workspace) -> None:
    first = opened(held)
    with sessions_way.hosted(first):
        inside = Inside(first)
        inside.ask("PUT", "/api/contents/mine.ipynb", NOTEBOOK)
    second = opened(held)
    with sessions_way.hosted(second) as thread:
        inside = Inside(second)
        assert inside.ask("GET", "/api/contents/mine.ipynb")["content"]["cells"][0]["source"] == "1 + 1"
        kernel = inside.kernel()
        inside.run(kernel, "open('half.csv', 'w').write('a'); known = 1")
        inside.ask("POST", f"/api/kernels/{kernel}/restart")
        assert "NameError" in inside.run(kernel, "print(known)"), "a kernel that is restarted begins anew"
        with pytest.raises(ConnectionClosed):  # the server is killed by what runs in it
            inside.run(kernel, "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")
        thread.join()
    second.refresh_from_db()
    assert second.status == "ended"
    assert "by itself" in second.outcome
    third = opened(held)
    with sessions_way.hosted(third):
        inside = Inside(third)
        names = {one["name"] for one in inside.ask("GET", "/api/contents/")["content"]}
        assert {"mine.ipynb", "half.csv"} <= names


@pytest.mark.skipif(
    not Path("/usr/lib/R/site-library/IRkernel").exists(), reason="apt-get install r-cran-irkernel"
)
def test_r_and_sql_run_in_cells(held: Workspace) -> None:
    session = opened(held)
    with sessions_way.hosted(session):
        inside = Inside(session)
        assert "ir" in inside.ask("GET", "/api/kernelspecs")["kernelspecs"]
        assert "[1] 42" in inside.run(inside.kernel("ir"), "print(6 * 7)")
        asked = "duckdb.execute(\"select count(*) from '/enclave/data/sde.parquet'\").fetchone()[0]"
        assert inside.run(inside.kernel(), f"import duckdb; {asked}") == "200"


def test_a_researcher_sees_the_verdict_inside(room: Workspace, as_process: AsProcess) -> None:
    job = ran(as_process, room, CHECKS, invented=True)
    assert job.status == "succeeded", job.outcome
    assert '\\n "table": "counts.csv"' in job.printed, job.printed
    assert "returncode=2" not in job.printed
