"""Every write about input requests: asked, scanned, accepted or refused, taken back, removed from the workspace."""

import hashlib
import io
from pathlib import PurePath
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.audit.leaf import Fact
from charteroak.inputs import queries
from charteroak.inputs.models import InputRequest
from charteroak.policy.decision import Refused
from charteroak.policy.input_request import LIFECYCLE, Action, Facts, Kind, Status
from charteroak.policy.roles import Role
from charteroak.workspaces.actions import ENCLAVE
from charteroak.workspaces.models import Input, Workspace
from charteroak.workspaces.queries import roles_of as roles_in

# As the grants of the two processes say: neither can write what the other decides.
PEOPLE_WRITE = ("status", "because", "reviewed_by", "reviewed_at", "placed")
ENCLAVE_WRITES = ("status", "because", "name", "size", "sha256", "stored", "scanned_at", "findings")


def locked(pk: int) -> InputRequest:
    return (
        InputRequest.objects.select_for_update(of=("self",))
        .select_related("workspace__agreement__data_request", "workspace__extract", "author")
        .get(pk=pk)
    )


def require(record: InputRequest, action: Action, by: Person | None, known: Facts | None = None) -> Facts:
    """Raises Refused; `by` is None for the enclave itself."""
    known = known or queries.facts(record, by)
    roles = {Role.SYSTEM} if by is None else queries.roles_of(by, record)
    LIFECYCLE.may(Status(record.status), action, roles, known).require()
    return known


def _moved(
    record: InputRequest, action: Action, by: Person | None, known: Facts | None = None, **said: Fact
) -> None:
    """The step that the rules consented to, and its event with the pinned bytes it was about."""
    record.status = LIFECYCLE.after(Status(record.status), action)
    record.save(update_fields=ENCLAVE_WRITES if by is None else PEOPLE_WRITE)
    if known is not None:
        said["clauses"] = list(known.coverage.clauses)
    audit.record(
        f"inputs:input_request:{action.value}",
        by=by or ENCLAVE,
        subject=record,
        number=record.number,
        sha256=record.sha256,
        **said,
    )


def may_submit(room: Workspace, by: Person, *, file_name: str, kind: Kind, size: int, purpose: str) -> Facts:
    """Raises Refused with every reason: of the workspace first, then of the file."""
    queries.may_ask(room, by).require()
    known = queries.facts_of_new(room, by, file_name=file_name, kind=kind, size=size, purpose=purpose)
    LIFECYCLE.may(None, Action.SUBMIT, roles_in(by, room), known).require()
    return known


@transaction.atomic
def submit(
    *, workspace: int, by: Person, kind: Kind, file_name: str, content: bytes, purpose: str
) -> InputRequest:
    """Ask to bring in these bytes under this name; of a package only its name, as the enclave has the file."""
    room = Workspace.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=workspace)
    name = file_name.strip() if kind is Kind.PACKAGE else PurePath(file_name.replace("\\", "/")).name
    known = may_submit(room, by, file_name=name, kind=kind, size=len(content), purpose=purpose)
    record = InputRequest(
        workspace=room,
        number=f"{room.agreement.number}-in-{room.input_requests.count() + 1}",
        kind=kind,
        name=name[-120:],
        purpose=purpose,
        author=by,
        submitted_at=clock.now(),
    )
    if kind is not Kind.PACKAGE:
        pin(record, name[-120:], content)
    record.save()
    _order_scan(record)
    audit.record(
        "inputs:input_request:submit",
        by=by,
        subject=record,
        number=record.number,
        kind=record.kind,
        sha256=record.sha256,
        size=record.size,
        workspace=audit.subject_of(room),
        clauses=list(known.coverage.clauses),
    )
    return record


def pin(record: InputRequest, name: str, content: bytes) -> None:
    """Seal the bytes for the enclave, and note which they are. The caller saves."""
    project = record.workspace.agreement.number
    sealed = stores.vault(Store.CHECK).put(io.BytesIO(content), project=project, store=Store.CHECK)
    record.name, record.size, record.stored = name, len(content), sealed.sha256
    record.sha256 = hashlib.sha256(content).hexdigest()


