"""From a reviewed extract to released bytes, by the project's people, the checkers and the enclave's own processes."""

import csv
import hashlib
import io
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
from procrastinate.contrib.django.models import ProcrastinateJob

from apps import hub_way, way
from apps.hub_way import NUMBER
from apps.way import STEWARDS, person
from charteroak.adapters import clock, stores
from charteroak.adapters.environment import home
from charteroak.adapters.stores import Store
from charteroak.agreements.models import Agreement
from charteroak.board import actions as board
from charteroak.board.models import Board
from charteroak.disclosure.answers import written
from charteroak.hub import actions as hub
from charteroak.hub.models import Extract, LinkRun
from charteroak.outputs import actions as outputs
from charteroak.outputs import checks
from charteroak.outputs import files as output_files
from charteroak.outputs import release as releasing
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.queries import Ballot
from charteroak.policy.motion import Choice
from charteroak.policy.release_request import Vote
from charteroak.workspaces import actions as workspaces
from charteroak.workspaces import batch, scripts
from charteroak.workspaces.models import Job, Workspace
from conftest import owner_beside

AsProcess = Callable[[str], AbstractContextManager[object]]
MAYA, CHECKERS = "maya.ortiz", ("ida.moss", "al.pike")
SAID: dict[str, Any] = {"context": "Counts.", "population": "All graduates.", "kinds": ["count"]}
TWO_TABLES = {"flow.csv": b"year,people\n2019,120\n", "towns.csv": b"town,people\nAsh,40\n"}

TABLES = """
from pathlib import Path
from charteroak.disclosure import Derivation, build, shipped, strictest, submit
by_race = Derivation(name="by_race", source="SELECT * FROM sde", person="pid", dimensions=("race_eth",),
                     margins=("race_eth",))
tables = build([by_race], Path("/enclave/data"), strictest(shipped("board"), shipped("sde"), shipped("dol")))
submit(Path("/enclave/work/outbox"), [by_race], tables)
Path("/enclave/work/outbox/notes.txt").write_text("Counts of graduates.")
"""


def people() -> dict[str, pl.DataFrame]:
    """A small extract: 200 people in three groups, one of them of four."""
    races = ["W"] * 120 + ["H"] * 76 + ["P"] * 4
    pids = [hashlib.sha256(str(number).encode()).hexdigest()[:32] for number in range(len(races))]
    sde = pl.DataFrame({"pid": pids, "race_eth": races}).sort("pid")
    evidence = sde.select("pid").with_columns(total_wage=pl.lit(1.0))
    return {"sde": sde, "evidence": evidence}


def small_extract(as_process: AsProcess, preclear_days: int = 0) -> Extract:
    """An extract that passed its review, on an agreement in force; made here, not by the hub."""
    hub_way.executed(as_process, preclear_days)
    way.cleared()
    agreement, noor = Agreement.objects.get(), person("noor.haddad")
    with owner_beside():  # in people's names, though nobody acted
        run = LinkRun.objects.create(agreement=agreement, started_by=noor, started_at=clock.now())
        extract = Extract(
            link_run=run, status="cleared", ordered_by=noor, ordered_at=clock.now(),
            cleared_by=person("sam.reyes"), cleared_at=clock.now(),
        )  # fmt: skip
        _filled(extract)
    return extract


def _filled(extract: Extract) -> None:
    for name, frame in people().items():
        content = io.BytesIO()
        frame.write_parquet(content)
        digest = hashlib.sha256(content.getvalue()).hexdigest()
        content.seek(0)
        extract.tables[name] = {"columns": frame.columns, "rows": frame.height, "sha256": digest}
        sealed = stores.vault(Store.EXTRACT).put(content, project=NUMBER, store=Store.EXTRACT)
        extract.stored[name] = sealed.sha256
    extract.save()


def workspace(as_process: AsProcess, preclear_days: int = 0) -> Workspace:
    """Open, with a small extract and nothing of an earlier one of its number in its folder."""
    shutil.rmtree(home().workspaces / NUMBER, ignore_errors=True)
    return workspaces.open_(extract=small_extract(as_process, preclear_days).pk, by=person("kim.tran"))


def real_workspace(as_process: AsProcess, state: Path) -> Workspace:
    """Open, with the extract that the hub built from the agencies' files."""
    hub_way.delivered(as_process, state)
    extract = hub_way.built(as_process)
    hub.clear_extract(number=NUMBER, by=person("sam.reyes"))
    way.cleared()
    return workspaces.open_(extract=extract.pk, by=person("kim.tran"))


def analysis(state: Path) -> str:
    """The script of the demo's researcher, with the public crosswalk of towns in it."""
    source = (files("charteroak.demo") / "analysis.py").read_text("utf-8")
    with (state / "crosswalks" / "town_region.csv").open(encoding="utf-8", newline="") as rows:
        towns = [(row["town_code"], row["town"], row["region"]) for row in csv.DictReader(rows)]
    return source.replace("REGION_VALUES", ", ".join(str(town) for town in towns))


def ran(
    as_process: AsProcess,
    record: Workspace,
    script: str = TABLES,
    name: str = "script.py",
    *,
    invented: bool = False,
) -> Job:
    """A job of Maya's, run to its end by the enclave."""
    job = workspaces.submit_job(
        workspace=record.pk, by=person(MAYA), script_name=name, script=script, invented=invented
    )
    with as_process("enclave"):
        batch.run(job.pk)
    job.refresh_from_db()
    return job


