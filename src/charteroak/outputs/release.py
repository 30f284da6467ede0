"""The last step: exactly the approved bytes, checked once more, leave; the rest stays sealed."""

import hashlib
import io

from django.db import transaction

from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.audit import actions as audit
from charteroak.audit.receipt import RELEASED, WITHIN_PROJECT
from charteroak.outputs import classes
from charteroak.outputs.actions import locked
from charteroak.outputs.checks import read, results
from charteroak.outputs.models import Release, ReleasedFile, ReleaseRequest
from charteroak.outputs.queries import facts
from charteroak.outputs.reopening import send_back
from charteroak.policy.decision import Refused
from charteroak.policy.release_request import LIFECYCLE, Action, Facts, Status
from charteroak.policy.roles import Role

OUTPUTS = "outputs"


def release(pk: int) -> bool:
    """Release an approved request; whether this call did. Refused: the log says why; cleared no longer, it goes back.

    Safe to repeat: a run that was cut off leaves nothing but approved bytes, under their own hash.
    """
    record = ReleaseRequest.objects.select_related("workspace__agreement", "approved_by").get(pk=pk)
    if record.status != Status.APPROVED:
        return False
    try:
        _may(record, _differing(record), _failing(record))
        return _release(pk, _publish(record))
    except Refused as refused:
        audit.record_refusal(refused, action=RELEASED, by=record.approved_by, subject=record)
        _reopen(pk)
        return False


@transaction.atomic
def _reopen(pk: int) -> None:
    """Cleared no longer, it goes back to the agencies; refused for anything else, it stays approved."""
    record = locked(pk)
    known = known_of(record)
    if LIFECYCLE.may(Status(record.status), Action.REOPEN, {Role.SYSTEM}, known):
        send_back(record, OUTPUTS, known)


def _may(record: ReleaseRequest, differ: tuple[str, ...] = (), failed: tuple[str, ...] = ()) -> Facts:
    known = known_of(record, differ, failed)
    LIFECYCLE.may(Status(record.status), Action.RELEASE, {Role.SYSTEM}, known).require()
    return known


def known_of(record: ReleaseRequest, differ: tuple[str, ...] = (), failed: tuple[str, ...] = ()) -> Facts:
    """What the release's rules need to know: clearances, hashes, and the clauses on this day."""
    # what the web may write of a file is not asked: by the sealed results it falls into a class or does not
    known = facts(record, record.author, judged=classes.judged_by(record, results(record)))
    return Facts(
        agencies_not_cleared=known.agencies_not_cleared,
        bytes_differ=known.bytes_differ + differ,
        files_failed=tuple(dict.fromkeys(known.files_failed + failed)),
        coverage=known.coverage,
    )


def _differing(record: ReleaseRequest) -> tuple[str, ...]:
    """Files whose stored bytes are no longer those that were approved."""
    return tuple(
        file.name
        for file in record.files.select_related("output")
        if hashlib.sha256(read(file.output)).hexdigest() != file.sha256
    )


def _failing(record: ReleaseRequest) -> tuple[str, ...]:
    """Files whose very bytes did not pass the checks, by the sealed results: what the web may write is not asked."""
    found = results(record)
    passed = {name for name, one in found.items() if one["verdict"] != "fail"}
    return tuple(
        file.name
        for file in record.files.all()
        if file.name not in passed or found[file.name]["sha256"] != file.sha256
    )


def _publish(record: ReleaseRequest) -> dict[str, int]:
    """Put each file into the released store, under its own hash; sizes by name."""
    public = stores.vault(Store.RELEASED)
    sizes: dict[str, int] = {}
    for file in record.files.select_related("output"):
        content = read(file.output)
        sizes[file.name] = len(content)
        public.put_ciphertext(
            io.BytesIO(content), store=Store.RELEASED
        )  # as it is: nothing in it is secret any more
    return sizes


@transaction.atomic
def _release(pk: int, sizes: dict[str, int]) -> bool:
    record = locked(pk)
    if record.status != Status.APPROVED:
        return False
    known = _may(record)
    record.status = Status.RELEASED
    record.save()
    made = Release.objects.create(release_request=record, at=clock.now())
    files = [
        ReleasedFile(release=made, name=file.name, sha256=file.sha256, size=sizes[file.name])
        for file in record.files.all()
    ]
    ReleasedFile.objects.bulk_create(files)
    agreement = record.workspace.agreement
    audit.record(
        RELEASED,
        by=OUTPUTS,
        subject=record,
        number=record.number,
        round=record.round,
        public=record.public,
        agreement=audit.subject_of(agreement),
        request=agreement.number,
        files=[file.sha256 for file in files],
        names=[file.name for file in files],  # in the order of `files`; plain by the rule that let them out
        clauses=list(known.coverage.clauses),
        **WITHIN_PROJECT,
    )
    return True
