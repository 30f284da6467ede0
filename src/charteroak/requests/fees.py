"""Fees: which schedule holds for a request, what it is estimated to owe, what it owes and whether that is settled."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.catalog.models import Variable
from charteroak.policy import fee, fee_schedule
from charteroak.policy.agency_review import SHARED
from charteroak.policy.data_request import Status
from charteroak.policy.decision import Decision, as_json
from charteroak.policy.fee import CENT, Action, Asked, Bill, Facts, Rates, owed
from charteroak.policy.request_change import amends
from charteroak.requests.models import DataRequest, Fee, FeeSchedule
from charteroak.requests.queries import WITH_APPLICANT, on_team, roles_of

AMOUNTS = ("per_request", "per_agency", "per_hour")
MOST = 10_000_000  # dollars for one item, as the table can hold


def schedule_of(record: DataRequest) -> FeeSchedule | None:
    """What was set when the request was sent last, so that nothing set later changes what its sender was shown."""
    sent = record.submitted_at if Status(record.status) not in WITH_APPLICANT else None
    at = sent or clock.now()
    return FeeSchedule.objects.filter(since__lte=clock.day_of(at), set_at__lte=at).first()


def rates_of(schedule: FeeSchedule | None) -> Rates | None:
    if schedule is None:
        return None
    return Rates(**{name: getattr(schedule, name) for name in AMOUNTS}, free_for=frozenset(schedule.free_for))


def asked_of(record: DataRequest, hours: Decimal | None = None) -> Asked:
    """What is charged for: agencies that allowed a column once each has decided, until then those that are asked."""
    columns = record.columns.all()
    if record.status == Status.APPROVED:
        columns = columns.filter(choice__in=SHARED)
    agencies = Variable.objects.filter(pk__in=columns.values("variable")).values("dataset__agency").distinct()
    return Asked(
        employer_kind=record.applicant.employer_kind,
        agencies=agencies.count(),
        hours=hours,
        changes_another=record.changes_request_id is not None and amends(record.kind_of_change),
    )


def fixed(record: DataRequest) -> Fee | None:
    return (
        Fee.objects.filter(data_request=record).select_related("schedule", "fixed_by", "settled_by").first()
    )


def bill_of(record: DataRequest, one: Fee | None) -> Bill:
    """As it was fixed; until then the estimate."""
    if one is None:
        return owed(rates_of(schedule_of(record)), asked_of(record))
    hours = one.asked["hours"]
    return owed(rates_of(one.schedule), Asked(**one.asked | {"hours": hours and Decimal(hours)}))


def kept(asked: Asked) -> dict[str, Any]:
    """What was charged for, as the table keeps it."""
    return asdict(asked) | {"hours": asked.hours if asked.hours is None else f"{asked.hours:f}"}


def may(
    record: DataRequest, action: Action, person: Person, one: Fee | None = None, **known: Any
) -> Decision:
    """Whether this person may do this about the request's fee; what they state is taken as in order unless `known`."""
    status = fee.Status(one.status) if one else None
    approved = record.status == Status.APPROVED and record.historic_decision_on is None
    facts = Facts(approved=approved, actor_on_team=on_team(person, record), **known)
    return fee.LIFECYCLE.may(status, action, roles_of(person, record), facts)


def hours_in_order(hours: Decimal) -> bool:
    return hours.is_finite() and 0 <= hours <= 10_000 and hours == hours.quantize(CENT)


def may_set(person: Person, **known: bool) -> Decision:
    """Whether this person may set what is charged; what they state is taken as in order unless `known`."""
    roles = person.roles(clock.today())
    return fee_schedule.LIFECYCLE.may(None, fee_schedule.Action.SET, roles, fee_schedule.Facts(**known))


def amounts_in_order(amounts: Mapping[str, Decimal]) -> bool:
    return all(one.is_finite() and 0 <= one < MOST and one == one.quantize(CENT) for one in amounts.values())


def acts(record: DataRequest, person: Person, one: Fee | None) -> dict[str, Decision]:
    """What this person's offices are for about the fee now."""
    status = fee.Status(one.status) if one else None
    open_to = fee.LIFECYCLE.offered(status, roles_of(person, record))
    return {action.value: may(record, action, person, one) for action in open_to}


def shown(record: DataRequest) -> dict[str, Any]:
    """For a page: the fee if it is fixed, and what it consists of."""
    one = fixed(record)
    return {"fee": one, "bill": bill_of(record, one)}


def may_owe(record: DataRequest) -> bool:
    """Whether an hour of work, if nothing else, would come to an amount."""
    return bool(owed(rates_of(schedule_of(record)), asked_of(record, Decimal(1))).total)


def to_fix(seen: QuerySet[DataRequest]) -> QuerySet[DataRequest]:
    """Those approved whose fee is not fixed, without applicants who never owed one; `may_owe` says of which any is."""
    schedules = list(FeeSchedule.objects.all())
    if not schedules:
        return seen.none()
    free = set[str].intersection(*(set(one.free_for) for one in schedules))
    sent = Q(submitted_at__gte=min(one.set_at for one in schedules)) & ~Q(applicant__employer_kind__in=free)
    return seen.filter(sent, status=Status.APPROVED, historic_decision_on__isnull=True, fee__isnull=True)


def told(record: DataRequest, person: Person) -> dict[str, Any]:
    """For the JSON interface: dollars as text, so that no cent is lost."""
    one = fixed(record)
    bill, decisions = bill_of(record, one), acts(record, person, one)
    return {
        "status": one.status if one else "estimated",
        "amount": str(one.amount if one else bill.total),
        "lines": [{"what": str(line.what), "amount": str(line.amount)} for line in bill.lines],
        "because": one.because if one else "",
        "reference": one.reference if one else "",
        "paid_on": one.paid_on if one else None,
        "permitted": [name for name, allowed in decisions.items() if allowed],
        "actions": as_json(decisions),
    }