def left(record: Workspace, contents: Mapping[str, bytes]) -> Job:
    """A job that ended and left these files, without a run in the sandbox."""
    job = workspaces.submit_job(workspace=record.pk, by=person(MAYA), script_name="script.py", script="pass")
    assert workspaces.start(pk=job.pk)
    kept = [batch.keep(NUMBER, name, content) for name, content in contents.items()]
    manifest = {"extract": {"sde": record.extract.tables["sde"]["sha256"]}, "environment": "e" * 64}
    workspaces.end(pk=job.pk, exit_status=0, outcome="Finished.", left=kept, manifest=manifest)
    job.refresh_from_db()
    return job


def requested(job: Job, names: list[str] | None = None) -> ReleaseRequest:
    """A release request with the job's files, not yet sent."""
    record = outputs.start(workspace=job.workspace.pk, by=person(MAYA))
    for output in job.outputs.exclude(name__endswith=".toml"):
        if output.name != scripts.LOG and (names is None or output.name in names):
            output_files.add(pk=record.pk, by=person(MAYA), output=output.pk, controls="Suppressed.", **SAID)
    return record


def checked(as_process: AsProcess, record: ReleaseRequest) -> ReleaseRequest:
    """Sent, and judged by the airlock's own processes."""
    outputs.submit(pk=record.pk, by=person(MAYA))
    record.refresh_from_db()
    with as_process("outputs"):
        objects = checks.seal(record)
    with as_process("enclave"):
        found = checks.rebuild(ReleaseRequest.objects.get(pk=record.pk), objects)
    with as_process("outputs"):
        checks.record_verdicts(pk=record.pk, round_=record.round, checks=found)
    record.refresh_from_db()
    return record


def judged(
    as_process: AsProcess,
    record: ReleaseRequest,
    verdicts: Mapping[str, str] | None = None,
    known: Mapping[str, Mapping[str, object]] | None = None,
) -> ReleaseRequest:
    """Sent, with these verdicts as the enclave would have sealed them; a file not named passes.

    `known` is what else they found of a file.
    """
    outputs.submit(pk=record.pk, by=person(MAYA))
    record.refresh_from_db()
    found = [
        {
            "file": file.name, "sha256": file.sha256, "derivable": True, "same_bytes": True,
            "verdict": (verdicts or {}).get(file.name, "pass"), "rebuilt": "", "evidence": [], "published": [],
            "verdicts": [{"rule": "frequency", "verdict": (verdicts or {}).get(file.name, "pass")}],
            **(known or {}).get(file.name, {}),
        }
        for file in record.files.all()
    ]  # fmt: skip
    sealed = batch.keep(NUMBER, "checks", written({"files": found}).encode())
    with as_process("outputs"):
        checks.record_verdicts(pk=record.pk, round_=record.round, checks=sealed.stored)
    record.refresh_from_db()
    return record


def vote(record: ReleaseRequest, checker: str, change: Mapping[str, str] | None = None) -> None:
    """A checker's review: `change` maps a file's name to what must change, the others are approved."""
    wanted = change or {}
    votes = {
        file.pk: Ballot(
            Vote.CHANGE if file.name in wanted else Vote.APPROVE, file.sha256, wanted.get(file.name, "")
        )
        for file in record.files.all()
    }
    outputs.review(pk=record.pk, by=person(checker), votes=votes)
    record.refresh_from_db()


def reviewed(record: ReleaseRequest) -> ReleaseRequest:
    for checker in CHECKERS:
        vote(record, checker)
    return record


def cleared(record: ReleaseRequest) -> ReleaseRequest:
    for agency, steward in STEWARDS.items():
        outputs.clear(pk=record.pk, by=person(steward), agency=agency)
    record.refresh_from_db()
    return record


def carried(record: ReleaseRequest) -> None:
    """The board approves the outputs, eight days after the notice."""
    moved("approve_outputs", record.workspace.agreement, record.number)


def lost(record: ReleaseRequest) -> None:
    """The board votes the outputs down, eight days after the notice."""
    moved("approve_outputs", record.workspace.agreement, record.number, Choice.REJECT)


def moved(kind: str, agreement: Agreement, about: str, choice: Choice = Choice.APPROVE) -> None:
    """The members concerned vote so on the motion, eight days after the notice."""
    sam, june = person("sam.reyes"), person("june.fisher")
    now = clock.now()
    meeting = board.plan(
        by=sam, board=Board.objects.get().pk, starts_at=now + timedelta(days=8), place="Room 2B"
    )
    motion = board.add_motion(
        pk=meeting.pk, by=sam, kind=kind, data_request=agreement.data_request_id, text="Publish.", about=about,
    )  # fmt: skip
    board.notice(pk=meeting.pk, by=sam)
    clock.move_to(now + timedelta(days=8, minutes=1))
    for member in way.MEMBERS:
        board.attend(pk=meeting.pk, by=person(member))
    board.open_(pk=meeting.pk, by=june)
    for member in ("grace.stone", "omar.haines", "ruth.vega"):
        board.vote(pk=motion.pk, by=person(member), choice=choice)
    board.declare(pk=motion.pk, by=june)


def approved(record: ReleaseRequest) -> ReleaseRequest:
    """After the preview, and with the board's carried motion."""
    carried(record)
    clock.move_to(clock.now() + timedelta(days=31))
    outputs.approve(pk=record.pk, by=person("june.fisher"))
    record.refresh_from_db()
    return record


def released(as_process: AsProcess, record: ReleaseRequest) -> ReleaseRequest:
    with as_process("outputs"):
        assert releasing.release(record.pk)
    record.refresh_from_db()
    return record


def waiting() -> list[str]:
    """Names of the background jobs that wait for a worker."""
    return list(
        ProcrastinateJob.objects.filter(status="todo").order_by("id").values_list("task_name", flat=True)
    )
