"""Every write about deliveries: received, accepted, rejected, destroyed; finder lists ordered and made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from charteroak.adapters import clock, stores
from charteroak.adapters.sealed import Readable
from charteroak.adapters.stores import HUB_KEYS, Store
from charteroak.adapters.vault import ObjectId
from charteroak.agencies.models import Agency, Person
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import coverage
from charteroak.audit import actions as audit
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Decision, Refused, refuse
from charteroak.policy.delivery import LIFECYCLE, Action, FileKind, Status
from charteroak.policy.roles import Role
from charteroak.submissions.delimited import Found
from charteroak.submissions.file_names import read_name
from charteroak.submissions.models import Delivery, FinderList, Finding
from charteroak.submissions.queries import (
    deliver_decision,
    download_decision,
    facts,
    finder_decision,
    finder_source,
    roles_of,
)

AGE = b"age-encryption.org/v1\n"  # how age ciphertext begins (age-encryption.org/v1, the header)
STORES = {FileKind.MATCHING: Store.IDENTITY, FileKind.ANALYSIS: Store.PAYLOAD}


@dataclass(frozen=True)
class Worker:
    """A process of the platform, as the log names who acted."""

    username: str


class Counted:
    """Bytes as they pass, counted; refuses what does not begin as age ciphertext."""

    def __init__(self, reader: Readable) -> None:
        self._reader = reader
        self.size = 0

    def read(self, size: int, /) -> bytes:
        data = self._reader.read(size)
        if self.size == 0:
            require_age(data)
        self.size += len(data)
        return data


def require_age(start: bytes) -> None:
    """Raises Refused for the start of a file that is not encrypted."""
    if not start.startswith(AGE):
        refuse(
            "not_encrypted",
            _("This file is not encrypted. Nothing of it was stored."),
            _("Encrypt it with `oak encrypt FILE` to the hub’s key, then send the .age file."),
        ).require()


def receive(*, number: str, by: Person, file_name: str, stream: Readable) -> Delivery:
    """Take in an encrypted file as it is. Its name says whose it is; the check runs in the hub.

    Raises Refused, before a byte is stored, when no signed clause covers it or its name is wrong.
    """
    agreement = Agreement.objects.filter(number=number).first()
    name = read_name(file_name, number=number, on=clock.today())
    agency = Agency.objects.filter(code=name.agency).first()
    if agreement is None or agency is None:
        coverage(None, Asked(Use.SUBMIT, clock.today(), agency=name.agency)).require()
    assert agreement is not None  # noqa: S101 - refused above; for the type checker
    assert agency is not None  # noqa: S101 - the same
    deliver_decision(agreement, by, agency, name.kind).require()
    counted = Counted(stream)
    vault = stores.vault(Store.INCOMING)
    stored = vault.put_ciphertext(counted, store=Store.INCOMING)
    name_kept = file_name.removesuffix(".age")
    try:
        return _received(agreement.pk, agency, name.kind, name_kept, stored, counted.size, by)
    except Refused:
        if not Delivery.objects.filter(ciphertext=stored.sha256).exists():
            vault.delete(stored)
        raise


@transaction.atomic
def _received(
    agreement_pk: int,
    agency: Agency,
    kind: FileKind,
    file_name: str,
    stored: ObjectId,
    size: int,
    by: Person,
) -> Delivery:
    """Asked once more under the agreement's lock: it may have ended, or another file been accepted, meanwhile."""
    agreement = Agreement.objects.select_for_update().get(pk=agreement_pk)
    covered = deliver_decision(agreement, by, agency, kind).require()
    record = Delivery.objects.create(
        agreement=agreement,
        agency=agency,
        kind=kind,
        file_name=file_name,
        ciphertext=stored.sha256,
        size=size,
        received_by=by,
        received_at=clock.now(),
    )
    # the one process that opens files of this kind checks it
    app.configure_task("submissions:check", queue=HUB_KEYS[kind]).defer(delivery=record.pk)
    _record("receive", record, by, covered, name=file_name, size=size)
    return record


def _record(action: str, record: Delivery, by: Person | str, covered: Decision, **more: Any) -> None:
    audit.record(
        f"submissions:delivery:{action}",
        by=by,
        subject=record,
        number=record.agreement.number,
        agency=record.agency.code,
        kind=record.kind,
        ciphertext=record.ciphertext,
        clauses=sorted(set(covered.clauses)),
        **more,
    )


