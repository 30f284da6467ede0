"""Sealing work folders that nobody is in, and what is kept of them."""

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.policy import workspace as rules
from charteroak.policy.decision import Refused, refuse
from charteroak.workspaces import queries, sealing
from charteroak.workspaces.actions import ENCLAVE
from charteroak.workspaces.actions.workspace import locked
from charteroak.workspaces.models import Snapshot, Workspace

TAKE, RESTORE = "workspaces:take", "workspaces:restore"  # the tasks that do it
KEPT = 3  # of one project, and as many that were asked for; the newest is the work folder itself


def seal_unused() -> None:
    """Seal each work folder that lies in the clear though nobody is in it, half ones removed. Safe to repeat.

    One that cannot be sealed stays as it is and does not keep the others waiting; afterwards it is raised.
    """
    failed = []
    for record in Workspace.objects.select_related("agreement"):
        try:
            sealing.sweep(record)
            seal(record)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("work folders that stay in the clear", failed)


def seal(record: Workspace, *, forget: bool = True) -> Snapshot | None:
    """Seal a project's work folder unless somebody is in it; None where there was nothing to seal.

    Without `forget` it takes no older snapshot's place.
    """
    with sealing.unused(record) as work:
        if work is None:
            return None
        stored, size = sealing.packed(record, work)
        made = _note(record, stored, size)
        sealing.put_away(work)
        if forget:
            _forget(record)  # still under the lock: nobody restores what goes
    return made


@transaction.atomic
def _note(record: Workspace, stored: str, size: int) -> Snapshot:
    made = Snapshot.objects.create(workspace=record, made_at=clock.now(), size=size, stored=stored)
    audit.record(
        "workspaces:snapshot:seal", by=ENCLAVE, subject=made, workspace=audit.subject_of(record), size=size
    )
    return made


@transaction.atomic
def ask_to_take(*, workspace: int, by: Person, because: str) -> None:
    """Have the enclave keep the work folder as it is now; only newer ones that were asked for take its place."""
    record = locked(workspace)
    queries.may(record, by, rules.Action.TAKE_SNAPSHOT, because=because).require()
    app.configure_task(TAKE, allow_unknown=False).defer(
        workspace=record.pk, person=by.username, because=because.strip()[:120]
    )
    audit.record("workspaces:snapshot:ask_to_take", by=by, subject=record)


def take(*, pk: int, by: Person, because: str) -> None:
    """As the enclave, which asks again."""
    record = Workspace.objects.select_related("agreement", "extract").get(pk=pk)
    try:
        queries.may(record, by, rules.Action.TAKE_SNAPSHOT, because=because).require()
        seal(record, forget=False)
        with sealing.shut(record) as is_shut:
            last = sealing.newest(record)
            if not is_shut or last is None:
                refuse(
                    "folder_in_use", _("Somebody is in the work folder, or nothing is in it yet.")
                ).require()
            else:
                _taken(last, by, because)
                _forget(record)
    except Refused as refused:
        audit.record_refusal(refused, action="workspaces:snapshot:take", by=by, subject=record)


@transaction.atomic
def _taken(last: Snapshot, by: Person, because: str) -> None:
    """The newest once more, under the reason: both are the same bytes in the vault."""
    made = Snapshot.objects.create(
        workspace=last.workspace, made_at=clock.now(), size=last.size, stored=last.stored,
        asked_by=by, because=because,
    )  # fmt: skip
    audit.record("workspaces:snapshot:take", by=by, subject=made, workspace=audit.subject_of(last.workspace))


@transaction.atomic
def ask_to_restore(*, snapshot: Snapshot, by: Person) -> None:
    """Have the enclave put an earlier work folder in place of today's, which is sealed beside it first."""
    queries.may(snapshot.workspace, by, rules.Action.RESTORE).require()
    app.configure_task(RESTORE, allow_unknown=False).defer(snapshot=snapshot.pk, person=by.username)
    audit.record("workspaces:snapshot:ask_to_restore", by=by, subject=snapshot)


def restore(*, pk: int, by: Person) -> None:
    """As the enclave, which asks again. Safe to repeat."""
    found = Snapshot.objects.select_related("workspace__agreement", "workspace__extract").get(pk=pk)
    record = found.workspace
    last = sealing.newest(record)
    if last is not None and last.restores_id == found.pk and not sealing.in_the_clear(record):
        return
    try:
        queries.may(record, by, rules.Action.RESTORE).require()
        seal(record, forget=False)  # of three snapshots the oldest may be the one that is asked for
        with sealing.shut(record) as is_shut:
            found.refresh_from_db(fields=["removed_at"])
            if not is_shut or found.removed_at is not None:
                refuse(
                    "folder_in_use", _("Somebody is in the work folder, or the snapshot is gone.")
                ).require()
            _restored(found, by)
            _forget(record)
    except Refused as refused:
        audit.record_refusal(refused, action="workspaces:snapshot:restore", by=by, subject=found)


@transaction.atomic
def _restored(found: Snapshot, by: Person) -> None:
    made = Snapshot.objects.create(
        workspace=found.workspace, made_at=clock.now(), size=found.size, stored=found.stored, restores=found
    )
    audit.record("workspaces:snapshot:restore", by=by, subject=made, restores=audit.subject_of(found))


def _forget(record: Workspace) -> None:
    """Remove the snapshots that newer ones took the place of: first on record, then their bytes."""
    there = record.snapshots.filter(removed_at__isnull=True).order_by("-pk")
    kinds = (there.filter(asked_by__isnull=True), there.filter(asked_by__isnull=False))
    old_ones = [old for alike in kinds for old in alike[KEPT:]]
    for old in old_ones:
        _removed(old)
    kept = set(record.snapshots.filter(removed_at__isnull=True).values_list("stored", flat=True))
    before = record.snapshots.filter(removed_at__isnull=False).order_by("-removed_at", "-pk")
    for old in (*old_ones, *before[: 2 * KEPT]):  # the latter of a process that was killed here
        if old.stored not in kept:
            stores.vault(Store.WORK).delete(ObjectId(Store.WORK, old.stored))


@transaction.atomic
def _removed(old: Snapshot) -> None:
    Snapshot.objects.filter(pk=old.pk).update(removed_at=clock.now())
    audit.record("workspaces:snapshot:remove", by=ENCLAVE, subject=old)
