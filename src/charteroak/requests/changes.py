"""Changes of an approved request: what each says differently, and which decisions still stand."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from charteroak.adapters import clock
from charteroak.policy import agency_review, agreement
from charteroak.policy.data_request import SETTLED, Status
from charteroak.policy.request_change import COLUMNS, PAPERS, TEAM, Kind, amends, beyond, carries_over
from charteroak.requests import versions
from charteroak.requests.answers import ANSWERS
from charteroak.requests.models import AgencyReview, DataRequest, RequestedColumn


def first(number: str) -> str:
    """042 of 042-A1: the request with which it began, and the project's name ever since."""
    return number.partition("-")[0]


def family(record: DataRequest) -> QuerySet[DataRequest]:
    """The request with which it began and everything that changes it; a repeat is a family of its own."""
    root = first(record.number)
    return DataRequest.objects.filter(Q(number=root) | Q(number__startswith=f"{root}-A"))


def standing(record: DataRequest) -> DataRequest:
    """The latest that is approved: what a further change begins from.

    One change is underway at a time, so they follow one another as they began, whenever the board decided on one anew.
    """
    return _approved(family(record)).order_by("-pk").first() or record


def _approved(records: QuerySet[DataRequest]) -> QuerySet[DataRequest]:
    """Of these, what the board has approved, without what was given up before all had signed it."""
    approved = records.filter(status=Status.APPROVED, decided_at__isnull=False)
    return approved.exclude(agreement__status=agreement.Status.WITHDRAWN)


def superseded_by(record: DataRequest) -> str:
    """The number of a change that was approved after this one and begins from it; empty without one."""
    if not amends(record.kind_of_change) or record.status != Status.APPROVED:
        return ""
    last = standing(record)
    return last.number if last.pk > record.pk else ""


def superseded() -> Q:
    """The same as a condition on data requests."""
    # a change at all is asked first: the database looks for later ones of few requests, not of each
    changed = Q(changes_request__isnull=False, status=Status.APPROVED) & ~Q(change=Kind.REPEAT)
    return changed & Q(Exists(_later()))


def superseded_on(records: Iterable[DataRequest]) -> dict[int, date]:
    """Of these, each that is superseded with the day on which the next change was approved; one query."""
    changed = [record.pk for record in records if amends(record.kind_of_change)]
    if not changed:
        return {}
    over = Subquery(_later().order_by("pk").values("decided_at")[:1])
    found = DataRequest.objects.filter(superseded(), pk__in=changed).annotate(over=over)
    return {pk: clock.day_of(at) for pk, at in found.values_list("pk", "over")}


def _later() -> QuerySet[DataRequest]:
    """Approved changes of the same request that began after the one of the outer query."""
    root = Func(
        OuterRef("number"), Value("-"), Value(1), function="split_part", output_field=models.CharField()
    )
    later = _approved(DataRequest.objects.filter(pk__gt=OuterRef("pk")))
    return later.filter(number__startswith=Concat(root, Value("-A")))


def underway(record: DataRequest) -> str:
    """The number of a change of it that is not settled; empty without one."""
    changes = family(record).filter(changes_request__isnull=False).exclude(status__in=SETTLED)
    return changes.values_list("number", flat=True).first() or ""


def ended_agreement(record: DataRequest) -> str:
    """The number of the agreement that a change of it would amend, once that has ended; empty until then."""
    ended = (
        Q(agreement__status=agreement.Status.WITHDRAWN)
        | Q(agreement__ended_on__isnull=False)
        | Q(agreement__ends_on__lt=clock.today())
    )
    found = DataRequest.objects.filter(ended, number=first(record.number))
    return found.values_list("agreement__number", flat=True).first() or ""


def next_number(record: DataRequest) -> str:
    """042-A1, 042-A2: changes are counted whatever became of them. Under the lock on numbers."""
    return f"{first(record.number)}-A{family(record).filter(changes_request__isnull=False).count() + 1}"


def against(record: DataRequest) -> list[versions.Difference]:
    """What a change says otherwise than the request that it changes; nothing where it changes none."""
    if record.changes_request is None:
        return []
    return versions.differences(_said(record.changes_request), _said(record))


def _said(record: DataRequest) -> dict[str, Any]:
    """As sent, with the applicant among the team: who of them applies is no change."""
    said = versions.content(record)
    return said | {"team": sorted({*said["team"], record.applicant.name})}


def parts_changed(record: DataRequest) -> list[str]:
    """The same by part: a field's name, the team, the columns, the papers."""
    return list(dict.fromkeys(_kind_of(part) for part in _named(record)))


def _kind_of(part: str) -> str:
    if part.startswith(versions.PAPER):
        return PAPERS
    return part if part in ANSWERS or part == TEAM else COLUMNS


def _named(record: DataRequest) -> list[str]:
    return [one.part for one in against(record)]


def beyond_its_kind(record: DataRequest, touched: Iterable[str]) -> tuple[str, ...]:
    """Of the parts that it touches, and those it fills in unreadably, the ones that its kind is not for."""
    kind = record.kind_of_change
    return beyond(kind, [*touched, *record.unread]) if kind else ()


def carry_over(record: DataRequest) -> None:
    """Take over what was decided on each column that stays as it was; within the caller's transaction.

    Each points to where it was made, so that who decided, and when, stays with it. Nothing is taken over where the
    grounds of all decisions have changed.
    """
    before = record.changes_request
    if before is None or not carries_over(parts_changed(record)):
        return
    decided = {one.variable_id: one for one in before.columns.exclude(choice="")}
    for column in record.columns.all():
        earlier = decided.get(column.variable_id)
        if earlier and _same(column, earlier):
            column.choice, column.reason = earlier.choice, earlier.reason
            column.carried_from = earlier.decision
            column.save()


def _same(one: RequestedColumn, other: RequestedColumn) -> bool:
    return (one.purpose, one.justification) == (other.purpose, other.justification)


def carry_review(record: DataRequest, review: AgencyReview) -> None:
    """An agency that has nothing new to decide has decided already, under the conditions it set then."""
    undecided = record.columns.filter(variable__dataset__agency=review.agency, choice="").exists()
    before = record.changes_request
    earlier = before.reviews.filter(agency=review.agency).first() if before else None
    decided = agency_review.Status.DECIDED
    if earlier is None or earlier.status != decided:
        return
    review.conditions = earlier.conditions
    if not undecided:
        review.status, review.carried_from = decided, earlier.decision
    review.save()
