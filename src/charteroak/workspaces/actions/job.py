"""A job: submitted, started, ended, cancelled, given up."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from charteroak.adapters import clock, languages, sandboxes
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.policy import job as job_rules
from charteroak.policy import workspace as rules
from charteroak.policy.decision import Decision, Refused, refuse
from charteroak.policy.roles import Role
from charteroak.workspaces.actions.workspace import ENCLAVE, locked
from charteroak.workspaces.models import Job, JobOutput, Workspace
from charteroak.workspaces.queries import (
    RUN,
    WAITING,
    job_facts,
    may,
    roles_of,
    standing_behind,
)


@dataclass(frozen=True)
class Left:
    """A file that a job left: its name, the plain bytes' hash and size, the vault object."""

    name: str
    sha256: str
    size: int
    stored: str


@transaction.atomic
def submit_job(*, workspace: int, by: Person, script_name: str, script: str, invented: bool = False) -> Job:
    """Queue a script for the extract or for invented records. Only who is named, trained and pledged today may."""
    record = locked(workspace)
    allowed = may(record, by, rules.Action.SUBMIT_JOB, script, script_name).require()
    return queued(record, by, allowed, script_name=script_name, script=script, invented=invented)


def queued(
    record: Workspace, by: Person, allowed: Decision, *, script_name: str, script: str, invented: bool = False,
    repeats: Job | None = None,
) -> Job:  # fmt: skip
    """A job that waits for its turn. Projects take turns: who has more waiting already comes after who has fewer.

    Jobs of one project, which share its folder, follow each other; those of several may run beside each other.
    """
    ahead = record.jobs.filter(status__in=WAITING).count()
    script_hash = hashlib.sha256(script.encode()).hexdigest()
    job = Job.objects.create(
        workspace=record,
        script_name=script_name,
        script=script,
        script_hash=script_hash,
        submitted_by=by,
        submitted_at=clock.now(),
        invented=invented,
        repeats=repeats,
        ahead=ahead,
    )
    one_after_the_other = f"workspaces:{record.pk}:jobs"
    app.configure_task(RUN, allow_unknown=False, priority=-ahead, lock=one_after_the_other).defer(job=job.pk)
    audit.record(
        "workspaces:job:submit",
        by=by,
        subject=job,
        workspace=audit.subject_of(record),
        script_hash=script_hash,
        on="invented" if invented else "extract",
        repeats=audit.subject_of(repeats) if repeats else "",
        clauses=list(allowed.clauses),
    )
    return job


def locked_job(pk: int) -> Job:
    return (
        Job.objects.select_for_update(of=("self",))
        .select_related("workspace__agreement", "workspace__extract", "submitted_by")
        .get(pk=pk)
    )


def _require(job: Job, action: job_rules.Action, known: job_rules.Facts | None = None) -> None:
    job_rules.LIFECYCLE.may(
        job_rules.Status(job.status), action, {Role.SYSTEM}, known or job_rules.Facts()
    ).require()


def start(*, pk: int) -> Job | None:
    """The job, running, once its submitter is covered today; None when there is nothing (more) to run.

    A job that was cut off starts anew. When a clause covers it no longer, or this machine cannot hold it to
    its limits, the job is refused with that reason, and the refusal is on the record.
    """
    try:
        return _start(pk)
    except Refused as refused:
        turn_away(pk=pk, refused=refused)
        return None


@transaction.atomic
def _start(pk: int) -> Job | None:
    job = locked_job(pk)
    if job.status not in WAITING:
        return None
    limits = sandboxes.limits_enforced()  # of this machine, which is the one that runs it
    _require(
        job,
        job_rules.Action.START,
        replace(
            job_facts(job, job.submitted_by),
            limits_enforced=limits.ok,
            why_not_enforced=limits.detail,
            languages=languages.here(),
        ),
    )
    allowed = _mountable(job).require()
    job.status, job.started_at = job_rules.Status.RUNNING, clock.now()
    job.save()
    audit.record(
        "workspaces:job:start",
        by=ENCLAVE,
        subject=job,
        workspace=audit.subject_of(job.workspace),
        script_hash=job.script_hash,
        clauses=list(allowed.clauses),
    )
    return job


