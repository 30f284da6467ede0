"""Workspaces, their jobs and sessions, and what comes into them, at every status, for the product by route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps import inputs_way, outputs_way, sessions_way, way
from apps.outputs_way import MAYA, TWO_TABLES
from apps.product import Act, Scene
from apps.product_doors import as_worker
from charteroak.adapters import clock
from charteroak.inputs import actions as inputs
from charteroak.inputs.models import InputRequest
from charteroak.policy import input_request, job, session, workspace
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.roles import Role
from charteroak.workspaces import actions, sessions
from charteroak.workspaces.models import Job, Session, Snapshot, Workspace

TEAM = {actor: frozenset({Role.RECIPIENT}) for actor in ("author", "colleague")}
READERS = frozenset({"author", "colleague", "enclave", "checker", "auditor"})
WORKS = workspace.Action
REFUSAL = Refused((Reason("no_room", "There is no room."),))


def _room() -> Workspace:
    return Workspace.objects.get()


def _codes(_at: dict[str, Any]) -> dict[str, Any]:
    return {
        "file": SimpleUploadedFile("codes.csv", inputs_way.CODES), "kind": "code_list", "purpose": inputs_way.PURPOSE,
    }  # fmt: skip


def _act(action: workspace.Action, name: str = "", **more: Any) -> Act:
    door = f"/workspaces/{{number}}/{name or action.value.replace('_', '-')}"
    return Act(action, f"{door}/", f"/api{door}", **more)


OPEN = Act(
    WORKS.OPEN, "/workspaces/open/{number}/", "/api/workspaces/open/{number}",
    body={"hours": 100, "isolator": "bubblewrap", "mode": "query-only"}, label="open",
)  # fmt: skip
OF_WORKSPACES = (
    _act(WORKS.SUBMIT_JOB, body={"script": "pass"}),
    _act(WORKS.OPEN_SESSION),
    _act(WORKS.TAKE_SNAPSHOT, body={"because": "As sent to the journal."}),
    _act(WORKS.RESTORE, "snapshots/{snapshot}/restore"),
    _act(WORKS.ALLOW_HOURS, body={"hours": 700}),
    _act(WORKS.CLOSE),
    Act(WORKS.REQUEST_RELEASE, "/outputs/start/{number}/", "/api/outputs/start/{number}", label="start"),
    Act(WORKS.REQUEST_INPUT, "/inputs/ask/{number}/", "/api/inputs/ask/{number}", body=_codes, label="ask"),
)


def _unopened() -> dict[str, Any]:
    number = _room().agreement.number
    with as_worker("owner"):
        Workspace.objects.all().delete()
    return {"number": number}


def _opened() -> dict[str, Any]:
    with as_worker("owner"):
        kept = Snapshot.objects.create(workspace=_room(), made_at=clock.now(), size=10_240, stored="0" * 64)
    return {"number": _room().agreement.number, "snapshot": kept.pk}


def _closed() -> dict[str, Any]:
    at = _opened()
    actions.close(pk=_room().pk, by=way.person("kim.tran"))
    return at


def _of_room(_at: dict[str, Any]) -> str:
    return _room().status


def _scene(lifecycle: str, status: Any, build: Callable[[], dict[str, Any]], acts: Any, **more: Any) -> Scene:
    return Scene(lifecycle, status, build, acts, **{"sees": READERS, "gives": TEAM, **more})


WORKSPACES = (
    _scene("workspace", None, _unopened, (OPEN,), sees=frozenset({"enclave"})),
    _scene("workspace", workspace.Status.OPEN, _opened, OF_WORKSPACES, now=_of_room),
    _scene("workspace", workspace.Status.CLOSED, _closed, OF_WORKSPACES, now=_of_room),
)
RUNS = job.Action


def _of_job(action: job.Action) -> Act:
    door = f"/workspaces/{{number}}/jobs/{{job}}/{action.value}"
    return Act(action, f"{door}/", f"/api{door}")


OF_JOBS = tuple(_of_job(action) for action in (RUNS.CANCEL, RUNS.RETRY, RUNS.REPEAT))


def _queued() -> Job:
    return actions.submit_job(
        workspace=_room().pk, by=way.person(MAYA), script_name="script.py", script="pass"
    )


def _running() -> Job:
    made = _queued()
    assert actions.start(pk=made.pk)
    return made


def _failed() -> Job:
    made = _running()
    actions.end(
        pk=made.pk,
        exit_status=1,
        outcome="Failed.",
        left=[],
        manifest={"extract": {}, "environment": "e" * 64},
    )
    return made


def _refused() -> Job:
    made = _queued()
    actions.turn_away(pk=made.pk, refused=REFUSAL)
    return made


def _cancelled() -> Job:
    made = _queued()
    actions.cancel(pk=made.pk, by=way.person(MAYA))
    return made


def _job(status: job.Status, build: Callable[[], Job]) -> Scene:
    def built() -> dict[str, Any]:
        return {"number": _room().agreement.number, "job": build().pk}

    return _scene("job", status, built, OF_JOBS, now=lambda at: Job.objects.get(pk=at["job"]).status)


JOBS = (
    _job(job.Status.QUEUED, _queued),
    _job(job.Status.RUNNING, _running),
    _job(job.Status.SUCCEEDED, lambda: outputs_way.left(_room(), TWO_TABLES)),
    _job(job.Status.FAILED, _failed),
    _job(job.Status.REFUSED, _refused),
    _job(job.Status.CANCELLED, _cancelled),
)
STOP = Act(
    session.Action.STOP, "/workspaces/{number}/sessions/{session}/stop/",
    "/api/workspaces/{number}/sessions/{session}/stop",
)  # fmt: skip


def _starting() -> Session:
    return sessions_way.opened(_room())


def _entered() -> Session:
    made = _starting()
    with as_worker("owner"):  # as the enclave says it; it hosts none here
        Session.objects.filter(pk=made.pk).update(status=session.Status.RUNNING, started_at=clock.now())
    return made


def _stopped() -> Session:
    made = _starting()
    sessions.stop(pk=made.pk, by=way.person(MAYA))
    return made


def _turned_away() -> Session:
    made = _starting()
    with as_worker("enclave"):
        sessions.turn_away(pk=made.pk, refused=REFUSAL)
    return made


def _session(status: session.Status, build: Callable[[], Session]) -> Scene:
    def built() -> dict[str, Any]:
        return {"number": _room().agreement.number, "session": build().pk}

    return _scene(
        "session", status, built, (STOP,), now=lambda at: Session.objects.get(pk=at["session"]).status
    )


SESSIONS = (
    _session(session.Status.STARTING, _starting),
    _session(session.Status.RUNNING, _entered),
    _session(session.Status.ENDED, _stopped),
    _session(session.Status.REFUSED, _turned_away),
)
ASKS, INPUT = input_request.Action, input_request.Status
LOOKS = READERS - {"enclave"}
AUTHOR = TEAM | {"author": frozenset({Role.RECIPIENT, Role.AUTHOR})}


def _of_input(action: input_request.Action, **more: Any) -> Act:
    return Act(
        action, f"/inputs/{{number}}/{action.value}/", f"/api/inputs/{{number}}/{action.value}", **more
    )


OF_INPUTS = (
    _of_input(ASKS.ACCEPT, body=lambda at: {"sha256": at["sha256"]}),
    _of_input(ASKS.REFUSE, body={"because": "Why."}),
    _of_input(ASKS.RETRY),
    _of_input(ASKS.WITHDRAW),
    _of_input(ASKS.REMOVE),
)
SUBMIT = Act(ASKS.SUBMIT, "/inputs/ask/{number}/", "/api/inputs/ask/{number}", body=_codes, label="ask")


def _asked() -> InputRequest:
    return inputs_way.asked(_room())


def _interrupted() -> InputRequest:
    record = _asked()
    with as_worker("enclave"):
        inputs.give_up(pk=record.pk)
    return record


def _scanned() -> InputRequest:
    return inputs_way.scanned(as_worker, _asked())


def _kept_out() -> InputRequest:
    record = _scanned()
    inputs.refuse(pk=record.pk, by=way.person("ida.moss"), because="Why.")
    return record


def _taken_back() -> InputRequest:
    record = _scanned()
    inputs.withdraw(pk=record.pk, by=way.person(MAYA))
    return record


def _removed() -> InputRequest:
    record = inputs_way.accepted(as_worker, _asked())
    inputs.remove(pk=record.pk, by=way.person(MAYA))
    return record


def _input(status: input_request.Status, build: Callable[[], InputRequest]) -> Scene:
    def built() -> dict[str, Any]:
        record = build()
        return {"number": record.number, "sha256": record.sha256 or "0" * 64}

    def now(at: dict[str, Any]) -> str:
        return InputRequest.objects.get(number=at["number"]).status

    return _scene("input_request", status, built, OF_INPUTS, sees=LOOKS, gives=AUTHOR, now=now)


INPUTS = (
    _scene("input_request", None, lambda: {"number": _room().agreement.number}, (SUBMIT,)),
    _input(INPUT.SUBMITTED, _asked),
    _input(INPUT.INTERRUPTED, _interrupted),
    _input(INPUT.SCANNED, _scanned),
    _input(INPUT.ACCEPTED, lambda: inputs_way.accepted(as_worker, _asked())),
    _input(INPUT.REFUSED, _kept_out),
    _input(INPUT.WITHDRAWN, _taken_back),
    _input(INPUT.REMOVED, _removed),
)
SCENES = WORKSPACES + JOBS + SESSIONS + INPUTS
ELSEWHERE: dict[str, set[Any]] = {  # what the platform's workers take, and a session's own address
    "workspace": set(),
    "job": {RUNS.START, RUNS.REFUSE, RUNS.FAIL, RUNS.SUCCEED},
    "session": {*session.Action} - {session.Action.STOP},
    "input_request": {ASKS.SCAN, ASKS.GIVE_UP, ASKS.DISCARD},
}
