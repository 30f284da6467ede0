"""Legal instruments, and who answers for what under them."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.adapters import clock
from charteroak.agencies import instruments as actions
from charteroak.agencies import lists
from charteroak.agencies.models import Instrument
from charteroak.agencies.queries import authority
from charteroak.agencies.signin import signed_in
from charteroak.policy.instrument import Kind as InstrumentKind
from charteroak.policy.responsibility import Kind

router = Router(tags=["agencies"])


class InstrumentIn(Schema):
    number: str
    kind: InstrumentKind
    title: str
    citation: str
    effective_on: date
    says: str
    parties: list[str] = []
    authorises: list[Kind] = []
    expires_on: date | None = None
    supersedes: str = ""


class Transfer(Schema):
    kind: Kind
    agency: str
    since: date
    under: str


@router.get(
    "/instruments",
    summary="Legal instruments, and which are in force; ?q, ?kind, ?party, ?in_force, ?page, ?format",
)
def instruments(request: HttpRequest) -> Any:
    shown = lists.instruments(request)
    return shown.file or {"instruments": [_told(one) for one in shown.page], **shown.as_json()}


def _told(one: Instrument) -> dict[str, Any]:
    return _facts(one, authority.in_force(one, clock.today()))


def _facts(one: Instrument, holds: bool) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "title": one.title,
        "citation": one.citation,
        "parties": [agency.code for agency in one.parties.all()],
        "effective_on": one.effective_on,
        "expires_on": one.expires_on,
        "supersedes": one.supersedes.number if one.supersedes else None,
        "authorises": one.authorises,
        "says": one.says,
        "verified": one.verified,
        "in_force": holds,
    }


@router.post("/instruments/record", auth=django_auth, summary="Put an instrument on record")
def record(request: HttpRequest, body: InstrumentIn) -> dict[str, Any]:
    made = actions.record(by=signed_in(request), **body.dict())
    return _told(made)


@router.get(
    "/responsibilities", summary="Who answers for what on a day; of today ?q, ?agency, ?page, ?format"
)
def responsibilities(request: HttpRequest, on: date | None = None) -> Any:
    """`responsibilities` are all of that day; the list beside is today's, and so are its files."""
    shown = lists.responsibilities(request)
    return shown.file or {**shown.as_json(), **_matrix(on or clock.today())}


def _matrix(day: date) -> dict[str, Any]:
    return {
        "on": day,
        "responsibilities": [
            {
                "kind": line.kind,
                "office": line.role,
                "agency": line.answering.agency.code if line.answering else None,
                "citation": line.answering.citation if line.answering else None,
                "since": line.answering.since if line.answering else None,
            }
            for line in authority.matrix(day)
        ],
    }


@router.post(
    "/responsibilities/transfer", auth=django_auth, summary="Record who answers for it from a day on"
)
def transfer(request: HttpRequest, body: Transfer) -> dict[str, Any]:
    actions.transfer(by=signed_in(request), **body.dict())
    return _matrix(body.since)
