"""Fees: what is charged is set, what a project owes is fixed, waived, marked as paid. No money passes here."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.policy.fee import LIFECYCLE, Action, Status, owed
from charteroak.requests import fees
from charteroak.requests.actions.draft import locked
from charteroak.requests.models import DataRequest, Fee, FeeSchedule


@transaction.atomic
def set_fees(
    *,
    by: Person,
    since: date,
    per_request: Decimal,
    per_agency: Decimal,
    per_hour: Decimal,
    under: str,
    free_for: Collection[str] = (),
) -> FeeSchedule:
    """From that day this is charged, in dollars, for whatever is sent; what was sent before keeps what it was shown."""
    amounts = {"per_request": per_request, "per_agency": per_agency, "per_hour": per_hour}
    fees.may_set(
        by,
        basis_said=bool(under.strip()),
        backdated=since < clock.today(),
        amounts_in_order=fees.amounts_in_order(amounts),
    ).require()
    kinds = sorted(set(free_for) & set(Person.Employer.values))
    made = FeeSchedule.objects.create(
        since=since, **amounts, free_for=kinds, under=under.strip(), set_by=by, set_at=clock.now()
    )
    said: dict[str, Any] = {name: f"{amount:.2f}" for name, amount in amounts.items()}
    audit.record("requests:fee_schedule:set", by=by, subject=made, since=str(since), free_for=kinds, **said)
    return made


@transaction.atomic
def fix_fee(*, pk: int, by: Person, hours: Decimal) -> Fee:
    """What an approved project owes, with the hours that its extract takes; it does not change any more."""
    record, one = _locked(pk)
    in_order = fees.hours_in_order(hours)
    schedule, asked = fees.schedule_of(record), fees.asked_of(record, hours if in_order else None)
    bill = owed(fees.rates_of(schedule), asked)
    fees.may(
        record, Action.FIX, by, one, hours_in_order=in_order, nothing_due=in_order and not bill.total
    ).require()
    assert schedule is not None  # noqa: S101 - without one nothing is due, which is refused above
    made = Fee.objects.create(
        data_request=record, schedule=schedule, asked=fees.kept(asked), amount=bill.total,
        fixed_by=by, fixed_at=clock.now(),
    )  # fmt: skip
    audit.record("requests:fee:fix", by=by, subject=record, schedule=made.schedule_id, amount=str(bill.total))
    return made


@transaction.atomic
def waive_fee(*, pk: int, by: Person, because: str) -> None:
    """The project need not pay it, for this reason."""
    record, one = _locked(pk)
    fees.may(record, Action.WAIVE, by, one, because_said=bool(because.strip())).require()
    _settle(one, Action.WAIVE, by, because=because.strip())
    audit.record("requests:fee:waive", by=by, subject=record)


@transaction.atomic
def mark_fee_paid(*, pk: int, by: Person, reference: str, paid_on: date) -> None:
    """It was paid, elsewhere, on that day: under this reference."""
    record, one = _locked(pk)
    fees.may(
        record,
        Action.MARK_PAID,
        by,
        one,
        reference_said=bool(reference.strip()),
        paid_ahead=paid_on > clock.today(),
    ).require()
    _settle(one, Action.MARK_PAID, by, reference=reference.strip(), paid_on=paid_on)
    audit.record("requests:fee:mark_paid", by=by, subject=record, paid_on=str(paid_on))


def _locked(pk: int) -> tuple[DataRequest, Fee | None]:
    """The request, whose lock its fee is under too."""
    record = locked(pk)
    return record, fees.fixed(record)


def _settle(one: Fee | None, action: Action, by: Person, **said: Any) -> None:
    assert one is not None  # noqa: S101 - the lifecycle lets nobody settle what is not fixed
    one.status = LIFECYCLE.after(Status(one.status), action)
    one.settled_by, one.settled_at = by, clock.now()
    for name, value in said.items():
        setattr(one, name, value)
    one.save(update_fields=["status", "settled_by", "settled_at", *said])
