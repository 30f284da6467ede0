"""A marimo notebook is a script: it runs as a job on the records, and from a cell of a session."""

import pytest

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
    pytest.mark.skipif(not environments.interactive(), reason="marimo is not installed: make jupyter"),
]
NOTEBOOK = """
import marimo

app = marimo.App()

@app.cell
def counted(pl):
    table = pl.read_parquet("/enclave/data/sde.parquet").group_by("race_eth").len("count")
    return (table,)

@app.cell
def written(table):
    table.sort("race_eth").write_csv("outbox/counts.csv")
    print(table["count"].sum(), "records")
    return

@app.cell
def used():
    import polars as pl
    return (pl,)

if __name__ == "__main__":
    app.run()
"""


def test_it_runs_as_a_job_on_the_records(room: Workspace, as_process: AsProcess) -> None:
    job = ran(as_process, room, NOTEBOOK, "notebook.py")
    assert job.status == "succeeded", job.outcome
    assert job.outputs.filter(name="counts.csv").exists(), "its cells ran, in the order of what they need"
    again = ran(as_process, room, NOTEBOOK, "notebook.py")
    first, second = (one.outputs.get(name="counts.csv").sha256 for one in (job, again))
    assert first == second


def test_it_runs_from_a_cell_of_a_session(room: Workspace, live_database: object) -> None:
    session = opened(room)
    with sessions_way.hosted(session):
        inside = Inside(session)
        kernel = inside.kernel()
        inside.run(kernel, f"import os; os.makedirs('outbox'); open('notebook.py', 'w').write({NOTEBOOK!r})")
        ran = "subprocess.run(['python', 'notebook.py'], capture_output=True, text=True)"
        assert "200 records" in inside.run(kernel, f"import subprocess; print({ran})")
