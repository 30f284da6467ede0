"""A text that waits for signatures goes back to counsel for other words; then every party signs anew."""

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.actions import locked, require
from charteroak.agreements.models import Agreement, Recall, Signature
from charteroak.audit import actions as audit
from charteroak.policy.agreement import LIFECYCLE, Action, Status
from charteroak.policy.decision import refuse


@transaction.atomic
def recall(*, pk: int, by: Person, because: str) -> None:
    """Take the text back before the last signature. What was signed so far stays on record and counts no longer."""
    record = locked(pk)
    require(record, Action.RECALL, by)
    if not because.strip():
        refuse("comment_missing", _("Say why it is recalled."), _("Who signed it reads that.")).require()
    made = Recall.objects.create(
        agreement=record, text_hash=record.text_hash, because=because.strip(), by=by, at=clock.now()
    )
    signed = Signature.objects.filter(party__agreement=record)
    void = sorted(str(one.given_for) for one in signed.select_related("given_for__agency"))
    signed.update(party=None, recall=made)
    record.status = LIFECYCLE.after(Status(record.status), Action.RECALL)
    record.opened_by, record.opened_at, record.text_hash = None, None, ""
    record.save()
    audit.record(
        "agreements:agreement:recall",
        by=by,
        subject=record,
        number=record.number,
        text_hash=made.text_hash,
        void=void,
    )


def recalls(record: Agreement) -> QuerySet[Recall]:
    """Each recall of this text, with the signatures that it made void."""
    void = Signature.objects.select_related("given_for__agency", "by").order_by("pk")
    return record.recalls.select_related("by").prefetch_related(Prefetch("signatures", void))


def signed_before(record: Agreement, person: Person) -> bool:
    """Whether this person signed a text of it that was recalled, and signs no text of it now."""
    if record.status != Status.DRAFTED:
        return False
    return Signature.objects.filter(recall__agreement=record, by=person).exists()
