"""Approved outputs whose clearance ahead has ended before they left: back to the agencies, and then to the board."""

from django.db import transaction

from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.outputs.actions import hashes, locked, require
from charteroak.outputs.models import ReleaseRequest
from charteroak.policy.release_request import LIFECYCLE, Action, Facts, Status


@transaction.atomic
def reopen(*, pk: int, by: Person) -> None:
    """Send it on to the agencies that have not looked at it, once what cleared it for them holds no longer."""
    record = locked(pk)
    send_back(record, by, require(record, Action.REOPEN, by))


def send_back(record: ReleaseRequest, by: Person | str, known: Facts) -> None:
    """Within a transaction that holds the record: the approval falls, reviews and other clearances stand."""
    record.status = LIFECYCLE.after(Status(record.status), Action.REOPEN)
    record.approved_by = record.approved_at = None
    record.save(update_fields=["status", "approved_by", "approved_at"])
    audit.record(
        "outputs:release_request:reopen", by=by, subject=record, number=record.number, round=record.round,
        files=hashes(record), agencies=list(known.agencies_not_cleared),
    )  # fmt: skip
