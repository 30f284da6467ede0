"""Workspaces and their jobs, as researchers, operators and checkers see them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from charteroak.adapters import clock
from charteroak.adapters.environment import job_size, project_disk
from charteroak.agencies.signin import signed_in
from charteroak.hub.models import Extract
from charteroak.policy import job as job_rules
from charteroak.policy import session as session_rules
from charteroak.policy import workspace as rules
from charteroak.policy.budget import HOURS
from charteroak.policy.roles import Role
from charteroak.workspaces import (
    actions,
    again,
    batch,
    broker,
    brought_in,
    counters,
    lists,
    modes,
    proxy,
    queries,
    sessions,
    snapshots,
)
from charteroak.workspaces.forms import MODES, HoursForm, JobForm, OpenForm, SnapshotForm
from charteroak.workspaces.models import Job, Session, Workspace

NEWEST = 10  # jobs, and sessions, beside the way to all of them


def found(request: HttpRequest, number: str) -> Workspace:
    return get_object_or_404(queries.visible_to(signed_in(request)), agreement__number=number)


@login_required
@require_safe
def workspaces(request: HttpRequest) -> HttpResponseBase:
    who = signed_in(request)
    operates = Role.ENCLAVE_OPERATOR in who.roles(clock.today())
    ready = [extract.link_run.agreement for extract in queries.ready_extracts()] if operates else []
    shown = lists.listed(request)
    context = {"shown": shown, "operates": operates, "ready": ready}
    return shown.file or render(request, "workspaces/workspaces.html", context)


def ready_extract(request: HttpRequest, number: str) -> Extract:
    """What a workspace may be opened on; whether there is such an extract is the operators' to know."""
    if Role.ENCLAVE_OPERATOR not in signed_in(request).roles(clock.today()):
        raise Http404
    return get_object_or_404(queries.ready_extracts(), link_run__agreement__number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: HttpRequest, number: str) -> HttpResponse:
    """GET: what is about to be opened; POST: open it."""
    who, extract = signed_in(request), ready_extract(request, number)
    default, offered = modes.mode_of(extract), rules.offered(modes.openest(extract))
    form = OpenForm(request.POST or None, initial={"hours": HOURS, "mode": default}, modes=offered)
    if request.method == "POST" and form.is_valid():
        record = actions.open_(extract=extract.pk, by=who, **form.cleaned_data)
        messages.success(request, _("The workspace is open."))
        return redirect(record)
    context = {
        "agreement": extract.link_run.agreement,
        "extract": extract,
        "decision": queries.may_open(extract, who, mode=default),
        "modes": [(MODES[one], rules.RESIDUAL_RISK[one]) for one in offered],
        "risks": rules.ISOLATOR_RISK.values(),
        "form": form,
    }
    return render(request, "workspaces/open.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def workspace(request: HttpRequest, number: str) -> HttpResponse:
    return _workspace(request, found(request, number), JobForm())


def _workspace(request: HttpRequest, record: Workspace, form: JobForm) -> HttpResponse:
    mode = rules.Mode(record.mode)
    nobody_sees = mode not in rules.offered(queries.openest_today(record, mode))
    return render(
        request,
        "workspaces/workspace.html",
        {
            "workspace": record,
            "tables": [
                (f"{name}.parquet", facts["rows"], ", ".join(facts["columns"]))
                for name, facts in sorted(record.extract.tables.items())
                if name != modes.EVIDENCE
            ],
            "job_size": job_size(),
            "processes": batch.PROCESSES,
            "nobody_sees": nobody_sees,
            "risks": (
                *rules.RESIDUAL_RISK[rules.Mode.QUERY_ONLY if nobody_sees else mode],
                rules.ISOLATOR_RISK[rules.Isolator(record.isolator)],
            ),
            "spent": queries.spent(record),
            "disk": project_disk(),
            "disk_used": counters.disk_used(record),
            "cost": counters.cost(queries.spent(record)),
            "cost_allowed": counters.cost(record.hours),
            "hours_form": HoursForm(initial={"hours": record.hours}),
            "brought_in": brought_in.present(record),
            "snapshot_form": SnapshotForm(),
            "snapshots": record.snapshots.filter(removed_at__isnull=True),
            "sessions": record.sessions.select_related("opened_by", "workspace__agreement")[:NEWEST],
            "weaker": queries.weaker(),
            "turn": queries.whose_turn(record),
            "shut": queries.shut(record).reasons,
            "decisions": queries.decisions(record, signed_in(request)),
            "jobs": record.jobs.select_related("submitted_by", "workspace__agreement")[:NEWEST],
            "form": form,
        },
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def submit_job(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    form = JobForm(request.POST, request.FILES)
    if not form.is_valid():
        # who may send nothing is told that first, and the log too
        queries.may(record, signed_in(request), rules.Action.SUBMIT_JOB).require()
        return _workspace(request, record, form)
    said = form.cleaned_data
    job = actions.submit_job(
        workspace=record.pk, by=signed_in(request), script_name=said["name"][-120:], script=said["script"],
        invented=said["records"] == "invented",
    )  # fmt: skip
    messages.success(request, _("The job waits for its turn."))
    return redirect(job)


@login_required
@require_POST
def allow_hours(request: HttpRequest, number: str) -> HttpResponse:
    record, form = found(request, number), HoursForm(request.POST)
    hours = form.cleaned_data["hours"] if form.is_valid() else 0
    actions.allow_hours(pk=record.pk, by=signed_in(request), hours=hours)
    messages.success(request, _("The project may use so many hours."))
    return redirect(record)


@login_required
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    actions.close(pk=record.pk, by=signed_in(request))
    messages.success(request, _("The workspace is closed."))
    return redirect(record)


@login_required
@require_safe
def job(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = found_job(request, number, pk)
    steps = {job_rules.Status.QUEUED: 0, job_rules.Status.RUNNING: 1}
    context: dict[str, Any] = {
        "job": record,
        "step": steps.get(job_rules.Status(record.status), 2),
        "decisions": queries.job_decisions(record, signed_in(request)),
        "outputs": record.outputs.all(),
        "before": queries.place_of(record),
        "same": again.same_as_before(record),
        "differing": again.differing(record),
        "repeated": record.repeated_by.select_related("submitted_by", "workspace__agreement"),
        "peak": record.manifest.get("peak_memory", 0) >> 20,
    }
    answer = render(request, "workspaces/job.html", context)
    if context["step"] < 2:
        answer.headers["Refresh"] = "5"  # status and time, without a script
    return answer


def found_job(request: HttpRequest, number: str, pk: int) -> Job:
    visible = queries.jobs_visible_to(signed_in(request))
    return get_object_or_404(visible, workspace__agreement__number=number, pk=pk)


@login_required
@require_POST
def retry(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = found_job(request, number, pk)
    made = again.retry(pk=record.pk, by=signed_in(request))
    messages.success(request, _("The job waits for its turn."))
    return redirect(made)


@login_required
@require_POST
def repeat(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = found_job(request, number, pk)
    made = again.repeat(pk=record.pk, by=signed_in(request))
    messages.success(request, _("The job waits for its turn."))
    return redirect(made)


@login_required
@require_POST
def cancel(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = found_job(request, number, pk)
    actions.cancel(pk=record.pk, by=signed_in(request))
    messages.success(request, _("The job is cancelled."))
    return redirect(record)


@login_required
@require_POST
def take_snapshot(request: HttpRequest, number: str) -> HttpResponse:
    record, form = found(request, number), SnapshotForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    snapshots.ask_to_take(workspace=record.pk, by=signed_in(request), because=because)
    messages.success(request, _("The enclave takes it; then it stands first in the list."))
    return redirect(record)


@login_required
@require_POST
def restore_snapshot(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = found(request, number)
    chosen = get_object_or_404(record.snapshots.filter(removed_at__isnull=True), pk=pk)
    snapshots.ask_to_restore(snapshot=chosen, by=signed_in(request))
    messages.success(request, _("The enclave restores it; then it stands first in the list."))
    return redirect(record)


@login_required
@require_POST
def open_session(request: HttpRequest, number: str) -> HttpResponse:
    made = sessions.open_(workspace=found(request, number).pk, by=signed_in(request))
    return redirect(made)


@login_required
@require_safe
def session(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """How a session is doing; to its own person the session itself, in a frame."""
    who = signed_in(request)
    record = _session(request, number, pk)
    decisions = queries.session_decisions(record, who)
    entered = decisions.get("enter")
    context: dict[str, Any] = {
        "session": record,
        "workspace": record.workspace,
        "decisions": decisions,
        "query_only": not rules.Mode(record.mode).shows_records,
        "pixel": record.mode == rules.Mode.PIXEL,
        "waits": record.status == session_rules.Status.STARTING,
        "under_way": record.status in queries.IN_SESSION,
        "limits": broker.LIMITS,
        "hours": broker.LIMITS.seconds / 3600,
        "idle": session_rules.IDLE.seconds // 60,
        "alarm": session_rules.alarm(rules.Mode(record.mode)),
    }
    if entered:
        origin = proxy.origin_of(record.name, request)
        context["frame"] = f"{origin}/enter?ticket={sessions.ticket_for(record)}"
    answer = render(request, "workspaces/session.html", context)
    if entered:
        answer.session_origin = origin  # type: ignore[attr-defined]  # read by the middleware that sets the policy
    if context["waits"]:
        answer.headers["Refresh"] = "1"
    answer.headers["Cache-Control"] = "no-store"  # it holds a ticket
    return answer


@login_required
@require_POST
def stop_session(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = _session(request, number, pk)
    sessions.stop(pk=record.pk, by=signed_in(request))
    messages.success(request, _("The session is stopped. The work folder is kept."))
    return redirect(record.workspace)


def _session(request: HttpRequest, number: str, pk: int) -> Session:
    visible = queries.sessions_visible_to(signed_in(request))
    return get_object_or_404(visible, workspace__agreement__number=number, pk=pk)
