"""Sealing work folders that nobody is in, and what is kept of them."""

from django.db import transaction

from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.audit import actions as audit
from charteroak.workspaces import sealing
from charteroak.workspaces.actions import ENCLAVE
from charteroak.workspaces.models import Snapshot, Workspace

KEPT = 3  # of one project; the newest is the work folder itself


def seal_unused() -> None:
    """Seal each work folder that lies in the clear though nobody is in it. Safe to repeat.

    One that cannot be sealed stays as it is and does not keep the others waiting; afterwards it is raised.
    """
    failed = []
    for record in Workspace.objects.select_related("agreement"):
        try:
            seal(record)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("work folders that stay in the clear", failed)


def seal(record: Workspace) -> Snapshot | None:
    """Seal a project's work folder unless somebody is in it; None where there was nothing to seal."""
    with sealing.unused(record) as work:
        if work is None:
            return None
        stored, size = sealing.packed(record, work)
        made = _note(record, stored, size)
        sealing.put_away(work)
    _forget(record)
    return made


@transaction.atomic
def _note(record: Workspace, stored: str, size: int) -> Snapshot:
    made = Snapshot.objects.create(workspace=record, made_at=clock.now(), size=size, stored=stored)
    audit.record(
        "workspaces:snapshot:seal", by=ENCLAVE, subject=made, workspace=audit.subject_of(record), size=size
    )
    return made


def _forget(record: Workspace) -> None:
    """Remove the snapshots that newer ones took the place of: first on record, then their bytes."""
    for old in record.snapshots.filter(removed_at__isnull=True).order_by("-pk")[KEPT:]:
        _removed(old)
    kept = set(record.snapshots.filter(removed_at__isnull=True).values_list("stored", flat=True))
    for old in record.snapshots.filter(removed_at__isnull=False).order_by("-pk")[:KEPT]:
        if old.stored not in kept:
            stores.vault(Store.WORK).delete(ObjectId(Store.WORK, old.stored))


@transaction.atomic
def _removed(old: Snapshot) -> None:
    Snapshot.objects.filter(pk=old.pk).update(removed_at=clock.now())
    audit.record("workspaces:snapshot:remove", by=ENCLAVE, subject=old)
