"""The requests that wait for a person, those that wait on others, and those that were settled."""

from collections.abc import Iterable
from itertools import chain

from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.worklist import Item, Turn, foremost
from charteroak.policy import agency_review, fee
from charteroak.policy.data_request import SETTLED, Status
from charteroak.policy.roles import Role
from charteroak.requests import fees
from charteroak.requests.models import AgencyReview, DataRequest, RequestedColumn
from charteroak.requests.own import asks, own
from charteroak.requests.queries import WITH_APPLICANT, visible_to, whose_turn

LISTED = 20  # requests that a worklist shows before it leads to the whole list


def todo(person: Person) -> list[Item]:
    """Requests that wait for this person, that wait on others, and that were settled."""
    roles = person.roles(clock.today())
    stewarded = {agency.pk for agency in agencies_where(person, Role.DATA_STEWARD)}
    asked = AgencyReview.objects.filter(agency__in=stewarded, status=agency_review.Status.WAITING)
    waiting = Q(status=Status.IN_REVIEW, pk__in=asked.values("data_request"))
    if Role.POLICY_OFFICE in roles:
        waiting |= Q(status=Status.SUBMITTED)
    whole = DataRequest.objects.select_related("applicant")
    seen = visible_to(person).filter(waiting).order_by("accepted_at", "submitted_at", "pk")
    sought = [foremost(seen, whole, LISTED)] if stewarded or roles else []
    if asks(person):
        mine = DataRequest.objects.filter(own(person))
        over = mine.filter(status__in=SETTLED).order_by(F("decided_at").desc(nulls_last=True), "-pk")
        sought += [foremost(mine.exclude(status__in=SETTLED), whole, LISTED), foremost(over, whole)]
    records = {record.pk: record for found in sought for record in found}
    reviews = Prefetch("reviews", AgencyReview.objects.select_related("agency"))
    prefetch_related_objects(list(records.values()), reviews, "team")
    datasets = _datasets(records.values(), stewarded)
    found = (_item(record, person, roles, datasets.get(record.pk, {})) for record in records.values())
    return [*(item for item in found if item is not None), *_fees(person, roles)]


def _datasets(records: Iterable[DataRequest], stewarded: set[int]) -> dict[int, dict[Agency, list[str]]]:
    """By request, of the agencies whose decision it waits for from this steward: the datasets asked of each."""
    reviews = [
        (record, review.agency)
        for record in records
        for review in record.reviews.all()
        if review.status == agency_review.Status.WAITING and review.agency_id in stewarded
    ]
    asked = RequestedColumn.objects.filter(data_request__in={record for record, _agency in reviews})
    titles = asked.filter(variable__dataset__agency__in=stewarded) if reviews else asked.none()
    named: dict[tuple[int, int], list[str]] = {}
    for number, agency_pk, title in (
        titles.order_by("variable__dataset__title")
        .values_list("data_request", "variable__dataset__agency", "variable__dataset__title")
        .distinct()
    ):
        named.setdefault((number, agency_pk), []).append(title)
    found: dict[int, dict[Agency, list[str]]] = {}
    for record, agency in reviews:
        found.setdefault(record.pk, {})[agency] = named.get((record.pk, agency.pk), [])
    return found


def _fees(person: Person, roles: frozenset[Role]) -> list[Item]:
    """Fees that the policy office has to fix or waits for, longest first, and those that this person has to pay."""
    read = DataRequest.objects.select_related("applicant")
    due = Q(fee__status=fee.Status.DUE)
    theirs = read.filter(due, applicant=person).order_by("decided_at", "pk")[:LISTED] if asks(person) else ()
    found = [(record, _("pay the fee"), Turn.YOURS, person.name) for record in theirs]
    if Role.POLICY_OFFICE in roles:
        seen, office = visible_to(person), _("Policy office")
        unfixed = foremost(fees.to_fix(seen).order_by("decided_at", "pk"), read)
        found += [(one, _("fix the fee"), Turn.YOURS, office) for one in unfixed if fees.may_owe(one)]
        unpaid = foremost(seen.filter(due).exclude(applicant=person).order_by("fee__fixed_at", "pk"), read)
        found += [(one, _("pay the fee"), Turn.OTHERS, one.applicant.name) for one in unpaid]
    return [
        Item(f"{record}: {task}", f"{record.get_absolute_url()}#fee", state, who)
        for record, task, state, who in found
    ]


def _item(
    record: DataRequest, person: Person, roles: frozenset[Role], datasets: dict[Agency, list[str]]
) -> Item | None:
    status = Status(record.status)
    mine = record.applicant_id == person.pk or any(m.person_id == person.pk for m in record.team.all())
    asked = any(review.status == "question_asked" for review in record.reviews.all())
    who, by_when = whose_turn(record)
    task, about, href = None, record.applicant.name, record.get_absolute_url()
    if mine and status in WITH_APPLICANT:
        task = _("fill in and send")
    elif mine and asked and status == Status.IN_REVIEW:
        task = _("answer the question")
    elif status == Status.SUBMITTED and Role.POLICY_OFFICE in roles:
        task = _("check that it is complete")
    elif status == Status.IN_REVIEW and datasets:
        task = _("decide on your agency’s columns")
        about = f"{', '.join(sorted(set(chain(*datasets.values()))))} · {about}"
        href += f"#review-{min(agency.code for agency in datasets)}"
    if task:
        return Item(f"{record}: {task}", href, Turn.YOURS, who, by_when, "" if mine else about)
    if not mine:
        return None
    state = Turn.FINISHED if status in SETTLED else Turn.OTHERS
    return Item(str(record), href, state, who, by_when)
