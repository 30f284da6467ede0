"""Fees as JSON."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from charteroak.agencies.signin import signed_in
from charteroak.policy.decision import as_json
from charteroak.requests import actions, fees
from charteroak.requests.api.requests import Because, facts, router, visible
from charteroak.requests.lists import FEES
from charteroak.requests.models import FeeSchedule


class FeesIn(Schema):
    """Dollars."""

    since: date
    per_request: Decimal = Decimal(0)
    per_agency: Decimal = Decimal(0)
    per_hour: Decimal = Decimal(0)
    free_for: list[str] = []  # kinds of employer: state, contractor, other
    under: Annotated[str, Field(max_length=200)]


class Hours(Schema):
    hours: Decimal


class Paid(Schema):
    reference: Annotated[str, Field(max_length=100)]
    paid_on: date


def _told(request: HttpRequest) -> Any:
    shown = FEES.of(request, FeeSchedule.objects.select_related("set_by"))
    return shown.file or {**shown.as_json(), "actions": as_json({"set": fees.may_set(signed_in(request))})}


@router.get("/fees/schedules", summary="What is charged, and what was; ?q, ?page, ?format")
def schedules(request: HttpRequest) -> Any:
    return _told(request)


@router.post("/fees/set", summary="Set what is charged from a day on")
def set_fees(request: HttpRequest, body: FeesIn) -> Any:
    actions.set_fees(by=signed_in(request), **body.dict())
    return _told(request)


@router.post("/{number}/fix-fee", summary="Fix what an approved project owes")
def fix_fee(request: HttpRequest, number: str, body: Hours) -> dict[str, Any]:
    actions.fix_fee(pk=visible(request, number).pk, by=signed_in(request), hours=body.hours)
    return facts(request, number)


@router.post("/{number}/waive-fee", summary="Waive the fee")
def waive_fee(request: HttpRequest, number: str, body: Because) -> dict[str, Any]:
    actions.waive_fee(pk=visible(request, number).pk, by=signed_in(request), because=body.because)
    return facts(request, number)


@router.post("/{number}/mark-fee-paid", summary="Note that the fee was paid")
def mark_fee_paid(request: HttpRequest, number: str, body: Paid) -> dict[str, Any]:
    actions.mark_fee_paid(pk=visible(request, number).pk, by=signed_in(request), **body.dict())
    return facts(request, number)
