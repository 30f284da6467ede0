"""A nation's consent: put on record with its letter, and withdrawn."""

import hashlib
import io
from datetime import date

from django.db import transaction

from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.policy.attachment import Kind, may_be_taken
from charteroak.policy.consent import LIFECYCLE, Action, Status
from charteroak.requests import consents, papers
from charteroak.requests.actions.draft import locked
from charteroak.requests.models import Attachment, NationConsent


@transaction.atomic
def record_consent(
    *,
    pk: int,
    by: Person,
    nation: str,
    publication: str,
    given_on: date,
    until: date,
    name: str,
    content: bytes,
) -> NationConsent:
    """A nation has consented, by this letter, to the use of records about its members until that day."""
    record, nation = locked(pk), " ".join(nation.split())
    there, today = [one.name for one in papers.held(record)], clock.today()
    consents.may_record(
        record,
        by,
        said=bool(nation and publication.strip()),
        days_in_order=given_on <= min(today, until),
        paper=may_be_taken(name, content, there),
    ).require()
    sha256 = hashlib.sha256(content).hexdigest()
    stores.vault(Store.ATTACHMENT).put_ciphertext(io.BytesIO(content), store=Store.ATTACHMENT)
    paper = Attachment.objects.create(
        data_request=record, kind=Kind.NATION, name=name, size=len(content), sha256=sha256,
        added_by=by, added_at=clock.now(),
    )  # fmt: skip
    made = NationConsent.objects.create(
        data_request=record, nation=nation, publication=publication.strip(), given_on=given_on, until=until,
        paper=paper, recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    audit.record(
        "requests:nation_consent:record",
        by=by,
        subject=record,
        consent=made.pk,
        sha256=sha256,
        until=str(until),
    )
    return made


@transaction.atomic
def withdraw_consent(*, pk: int, by: Person, because: str) -> None:
    """The nation has taken its consent back: from now on every use of the project's records is refused."""
    one = NationConsent.objects.select_for_update(of=("self",)).select_related("data_request").get(pk=pk)
    consents.may_withdraw(one, by, because).require()
    one.status = LIFECYCLE.after(Status(one.status), Action.WITHDRAW)
    one.withdrawn_because = because.strip()
    one.withdrawn_by, one.withdrawn_at = by, clock.now()
    one.save(update_fields=["status", "withdrawn_because", "withdrawn_by", "withdrawn_at"])
    audit.record("requests:nation_consent:withdraw", by=by, subject=one.data_request, consent=one.pk)