def locked(pk: int) -> Delivery:
    return Delivery.objects.select_for_update(of=("self",)).select_related("agreement", "agency").get(pk=pk)


@transaction.atomic
def accept(*, pk: int, by: str, stored: ObjectId, header: Sequence[str], rows: int) -> Decision:
    """Accept a file that passed its check; returns why not where the rules or the agreement refuse it."""
    record = locked(pk)
    elements = frozenset(header) - {"record_id"}
    covered = coverage(
        record.agreement,
        Asked(Use.SUBMIT, clock.today(), agency=record.agency.code, elements=elements),
    )
    known = facts(record, covered=covered)
    decision = LIFECYCLE.may(Status(record.status), Action.ACCEPT, {Role.SYSTEM}, known)
    if not decision:
        return decision
    record.status = LIFECYCLE.after(Status(record.status), Action.ACCEPT)
    record.checked_at, record.rows, record.stored = clock.now(), rows, stored.sha256
    record.save()
    _record("accept", record, by, covered, stored=stored.sha256, columns=sorted(elements))
    return decision


@transaction.atomic
def reject(*, pk: int, by: Person | str, findings: Sequence[Found], rows: int | None = None) -> None:
    """Reject with what was found; the ciphertext stays in quarantine and nothing of it in a store."""
    record = locked(pk)
    roles = roles_of(by) if isinstance(by, Person) else frozenset({Role.SYSTEM})
    LIFECYCLE.may(Status(record.status), Action.REJECT, roles, facts(record, len(findings))).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.REJECT)
    record.checked_at, record.rows = clock.now(), rows
    record.save()
    Finding.objects.bulk_create(
        Finding(
            delivery=record,
            first_row=found.first_row,
            column=found.column,
            rows=found.rows,
            cause=found.cause[:300],
            cure=found.cure[:300],
        )
        for found in findings
    )
    _record("reject", record, by, Decision(), findings=len(findings))


@transaction.atomic
def destroy(*, pk: int, by: str) -> None:
    """Note that the file's objects are gone. The hub calls it when it has destroyed them and their key."""
    record = locked(pk)
    if record.status == Status.DESTROYED:
        return
    LIFECYCLE.may(Status(record.status), Action.DESTROY, {Role.SYSTEM}, facts(record)).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.DESTROY)
    record.save()
    _record("destroy", record, by, Decision(), stored=record.stored)


@transaction.atomic
def order_finder_list(*, number: str, by: Person, agency: str) -> FinderList:
    """Ask an agency for the records behind another agency's numbers; the hub's linker makes the list.

    It is encrypted to the key that the agency's own steward registered.
    """
    agreement = Agreement.objects.select_for_update().get(number=number)
    asked = Agency.objects.get(code=agency)
    covered = finder_decision(agreement, by, asked).require()
    source, key = finder_source(agreement, asked), asked.keys.latest("pk")
    assert source is not None  # noqa: S101 - refused above; for the type checker
    record = FinderList.objects.create(
        agreement=agreement,
        agency=asked,
        source=source,
        key=key,
        ordered_by=by,
        ordered_at=clock.now(),
    )
    app.configure_task("submissions:make_finder_list", queue=HUB_KEYS["matching"]).defer(
        finder_list_pk=record.pk
    )
    audit.record(
        "submissions:finder_list:order",
        by=by,
        subject=record,
        number=number,
        agency=agency,
        source=audit.subject_of(source),
        key=key.fingerprint.replace(" ", ""),
        clauses=sorted(set(covered.clauses)),
    )
    return record


@transaction.atomic
def record_download(*, pk: int, by: Person) -> FinderList:
    """Hand the encrypted list to the asked agency's steward."""
    record = FinderList.objects.select_related("agency", "agreement", "source__agency").get(pk=pk)
    covered = download_decision(record, by).require()
    audit.record(
        "submissions:finder_list:download",
        by=by,
        subject=record,
        agency=record.source.agency.code,  # whose numbers these are
        ciphertext=record.ciphertext,
        clauses=sorted(set(covered.clauses)),
    )
    return record
