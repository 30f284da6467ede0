"""What happened beside the platform, as JSON: on record, and put there."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import django_auth
from pydantic import Field

from charteroak.agencies.signin import signed_in
from charteroak.agreements.models import Agreement
from charteroak.elsewhere import actions, queries
from charteroak.elsewhere.lists import listed
from charteroak.elsewhere.models import Happening
from charteroak.elsewhere.views import found
from charteroak.policy import decision
from charteroak.policy.delivery import FileKind
from charteroak.policy.matter import Clock

router = Router(auth=django_auth, tags=["elsewhere"])


class Day(Schema):
    on: date


class Sent(Day):
    file_name: Annotated[str, Field(min_length=1, max_length=120)]
    sha256: str
    way: Annotated[str, Field(max_length=80)] = "SFTP"


class SentOf(Sent):
    kind: FileKind


class Gone(Day):
    way: Annotated[str, Field(max_length=80)]


def _happening(one: Happening) -> dict[str, Any]:
    return {
        "act": one.act, "on": one.on, "agency": one.agency.code if one.agency else None, "kind": one.kind or None,
        "file": one.file_name or None, "sha256": one.sha256 or None, "way": one.way or None,
        "what": one.what or None, "by": one.by.username,
    }  # fmt: skip


def _facts(request: HttpRequest, record: Agreement) -> dict[str, Any]:
    return {
        "number": record.number,
        "stage": queries.status_of(record),
        "whose_turn": queries.whose_turn(record) or None,
        "happenings": [_happening(one) for one in queries.happenings(record)],
        "actions": decision.as_json(queries.decisions(record, signed_in(request))),
    }


@router.get("/", summary="Agreements whose files go beside the platform; ?q, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return listed(request).told()


@router.get("/{number}", summary="What is on record of a project, and what you may put there")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    return _facts(request, found(request, number))


@router.post("/{number}/send/{agency}", summary="A file went to the hub")
def send(request: HttpRequest, number: str, agency: str, body: SentOf) -> dict[str, Any]:
    record = found(request, number)
    actions.send(number=record.number, by=signed_in(request), agency=agency, **body.dict())
    return _facts(request, record)


@router.post("/{number}/match", summary="The match is done")
def match(request: HttpRequest, number: str, body: Day) -> dict[str, Any]:
    record = found(request, number)
    actions.match(number=record.number, by=signed_in(request), on=body.on)
    return _facts(request, record)


@router.post("/{number}/confirm/{agency}", summary="A steward confirms the match")
def confirm(request: HttpRequest, number: str, agency: str, body: Day) -> dict[str, Any]:
    record = found(request, number)
    actions.confirm(number=record.number, by=signed_in(request), agency=agency, on=body.on)
    return _facts(request, record)


@router.post("/{number}/deliver", summary="The matched file was delivered")
def deliver(request: HttpRequest, number: str, body: Sent) -> dict[str, Any]:
    record = found(request, number)
    actions.deliver(number=record.number, by=signed_in(request), **body.dict())
    return _facts(request, record)


@router.post("/{number}/destroy/{what}", summary="Certify that something is destroyed")
def destroy(request: HttpRequest, number: str, what: Clock, body: Gone) -> dict[str, Any]:
    record = found(request, number)
    actions.destroy(number=record.number, by=signed_in(request), what=what.value, **body.dict())
    return _facts(request, record)
