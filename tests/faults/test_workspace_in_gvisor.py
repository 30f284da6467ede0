"""A project's job on gVisor's kernel, from the opened workspace to the outputs that its checkers read."""

import os
import shutil
from collections.abc import Iterator

import pytest

from apps import outputs_way, way
from apps.hub_way import DAY, NUMBER, AsProcess
from apps.outputs_way import ran
from apps.way import person
from charteroak.adapters.environment import home
from charteroak.outputs.checks import read
from charteroak.policy.workspace import Isolator
from charteroak.workspaces import actions, tasks
from charteroak.workspaces.models import Workspace

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.root,
    pytest.mark.skipif(not shutil.which("runsc"), reason="not installed: runsc (apt-get install runsc)"),
]
LOOKS = """
import os, pathlib, socket
import duckdb
rows = duckdb.sql("select race_eth, count(*) n from '/enclave/data/sde.parquet' group by 1 order by 1").fetchall()
outbox = pathlib.Path("/enclave/work/outbox")
(outbox / "counts.csv").write_text("race_eth,n\\n" + "".join(f"{race},{n}\\n" for race, n in rows))
try:
    pathlib.Path("/enclave/data/more").write_text("x")
except OSError as error:
    refused = error.strerror
canary = socket.socket()
canary.settimeout(2)
reached = canary.connect_ex(("127.0.0.1", PORT)) == 0
print(os.uname().release, os.getuid(), sorted(os.listdir("/enclave/data")), refused, reached, sep="|")
"""


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    with way.day(DAY):
        yield


@pytest.fixture
def room(on_the_day: None, as_process: AsProcess) -> Workspace:
    shutil.rmtree(home().workspaces / NUMBER, ignore_errors=True)
    extract = outputs_way.small_extract(as_process)
    with as_process("enclave"):
        tasks.tell()
    return actions.open_(extract=extract.pk, by=person("kim.tran"), isolator=Isolator.GVISOR)


def test_a_job_reads_its_extract_on_another_kernel_and_leaves_what_it_made(
    room: Workspace, as_process: AsProcess
) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as canary:
        job = ran(as_process, room, LOOKS.replace("PORT", str(canary.getsockname()[1])))
    with as_process("outputs"):
        outputs = {output.name: read(output).decode() for output in job.outputs.all()}
    assert job.status == "succeeded", outputs
    kernel, uid, data, refused, reached = outputs["log.txt"].strip().split("|")
    assert kernel != os.uname().release
    assert (uid, data) == ("1000", "['sde.parquet']"), "not the evidence"
    assert (refused, reached) == ("Permission denied", "False")
    assert outputs["counts.csv"] == "race_eth,n\nH,76\nP,4\nW,120\n"
    assert job.manifest["isolator"] == "gvisor"
    work = home().workspaces / NUMBER / "work"
    assert work.stat().st_uid == room.account, "the project's own folder, whoever's kernel wrote into it"


def test_what_it_makes_is_what_bubblewrap_makes(room: Workspace, as_process: AsProcess) -> None:
    made = {}
    for isolator in (Isolator.GVISOR, Isolator.BUBBLEWRAP):
        room.isolator = isolator
        room.save()
        job = ran(as_process, room)
        assert job.status == "succeeded", job.outcome
        assert job.manifest["isolator"] == isolator
        made[isolator] = {name: sha for name, sha in job.manifest["outputs"].items() if name != "log.txt"}
    assert made[Isolator.GVISOR] == made[Isolator.BUBBLEWRAP]
    assert set(made[Isolator.GVISOR]) > {"notes.txt"}
