"""Papers that applicants attach to their request, and take out again before it is sent."""

import hashlib
import io

from django.db import transaction

from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.policy.attachment import Kind, comes_with_its_consent, may_be_taken
from charteroak.policy.data_request import Action
from charteroak.requests import history, papers
from charteroak.requests.actions.draft import locked
from charteroak.requests.models import Attachment, DataRequest
from charteroak.requests.queries import may


@transaction.atomic
def attach(*, pk: int, by: Person, kind: Kind, name: str, content: bytes) -> Attachment:
    """Keep a paper with the request. Its bytes are in the vault under their own hash before anything says so.

    Sent twice, it is kept once.
    """
    record = locked(pk)
    (may(record, Action.EDIT, by) & comes_with_its_consent(kind)).require()
    sha256, there = hashlib.sha256(content).hexdigest(), papers.held(record)
    again = next((one for one in there if (one.name, one.sha256, one.kind) == (name, sha256, kind)), None)
    if again is not None:
        return again
    may_be_taken(name, content, [one.name for one in there]).require()
    stored = stores.vault(Store.ATTACHMENT).put_ciphertext(io.BytesIO(content), store=Store.ATTACHMENT)
    paper = Attachment.objects.create(
        data_request=record, kind=kind, name=name, size=len(content), sha256=stored.sha256,
        added_by=by, added_at=clock.now(),
    )  # fmt: skip
    history.note(record, by, {f"paper {paper.pk}": (None, name)})
    audit.record(
        "requests:attachment:attach", by=by, subject=record, attachment=paper.pk, kind=kind, sha256=sha256
    )
    return paper


@transaction.atomic
def take_out(*, pk: int, by: Person, attachment: int) -> None:
    """Take a paper out of what will be sent; versions that have it keep it."""
    record = locked(pk)
    may(record, Action.EDIT, by).require()
    paper = record.attachments.filter(pk=attachment, removed_at__isnull=True).first()
    if paper is None:
        return  # somebody took it out a moment ago
    comes_with_its_consent(Kind(paper.kind)).require()
    paper.removed_by, paper.removed_at = by, clock.now()
    paper.save(update_fields=["removed_by", "removed_at"])
    history.note(record, by, {f"paper {paper.pk}": (paper.name, None)})
    audit.record("requests:attachment:take_out", by=by, subject=record, attachment=paper.pk)


def carry(before: DataRequest, record: DataRequest, by: Person) -> None:
    """A change begins with the papers of what it changes; within the caller's transaction."""
    Attachment.objects.bulk_create(
        Attachment(
            data_request=record, kind=one.kind, name=one.name, size=one.size, sha256=one.sha256,
            added_by=by, added_at=clock.now(),
        )
        for one in papers.held(before)
    )  # fmt: skip
