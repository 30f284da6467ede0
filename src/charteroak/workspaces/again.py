"""A job's script once more: sent anew by its researchers, or repeated to see whether the same comes out."""

from django.db import transaction

from charteroak.agencies.models import Person
from charteroak.policy import job as rules
from charteroak.workspaces import queries
from charteroak.workspaces.actions import locked_job, queued, submit_job
from charteroak.workspaces.models import Job
from charteroak.workspaces.scripts import LOG


@transaction.atomic
def retry(*, pk: int, by: Person) -> Job:
    """Send the script of a job that failed, was refused or cancelled once more."""
    job = locked_job(pk)
    known, roles = queries.job_facts(job, by), queries.roles_of(by, job.workspace)
    rules.LIFECYCLE.may(rules.Status(job.status), rules.Action.RETRY, roles, known).require()
    return submit_job(
        workspace=job.workspace_id,
        by=by,
        script_name=job.script_name,
        script=job.script,
        invented=job.invented,
    )


@transaction.atomic
def repeat(*, pk: int, by: Person) -> Job:
    """Run a job again in an empty work folder. What comes of it is compared with what came before, and not kept."""
    job = locked_job(pk)
    known, roles = queries.job_facts(job, by), queries.roles_of(by, job.workspace)
    allowed = rules.LIFECYCLE.may(rules.Status(job.status), rules.Action.REPEAT, roles, known).require()
    return queued(
        job.workspace, by, allowed, script_name=job.script_name, script=job.script, repeats=job.repeats or job
    )


def same_as_before(job: Job) -> bool | None:
    """Whether a repeated job left the same files, byte for byte, as the job it repeats; None while it has left none.

    The log is no part of it: times that a program prints differ from run to run.
    """
    if job.repeats is None or "outputs" not in job.manifest:
        return None
    return _files(job) == _files(job.repeats) and job.exit_status == job.repeats.exit_status


def differing(job: Job) -> list[str]:
    """Names of files that are not the same in a repeated job, or in one of both only; none while it has left none."""
    if job.repeats is None or "outputs" not in job.manifest:
        return []
    now, before = _files(job), _files(job.repeats)
    return sorted(name for name in {*now, *before} if now.get(name) != before.get(name))


def _files(job: Job) -> dict[str, str]:
    found: dict[str, str] = job.manifest.get("outputs", {})
    return {name: sha256 for name, sha256 in found.items() if name != LOG}
