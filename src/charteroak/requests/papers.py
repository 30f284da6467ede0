"""The papers of a request and the review that a board made of it: what is there, and what the law still asks for."""

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.catalog.models import Variable
from charteroak.catalog.queries import law_on
from charteroak.policy import irb
from charteroak.requests.models import Attachment, DataRequest


def held(record: DataRequest) -> list[Attachment]:
    """What goes with the request now, in the order it came."""
    return list(record.attachments.filter(removed_at__isnull=True).select_related("added_by", "data_request"))


def readable(record: DataRequest, *, on_team: bool) -> QuerySet[Attachment]:
    """The papers that who sees the request may read: taken out and in no version sent, they are the team's alone."""
    if on_team:
        return record.attachments.all()
    sent = {
        (name, sha256)
        for version in record.versions.values_list("content", flat=True)
        for name, (_, sha256) in version.get("papers", {}).items()
    }
    gone = record.attachments.filter(removed_at__isnull=False)
    kept = [one.pk for one in gone if (one.name, one.sha256) in sent]
    return record.attachments.filter(Q(removed_at__isnull=True) | Q(pk__in=kept))


def content(paper: Attachment) -> Iterator[bytes]:
    """Its bytes, in chunks; the last comes after they have proved to be the ones that were attached."""
    return stores.vault(Store.ATTACHMENT).open_ciphertext(ObjectId(Store.ATTACHMENT, paper.sha256))


def review_asked(variables: Iterable[Variable]) -> bool:
    """Whether the law on these columns asks for an institutional review board's review."""
    return law_on(variables).asks_for(irb.CLAUSE)


def review_missing(record: DataRequest, variables: Iterable[Variable]) -> tuple[str, ...]:
    """The fields of the review that are still to be said; what is there and cannot be read is told apart."""
    said = {name: getattr(record, name) or record.unread.get(name) for name in irb.FIELDS}
    return irb.missing(said, asked=review_asked(variables))


def review_not_current(record: DataRequest) -> bool:
    return irb.not_current(record.irb_approved_on, record.irb_expires_on, clock.today())
