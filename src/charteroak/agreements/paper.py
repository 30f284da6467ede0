"""The executed agreement on paper: made once by the post, sealed once by the notary, both on record."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.adapters import seal as seals
from charteroak.adapters.environment import process
from charteroak.agreements.models import Agreement, Paper
from charteroak.agreements.queries import as_signed
from charteroak.audit import actions as audit
from charteroak.policy.decision import refuse


@transaction.atomic
def make(number: str) -> None:
    """The PDF file of what every party signed. Raises Refused for anything else; made once, however often asked."""
    from charteroak.agreements.documents import printed
    from charteroak.agreements.tasks import order_seal

    record = Agreement.objects.filter(number=number, executed_on__isnull=False).first()
    if record is None or not as_signed(record):
        refuse("no_agreement", _("No agreement that every party signed has this number.")).require()
        return
    if Paper.objects.filter(agreement=record).exists():
        return
    paper = Paper.objects.create(
        agreement=record, text_hash=record.text_hash, content=printed(record), made_at=clock.now()
    )
    order_seal(paper.pk)
    audit.record(
        "agreements:paper:make",
        by=process(),
        subject=paper,
        number=number,
        text_hash=record.text_hash,
        sha256=hashlib.sha256(paper.content).hexdigest(),
    )


@transaction.atomic
def seal(pk: int) -> None:
    """Set the seal on a paper that has none. As the notary."""
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=pk)
    if paper.sealed is not None:
        return
    content = seals.sealed(bytes(paper.content), reason=f"Signed by every party; text {paper.text_hash}")
    Paper.objects.filter(pk=pk).update(sealed=content, sealed_at=clock.now())
    audit.record(
        "agreements:paper:seal",
        by=process(),
        subject=paper,
        text_hash=paper.text_hash,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def sealed_paper(record: Agreement) -> Paper | None:
    """The agreement's sealed file once there is one."""
    return Paper.objects.filter(agreement=record, sealed__isnull=False).first()
