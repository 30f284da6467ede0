"""Linker and extract builder killed at their work: the next run completes it, and nothing is there twice."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import polars as pl
import pytest

from apps import hub_way, way
from apps.hub_way import NUMBER, AsProcess
from apps.way import STEWARDS, person
from charteroak.adapters import stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.audit.models import Event
from charteroak.hub import actions as hub
from charteroak.hub import clerical
from charteroak.hub.models import Extract, LinkRun
from charteroak.synthetic import generate

JOB = (
    "import os, sys, django; django.setup(); from charteroak.{room} import {file}; "
    "print('ready', flush=True); {file}.{job}({pk})"
)


DELAYS = (0.1, 0.6)  # seconds after the job began


@pytest.fixture(autouse=True)
def on_the_day(live_database: None) -> Iterator[None]:
    with way.day(hub_way.DAY):
        yield


def killed_until_done(process: str, room: str, file: str, job: str, pk: int) -> int:
    """Run the job in a process of its own, killed a little later each time, until one run ends by itself."""
    program = JOB.format(room=room, file=file, job=job, pk=pk)
    for attempt in count():
        running = subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "CHARTEROAK_PROCESS": process},
            stdout=subprocess.PIPE,
        )
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        if attempt < len(DELAYS):
            time.sleep(DELAYS[attempt])
            running.kill()
        ended = running.wait()
        running.stdout.close()
        if ended == 0:
            return attempt
        assert ended == -9
    raise AssertionError


def once(name: str) -> None:
    assert Event.objects.filter(name=name).count() == 1, name


def test_a_check_killed_again_and_again_accepts_once(as_process: AsProcess) -> None:
    hub_way.executed(as_process)
    rows = "".join(f"C{n}\t@{n:08d}\t\t\tOak\tAna\t\t20010203\tF\n" for n in range(400_000))
    head = "record_id\tbanner_id\tsasid\tssn\tlast\tfirst\tmiddle\tdob\tgender\n"
    sent = hub_way.receive("CSC", "matching", (head + rows).encode())
    killed_until_done("linker", "submissions", "checking", "check", sent.pk)
    sent.refresh_from_db()
    assert (sent.status, sent.rows) == ("accepted", 400_000)
    once("submissions:delivery:accept")
    with as_process("linker"):
        opened = stores.vault(Store.IDENTITY).open(ObjectId(Store.IDENTITY, sent.stored))
        assert b"".join(opened) == (head + rows).encode()


def test_a_run_and_an_extract_killed_again_and_again_are_made_once(
    as_process: AsProcess, tmp_path: Path
) -> None:
    generate(tmp_path, request=NUMBER, scale=0.1)
    hub_way.delivered(as_process, tmp_path)
    run = hub.start_link_run(number=NUMBER, by=person("noor.haddad"))
    killed_until_done("linker", "hub", "linking", "link", run.pk)
    once("hub:link_run:link")
    decide_and_settle(as_process)
    killed_until_done("linker", "hub", "linking", "write_crosswalk", run.pk)
    once("hub:link_run:write_crosswalk")
    for agency, steward in STEWARDS.items():
        hub.confirm(number=NUMBER, by=person(steward), agency=agency)
    extract = Extract.objects.get()
    killed_until_done("extractor", "hub", "extracts", "build", extract.pk)
    once("hub:extract:build")
    extract.refresh_from_db()
    with as_process("enclave"):
        tables: dict[str, pl.DataFrame] = {name: hub_way.table(extract, name) for name in extract.stored}
    assert {name: frame.height for name, frame in tables.items()} == {
        name: of["rows"] for name, of in extract.tables.items()
    }


def decide_and_settle(as_process: AsProcess) -> None:
    run, noor = LinkRun.objects.get(), person("noor.haddad")
    with as_process("linker"):
        shown = clerical.evidence(run, range(1, run.pairs_to_review + 1))
    hub.decide_pairs(number=NUMBER, by=noor, decisions={pair["number"]: pair["alike"] for pair in shown})
    hub.settle(number=NUMBER, by=noor)
