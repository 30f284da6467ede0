"""A delivery's check: opened in memory by the hub's own key, checked and sealed for its store as it streams."""

from charteroak.adapters import age, stores
from charteroak.adapters.environment import process
from charteroak.adapters.sealed import Readable
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId, Vault
from charteroak.audit.actions import record_refusal
from charteroak.policy.decision import Decision, Refused
from charteroak.policy.delivery import FileKind, Status
from charteroak.submissions import actions
from charteroak.submissions.delimited import Check, Found
from charteroak.submissions.models import Delivery
from charteroak.submissions.queries import columns


class Unfit(Exception):
    """Something speaks against the file: what was written of it must not appear in the store."""


class Checked:
    """The plaintext on its way into the store; raises Unfit in place of its end."""

    def __init__(self, plain: Readable, check: Check) -> None:
        self._plain = plain
        self._check = check
        self._ended = False

    def read(self, size: int, /) -> bytes:
        data = self._plain.read(size)
        if data:
            self._check.feed(data)
        elif not self._ended:
            self._ended = True
            self._check.finish()
        if self._check.findings and not data:
            raise Unfit
        return data


class Ciphertext:
    """An incoming object as a file to read."""

    def __init__(self, vault: Vault, object_id: ObjectId) -> None:
        self._chunks = vault.open_ciphertext(object_id)
        self._held = b""

    def read(self, size: int, /) -> bytes:
        while len(self._held) < size and (chunk := next(self._chunks, b"")):
            self._held += chunk
        data, self._held = self._held[:size], self._held[size:]
        return data


def check(pk: int) -> None:
    """Accept or reject a quarantined delivery. Safe to repeat: one that was decided stays as it is."""
    record = Delivery.objects.select_related("agreement", "agency").get(pk=pk)
    if record.status != Status.QUARANTINED:
        return
    test = Check(columns(record.agreement, record.agency.code, FileKind(record.kind)))
    store = actions.STORES[FileKind(record.kind)]
    try:
        stored = _open(record, test, store)
    except Unfit:
        actions.reject(pk=pk, by=process(), findings=test.findings, rows=test.rows)
        return
    except age.AgeError as damage:
        cause, _, cure = str(damage).partition(". ")
        actions.reject(pk=pk, by=process(), findings=[Found("", cause, cure)])
        return
    decision = actions.accept(pk=pk, by=process(), stored=stored, header=test.header, rows=test.rows)
    if not decision:
        stores.vault(store).delete(stored)
        _refused(record, decision)


def _open(record: Delivery, test: Check, store: Store) -> ObjectId:
    incoming = Ciphertext(stores.vault(Store.INCOMING), ObjectId(Store.INCOMING, record.ciphertext))
    with age.Decrypted(stores.hub_identity(record.kind), incoming) as plain:
        return stores.vault(store).put(Checked(plain, test), project=record.agreement.number, store=store)


def _refused(record: Delivery, decision: Decision) -> None:
    """No clause covers it any more, or another was accepted first: said on the record and in the log."""
    if Delivery.objects.get(pk=record.pk).status != Status.QUARANTINED:
        return
    findings = [Found("", reason.message, reason.mend) for reason in decision.reasons]
    actions.reject(pk=record.pk, by=process(), findings=findings)
    worker = actions.Worker(process())
    record_refusal(Refused(decision.reasons), action="submissions:delivery:accept", by=worker, subject=record)
