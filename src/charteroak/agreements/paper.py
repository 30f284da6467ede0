"""The executed agreement on paper: made once by the post, sealed once by the notary, both on record."""

import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from charteroak.adapters import clock, pdf
from charteroak.adapters import seal as seals
from charteroak.adapters.environment import Process, process
from charteroak.agencies.actions import PLEDGE
from charteroak.agencies.models import Person
from charteroak.agreements.amending import compared
from charteroak.agreements.enforcement import enforced
from charteroak.agreements.models import Agreement, Paper
from charteroak.agreements.queries import as_signed, text_hash
from charteroak.audit import actions as audit
from charteroak.policy.agency_review import Choice
from charteroak.policy.decision import refuse
from charteroak.requests.papers import held


def shown(record: Agreement) -> bytes:
    """What every party signed, as it was printed then; a text that is not signed yet, or no more, as it reads now."""
    made = Paper.objects.filter(agreement=record, text_hash=record.text_hash)
    content = made.values_list("content", flat=True).first() if as_signed(record) else None
    return printed(record) if content is None else bytes(content)


def printed(record: Agreement) -> bytes:
    """The agreement as it reads now, as a PDF file."""
    with translation.override(settings.LANGUAGE_CODE):
        return pdf.written("agreements/document.html", _whole(record))


def _whole(record: Agreement) -> dict[str, Any]:
    clauses = list(record.clauses.all())
    asked = record.data_request.columns.select_related("variable__dataset__agency")
    people = Person.objects.filter(pk__in=record.recipients.values("person")).order_by("name")
    return {
        "agreement": record,
        "data_request": record.data_request,
        "text_hash": text_hash(clauses),
        "clauses": [(clause, enforced(clause)) for clause in clauses],
        "parties": record.parties.select_related("agency", "signatory", "signature__by"),
        "columns": [
            (
                one.variable.dataset.agency.code,
                one.variable.name,
                one.purpose,
                Choice(one.choice or Choice.ALLOW),
                one.reason,
            )
            for one in asked
        ],
        "papers": held(record.data_request),
        "compared": compared(record),
        "people": [(person, person.pledges.order_by("-until").first()) for person in people],
        "pledge": PLEDGE,
        "duties": record.duties.all(),
        "unfinished": record.executed_on is None,
    }


@transaction.atomic
def make(number: str) -> None:
    """The PDF file of what every party signed. Raises Refused for anything else; made once, however often asked."""
    record = Agreement.every.filter(number=number, executed_on__isnull=False).first()
    if record is None or not as_signed(record):
        refuse("no_agreement", _("No agreement that every party signed has this number.")).require()
        return
    if Paper.objects.filter(agreement=record).exists():
        return
    paper = Paper.objects.create(
        agreement=record, text_hash=record.text_hash, content=printed(record), made_at=clock.now()
    )
    app.configure_task("agreements:seal", queue=Process.NOTARY).defer(paper=paper.pk)
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
    return Paper.objects.filter(agreement=record, sealed__isnull=False).defer("content").first()


def is_sealed(record: Agreement) -> bool:
    return Paper.objects.filter(agreement=record, sealed__isnull=False).exists()