def _mountable(job: Job) -> Decision:
    found = standing_behind(job.workspace, job.submitted_by)
    if job.workspace.status != rules.Status.OPEN:
        found &= refuse("workspace_closed", _("The workspace is closed."))
    return found


def goes_on(*, pk: int) -> bool:
    """Whether a running job may go on; not when it was cancelled. Raises Refused when nothing covers it any more."""
    job = Job.objects.select_related("workspace__agreement", "submitted_by").get(pk=pk)
    if job.status not in WAITING:
        return False
    _mountable(job).require()
    return True


def turn_away(*, pk: int, refused: Refused) -> None:
    """Note that a job was refused and why; a job that has ended meanwhile stays as it is."""
    with transaction.atomic():
        job = locked_job(pk)
        if job.status not in WAITING:
            return
        running = job.status == job_rules.Status.RUNNING
        job.status, job.ended_at = job_rules.Status.REFUSED, clock.now()
        job.outcome = str(refused)[:300]
        job.save()
        audit.record(
            "workspaces:job:refuse",
            by=ENCLAVE,
            subject=job,
            rules=[reason.rule for reason in refused.reasons],
        )
    action = f"workspaces:job:{'go_on' if running else 'start'}"
    audit.record_refusal(refused, action=action, by=job.submitted_by, subject=job)


def measure(*, pk: int, cpu_seconds: float) -> None:
    """Note what a run of the job has used, however it ended; a job that began anew used both."""
    Job.objects.filter(pk=pk).update(cpu_seconds=F("cpu_seconds") + cpu_seconds)


@transaction.atomic
def end(
    *, pk: int, exit_status: int, outcome: str, left: Iterable[Left], manifest: Mapping[str, Any],
    printed: str = "",
) -> None:  # fmt: skip
    """Record how a run ended and what it left; a job that was cancelled meanwhile keeps nothing."""
    job = locked_job(pk)
    if job.status != job_rules.Status.RUNNING:
        return
    action = job_rules.Action.SUCCEED if exit_status == 0 else job_rules.Action.FAIL
    _require(job, action)
    job.status = job_rules.LIFECYCLE.after(job_rules.Status(job.status), action)
    job.ended_at, job.exit_status, job.outcome = clock.now(), exit_status, outcome
    job.manifest, job.printed = dict(manifest), printed
    job.save()
    kept = [
        JobOutput(job=job, name=one.name, sha256=one.sha256, size=one.size, stored=one.stored) for one in left
    ]
    JobOutput.objects.bulk_create(kept)
    extract = job.workspace.extract
    audit.record(
        f"workspaces:job:{action.value}",
        by=ENCLAVE,
        subject=job,
        workspace=audit.subject_of(job.workspace),
        number=job.workspace.agreement.number,
        extract=audit.subject_of(extract),
        tables=[f"{name}:{sha256}" for name, sha256 in sorted(manifest["extract"].items())],
        script_hash=job.script_hash,
        environment=manifest["environment"],
        outputs=[one.sha256 for one in kept],
        clauses=list(_mountable(job).clauses),
    )


@transaction.atomic
def give_up(*, pk: int) -> None:
    """Note that the enclave tried a job again and again in vain; one that has ended meanwhile stays as it is."""
    job = locked_job(pk)
    if job.status not in WAITING:
        return
    _require(job, job_rules.Action.FAIL)
    job.status, job.ended_at = job_rules.Status.FAILED, clock.now()
    job.outcome = _(
        "The enclave could not run this job, though it tried again. Ask its operator, then send it anew."
    )
    job.save()
    workspace = audit.subject_of(job.workspace)
    audit.record("workspaces:job:give_up", by=ENCLAVE, subject=job, workspace=workspace)


@transaction.atomic
def cancel(*, pk: int, by: Person) -> None:
    """Cancel a job; one that is running is ended within a second, and nothing of it is kept."""
    job = locked_job(pk)
    roles = roles_of(by, job.workspace)
    job_rules.LIFECYCLE.may(
        job_rules.Status(job.status), job_rules.Action.CANCEL, roles, job_rules.Facts()
    ).require()
    job.status = job_rules.Status.CANCELLED
    job.cancelled_by, job.cancelled_at = by, clock.now()
    job.outcome = "Cancelled."
    job.save()
    audit.record("workspaces:job:cancel", by=by, subject=job, workspace=audit.subject_of(job.workspace))
