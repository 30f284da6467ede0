"""A workspace: opened, given hours, closed, removed."""

import shutil

from django.db import transaction

from charteroak.adapters import clock
from charteroak.adapters.environment import home
from charteroak.agencies.models import Person
from charteroak.agreements.models import Agreement
from charteroak.audit import actions as audit
from charteroak.hub.models import Extract
from charteroak.policy import workspace as rules
from charteroak.policy.budget import HOURS
from charteroak.policy.roles import Role
from charteroak.workspaces import sealing
from charteroak.workspaces.models import Workspace
from charteroak.workspaces.modes import mode_of
from charteroak.workspaces.queries import (
    facts,
    may_open,
    roles_of,
)

FIRST_ACCOUNT = 64_200  # below are the platform's own
ENCLAVE = "enclave"


@transaction.atomic
def open_(
    *,
    extract: int,
    by: Person,
    isolator: rules.Isolator = rules.Isolator.BUBBLEWRAP,
    hours: int = HOURS,
    mode: rules.Mode | None = None,
) -> Workspace:
    """Open a project's workspace on an extract that passed the review before access: in this mode or the catalog's."""
    found = (
        Extract.objects.select_for_update(of=("self",)).select_related("link_run__agreement").get(pk=extract)
    )
    agreement = found.link_run.agreement
    mode = mode or mode_of(found)
    allowed = may_open(found, by, isolator, hours, mode).require()
    record = Workspace.objects.create(
        agreement=agreement,
        extract=found,
        account=FIRST_ACCOUNT + found.pk,
        mode=mode,
        isolator=isolator,
        hours=hours,
        opened_by=by,
        opened_at=clock.now(),
    )
    audit.record(
        "workspaces:workspace:open",
        by=by,
        subject=record,
        number=agreement.number,
        agreement=audit.subject_of(agreement),
        extract=audit.subject_of(found),
        account=record.account,
        mode=record.mode,
        isolator=record.isolator,
        hours=record.hours,
        clauses=list(allowed.clauses),
    )
    return record


def locked(pk: int) -> Workspace:
    return Workspace.objects.select_for_update(of=("self",)).select_related("agreement", "extract").get(pk=pk)


@transaction.atomic
def close(*, pk: int, by: Person | str) -> None:
    """Close the workspace: no job starts in it any more."""
    record = locked(pk)
    roles = {Role.SYSTEM} if isinstance(by, str) else roles_of(by, record)
    rules.LIFECYCLE.may(rules.Status(record.status), rules.Action.CLOSE, roles, rules.Facts()).require()
    record.status, record.closed_at = rules.Status.CLOSED, clock.now()
    record.save()
    audit.record("workspaces:workspace:close", by=by, subject=record, number=record.agreement.number)


@transaction.atomic
def allow_hours(*, pk: int, by: Person, hours: int) -> None:
    """Set how many hours of one processor the project may use."""
    record = locked(pk)
    known = facts(record, by, hours=hours)
    rules.LIFECYCLE.may(
        rules.Status(record.status), rules.Action.ALLOW_HOURS, roles_of(by, record), known
    ).require()
    record.hours = hours
    record.save()
    audit.record("workspaces:workspace:allow_hours", by=by, subject=record, hours=hours)


def remove(*, agreement: Agreement) -> str:
    """At the end: close the workspace and remove the project's folder; what the certificate says of it."""
    room = Workspace.objects.filter(agreement=agreement).first()
    if room is not None and room.status == rules.Status.OPEN:
        close(pk=room.pk, by=ENCLAVE)
    folder = home().workspaces / agreement.number
    if folder.exists():
        with sealing.left_by_all(folder):
            shutil.rmtree(folder)  # follows no link
    with transaction.atomic():
        audit.record("workspaces:destruction:folder", by=ENCLAVE, subject=agreement, number=agreement.number)
    return f"workspaces/{agreement.number}"
