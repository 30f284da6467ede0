"""Matters as JSON: what is open, its duties with their days, what the caller may do."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.agencies.signin import signed_in
from charteroak.exceptions import actions, queries
from charteroak.exceptions.lists import listed
from charteroak.exceptions.models import Matter
from charteroak.exceptions.views import found, kind_named, letter
from charteroak.policy.matter import Clock, Ground

router = Router(auth=django_auth, tags=["exceptions"])


class MatterIn(Schema):
    what: str
    known_on: date
    number: str = ""
    person: str = ""
    agency: str = ""
    clocks: list[Clock] = []
    asked_by: str = ""
    wages: bool = False
    social_security_numbers: bool = False


class OwnerIn(Schema):
    to: str


class DoneIn(Schema):
    how: str = ""


class OutcomeIn(Schema):
    outcome: str
    disclosed: bool = False
    ground: Ground = Ground.NOT_DISCLOSED


def _facts(request: HttpRequest, record: Matter) -> dict[str, Any]:
    decisions = queries.decisions(record, signed_in(request))
    return {
        "id": record.pk,
        "kind": record.kind,
        "status": record.status,
        "known_on": record.known_on,
        "project": record.data_request.number if record.data_request else None,
        "person": record.person.username if record.person else None,
        "agency": record.agency.code if record.agency else None,
        "clocks": record.clocks,
        "owner": record.owner.username,
        "by_when": record.first_due,
        "duties": list(record.duties.values("name", "says", "due_on", "source", "verified", "done_at")),
        "permitted": [name.replace("_", "-") for name, decision in decisions.items() if decision],
    }


@router.get("/", summary="Matters that you may read; ?q, ?status, ?kind, ?page, ?format")
def matters(request: HttpRequest) -> Any:
    shown = listed(request)
    return shown.file or {"matters": [_facts(request, one) for one in shown.page], **shown.as_json()}


@router.get("/{pk}", summary="One matter")
def read(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _facts(request, found(request, pk))


@router.post("/record/{kind}", summary="Put a matter on record")
def record(request: HttpRequest, kind: str, body: MatterIn) -> dict[str, Any]:
    made = actions.record(by=signed_in(request), kind=kind_named(kind), **body.dict())
    return _facts(request, found(request, made.pk))


@router.post("/{pk}/hand-over", summary="Name another owner")
def hand_over(request: HttpRequest, pk: int, body: OwnerIn) -> dict[str, Any]:
    actions.hand_over(pk=found(request, pk).pk, by=signed_in(request), to=body.to)
    return {"id": pk, "owner": body.to}


@router.post("/{pk}/do/{duty}", summary="Record a duty as done")
def do(request: HttpRequest, pk: int, duty: str, body: DoneIn) -> dict[str, Any]:
    actions.do(pk=found(request, pk).pk, by=signed_in(request), duty=duty.replace("-", "_"), how=body.how)
    return read(request, pk)


@router.post("/{pk}/close", summary="Close a matter")
def close(request: HttpRequest, pk: int, body: OutcomeIn) -> dict[str, Any]:
    actions.close(pk=found(request, pk).pk, by=signed_in(request), **body.dict())
    return read(request, pk)


@router.get("/{pk}/letters/{name}", summary="A letter to print, as the page has it")
def read_letter(request: HttpRequest, pk: int, name: str) -> Any:
    return letter(request, pk, name)
