"""Workspaces and jobs as JSON: what is there, what the caller may do."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.adapters.environment import job_size
from charteroak.agencies.signin import signed_in
from charteroak.policy import job as rules
from charteroak.policy.budget import HOURS
from charteroak.policy.decision import as_json as reasons
from charteroak.policy.workspace import Isolator, Mode, offered
from charteroak.workspaces import actions, again, lists, modes, queries, sessions, snapshots
from charteroak.workspaces.models import Session
from charteroak.workspaces.scripts import SCRIPT
from charteroak.workspaces.views import found, found_job, ready_extract

router = Router(auth=django_auth, tags=["workspaces"])


class ScriptIn(Schema):
    script: str
    name: str = SCRIPT  # its end says the language: .py, .R or .sql
    dummy: bool = False  # on invented records


class HoursIn(Schema):
    hours: int  # that the project may use in all


class OpenIn(Schema):
    hours: int = HOURS  # that the project may use in all
    mode: Mode | None = None  # the catalog's unless said; a stricter one can be chosen
    isolator: Isolator = Isolator.BUBBLEWRAP


class SnapshotIn(Schema):
    because: str  # a few words, which stand beside it


@router.get("/", summary="Workspaces; ?q, ?status, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return lists.listed(request).told()


@router.get("/open/{number}", summary="What a workspace could be opened on, and how")
def read_ready(request: HttpRequest, number: str) -> dict[str, Any]:
    extract = ready_extract(request, number)
    mode = modes.mode_of(extract)
    decisions = {"open": queries.may_open(extract, signed_in(request), mode=mode)}
    return {
        "number": number,
        "tables": extract.tables,
        "mode": mode,
        "modes": list(offered(modes.openest(extract))),
        "hours": HOURS,
        "permitted": [name for name, decision in decisions.items() if decision],
        "actions": reasons(decisions),
    }


@router.post("/open/{number}", summary="Open a project's workspace on its extract")
def open_(request: HttpRequest, number: str, how: OpenIn) -> dict[str, Any]:
    extract = ready_extract(request, number)
    actions.open_(extract=extract.pk, by=signed_in(request), **how.dict())
    return read(request, number)


@router.get("/{number}")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    record = found(request, number)
    decisions = queries.decisions(record, signed_in(request))
    return {
        "number": number,
        "status": record.status,
        "shut": [{"rule": reason.rule, "message": str(reason)} for reason in queries.shut(record).reasons],
        "ends_on": record.agreement.last_day,
        "turn": queries.whose_turn(record) or None,
        "by_when": record.agreement.last_day,
        "tables": record.extract.tables,
        "job": asdict(job_size()),  # what one may use: hours of wall time, bytes of memory, processors
        "snapshots": [
            {
                "id": one.pk,
                "made_at": one.made_at,
                "size": one.size,
                "restores": one.restores_id,
                "because": one.because,
            }
            for one in record.snapshots.filter(removed_at__isnull=True)
        ],
        "jobs": [job.pk for job in record.jobs.all()],
        "permitted": [name for name, decision in decisions.items() if decision],
        "actions": reasons(decisions),
    }


@router.post("/{number}/submit-job")
def submit_job(request: HttpRequest, number: str, job: ScriptIn) -> dict[str, Any]:
    record = found(request, number)
    made = actions.submit_job(
        workspace=record.pk,
        by=signed_in(request),
        script_name=job.name[-120:],
        script=job.script,
        invented=job.dummy,
    )
    return {"id": made.pk}


@router.post("/{number}/allow-hours", summary="How many hours of processor time the project may use in all")
def allow_hours(request: HttpRequest, number: str, body: HoursIn) -> dict[str, Any]:
    actions.allow_hours(pk=found(request, number).pk, by=signed_in(request), hours=body.hours)
    return read(request, number)


@router.post("/{number}/close", summary="Close the workspace")
def close(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.close(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)


@router.post("/{number}/open-session", summary="Ask for a session; it is entered in a browser")
def open_session(request: HttpRequest, number: str) -> dict[str, Any]:
    made = sessions.open_(workspace=found(request, number).pk, by=signed_in(request))
    return read_session(request, number, made.pk)


@router.get("/{number}/jobs", summary="Every job, the newest first; ?q, ?status, ?page, ?format")
def list_jobs(request: HttpRequest, number: str) -> Any:
    return lists.jobs(request, found(request, number)).told()


@router.get(
    "/{number}/sessions", summary="Every session, the newest first; ?q, ?status, ?mode, ?page, ?format"
)
def list_sessions(request: HttpRequest, number: str) -> Any:
    return lists.sessions(request, found(request, number)).told()


@router.get("/{number}/sessions/{pk}", summary="How a session is doing")
def read_session(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    record = _session(request, number, pk)
    decisions = queries.session_decisions(record, signed_in(request))
    return {
        "id": record.pk,
        "status": record.status,
        "permitted": [name for name, decision in decisions.items() if decision],
        "actions": reasons(decisions),
    }


@router.post("/{number}/sessions/{pk}/stop", summary="Stop a session; its work folder is kept")
def stop_session(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    sessions.stop(pk=_session(request, number, pk).pk, by=signed_in(request))
    return read_session(request, number, pk)


def _session(request: HttpRequest, number: str, pk: int) -> Session:
    visible = queries.sessions_visible_to(signed_in(request))
    return get_object_or_404(visible, workspace__agreement__number=number, pk=pk)


@router.post("/{number}/take-snapshot", summary="Have the work folder kept as it is, and say why")
def take_snapshot(request: HttpRequest, number: str, asked: SnapshotIn) -> dict[str, Any]:
    """The enclave does it; then it is the newest of `snapshots`."""
    snapshots.ask_to_take(workspace=found(request, number).pk, by=signed_in(request), because=asked.because)
    return read(request, number)


@router.post("/{number}/snapshots/{pk}/restore")
def restore_snapshot(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    """The enclave does it; then it is the newest of `snapshots`."""
    record = found(request, number)
    chosen = get_object_or_404(record.snapshots.filter(removed_at__isnull=True), pk=pk)
    snapshots.ask_to_restore(snapshot=chosen, by=signed_in(request))
    return read(request, number)


@router.get("/{number}/jobs/{pk}")
def read_job(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    record = found_job(request, number, pk)
    decisions = queries.job_decisions(record, signed_in(request))
    return {
        "id": record.pk,
        "status": record.status,
        "outcome": record.outcome,
        "dummy": record.invented,
        "before_it": queries.place_of(record) if record.status == rules.Status.QUEUED else 0,
        "started_at": record.started_at,
        "ended_at": record.ended_at,
        "repeats": record.repeats_id,
        "same_as_before": again.same_as_before(record),
        "printed": record.printed,  # on invented records alone
        "script_hash": record.script_hash,
        "manifest": record.manifest,
        "outputs": [
            {"id": one.pk, "name": one.name, "sha256": one.sha256, "size": one.size}
            for one in record.outputs.all()
        ],
        "permitted": [name for name, decision in decisions.items() if decision],
        "actions": reasons(decisions),
    }


@router.post("/{number}/jobs/{pk}/cancel")
def cancel(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    actions.cancel(pk=found_job(request, number, pk).pk, by=signed_in(request))
    return read_job(request, number, pk)


@router.post("/{number}/jobs/{pk}/retry")
def retry(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    """The same script once more."""
    made = again.retry(pk=found_job(request, number, pk).pk, by=signed_in(request))
    return read_job(request, number, made.pk)


@router.post("/{number}/jobs/{pk}/repeat")
def repeat(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    """Run it again to see whether the same comes out."""
    made = again.repeat(pk=found_job(request, number, pk).pk, by=signed_in(request))
    return read_job(request, number, made.pk)
