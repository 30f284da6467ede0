"""Release requests that nobody could end any more: they end with the agreement, or with their author’s access.

Asked again every minute, so a pass that was cut off is taken up by the next one.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.held import time_is_up
from charteroak.agencies.models import DepartureNotice
from charteroak.agreements.models import Recipient
from charteroak.agreements.queries import names
from charteroak.audit import actions as audit
from charteroak.outputs.actions import hashes, locked
from charteroak.outputs.models import ReleaseRequest
from charteroak.outputs.queries import agreement_of
from charteroak.policy.release_request import LIFECYCLE, NOT_APPROVED, Action, Facts, Status
from charteroak.policy.roles import Role


def over() -> QuerySet[ReleaseRequest]:
    """Those whose agreement is over, and of those not yet approved the ones whose author has no access any more."""
    today, agreement = clock.today(), "workspace__agreement"
    ended = Q(**{f"{agreement}__ends_on__lt": today}) | Q(**{f"{agreement}__ended_on__lte": today})
    named = Recipient.objects.filter(agreement=OuterRef(agreement), person=OuterRef("author"))
    left = DepartureNotice.objects.filter(time_is_up(), person=OuterRef("author"))
    gone = Q(author__is_active=False) | Q(Exists(left)) | ~Q(Exists(named))
    open_ = Q(status__in=NOT_APPROVED)
    return ReleaseRequest.objects.filter((open_ | Q(status=Status.APPROVED)) & ended | open_ & gone)


def lapse_over() -> None:
    """End each in a transaction of its own."""
    for pk in list(over().order_by("pk").values_list("pk", flat=True)):
        lapse(pk=pk)


@transaction.atomic
def lapse(*, pk: int) -> bool:
    """End it with the reason, if it still is to be; whether this call did."""
    record = locked(pk)
    known = _facts(record)
    if not LIFECYCLE.may(Status(record.status), Action.LAPSE, {Role.SYSTEM}, known):
        return False
    record.status = LIFECYCLE.after(Status(record.status), Action.LAPSE)
    record.returned_because = (
        _("The agreement is over.") if known.agreement_over else _("Its author has no access any more.")
    )
    record.save(update_fields=["status", "returned_because"])
    audit.record(
        "outputs:release_request:lapse", by="outputs", subject=record, number=record.number, round=record.round,
        files=hashes(record), agreement_over=known.agreement_over, author_gone=known.author_gone,
    )  # fmt: skip
    return True


def _facts(record: ReleaseRequest) -> Facts:
    agreement, author, today = agreement_of(record), record.author, clock.today()
    ended = agreement.ended_on is not None and agreement.ended_on <= today
    return Facts(
        agreement_over=ended or agreement.ends_on < today,
        author_gone=not author.is_active or author.left or not names(agreement, author),
    )