def _order_scan(record: InputRequest) -> None:
    app.configure_task(queries.SCAN, allow_unknown=False).defer(input_request=record.pk)


@transaction.atomic
def note_scan(*, pk: int, name: str, content: bytes | None, findings: list[dict[str, Any]]) -> None:
    """What the scan found; `content` is of a package, whose bytes are pinned now. Raises Refused."""
    record = locked(pk)
    if record.status != Status.SUBMITTED:
        return  # taken back meanwhile, or scanned before
    known = require(record, Action.SCAN, None)
    if content is not None:
        pin(record, name, content)
    record.findings, record.scanned_at = findings, clock.now()
    rules = [f"{one['rule']}:{one['verdict']}" for one in findings]
    _moved(record, Action.SCAN, None, known, found=rules)


def turn_away(*, pk: int, refused: Refused) -> None:
    """Note that nothing covers it any more, or that there is no such package, and why."""
    with transaction.atomic():
        record = locked(pk)
        if record.status != Status.SUBMITTED:
            return
        record.because = str(refused)
        _moved(record, Action.REFUSE, None, rules=[reason.rule for reason in refused.reasons])
    audit.record_refusal(refused, action="inputs:input_request:scan", by=record.author, subject=record)


@transaction.atomic
def give_up(*, pk: int) -> None:
    """Note that the scan could not be made; one that was scanned or taken back meanwhile stays as it is."""
    record = locked(pk)
    if record.status == Status.SUBMITTED:
        require(record, Action.GIVE_UP, None)
        _moved(record, Action.GIVE_UP, None)


@transaction.atomic
def retry(*, pk: int, by: Person) -> None:
    """Have it scanned again, after the machine could not."""
    record = locked(pk)
    known = require(record, Action.RETRY, by)
    _order_scan(record)
    _moved(record, Action.RETRY, by, known)


@transaction.atomic
def accept(*, pk: int, by: Person, sha256: str) -> None:
    """A checker lets exactly the bytes with this hash in: the next job and session have them."""
    record = locked(pk)
    known = require(record, Action.ACCEPT, by, queries.facts(record, by, sha256=sha256))
    record.placed = Input.objects.create(
        workspace=record.workspace,
        name=record.name,
        sha256=record.sha256,
        size=record.size,
        stored=record.stored,
        placed_at=clock.now(),
    )
    record.reviewed_by, record.reviewed_at = by, clock.now()
    _moved(record, Action.ACCEPT, by, known)


@transaction.atomic
def refuse(*, pk: int, by: Person, because: str) -> None:
    """A checker keeps it out, with the reason."""
    record = locked(pk)
    require(record, Action.REFUSE, by, queries.facts(record, by, comment=because))
    record.because = because
    record.reviewed_by, record.reviewed_at = by, clock.now()
    _moved(record, Action.REFUSE, by)


@transaction.atomic
def withdraw(*, pk: int, by: Person) -> None:
    """Take the request back."""
    record = locked(pk)
    require(record, Action.WITHDRAW, by)
    _moved(record, Action.WITHDRAW, by)


def discard(*, pk: int) -> None:
    """Remove the bytes of a file that stays out for good; their hash and what the scan found stay. Safe to repeat.

    Raises VaultError.
    """
    with transaction.atomic():
        record = locked(pk)
        require(record, Action.DISCARD, None)
        if not queries.stored_elsewhere(record):
            stores.vault(Store.CHECK).delete(ObjectId(Store.CHECK, record.stored))
        record.stored = ""
        _moved(record, Action.DISCARD, None)


@transaction.atomic
def remove(*, pk: int, by: Person) -> None:
    """Take the file out of the workspace: no job or session begun from now on has it."""
    record = locked(pk)
    require(record, Action.REMOVE, by)
    record.workspace.inputs.filter(input_request=record).update(removed_at=clock.now())
    _moved(record, Action.REMOVE, by)
