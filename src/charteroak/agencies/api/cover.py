"""Absence cover and departures: who acts for whom, from when to when, and who leaves."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.agencies import actions, queries
from charteroak.agencies import cover as covering
from charteroak.agencies.models import Cover
from charteroak.agencies.queries import cover
from charteroak.agencies.signin import signed_in
from charteroak.agencies.views.cover import lay_down, take_up
from charteroak.agencies.views.people import visible

router = Router(auth=django_auth, tags=["agencies"])


class Delegate(Schema):
    """`office` is the id that a person's page and JSON give for an office held."""

    office: int
    delegate: str
    since: date
    until: date
    letter: str


class Notice(Schema):
    person: str
    last_day: date


def _facts(one: Cover) -> dict[str, Any]:
    return {
        "id": one.pk,
        "holder": one.office.person.username,
        "role": one.office.role,
        "agency": one.office.agency.code if one.office.agency else None,
        "delegate": one.delegate.username,
        "since": one.since,
        "until": one.until,
    }


@router.get("/cover", summary="Whose offices you may fill today, and in whose you act")
def offered(request: HttpRequest) -> dict[str, Any]:
    by = signed_in(request)
    return {
        "acting": _facts(by.acting) if by.acting else None,
        "offered": [_facts(one) for one in cover.offered_to(by)],
    }


@router.post("/people/{username}/name-delegate", summary="Name who acts for an office holder")
def name_delegate(request: HttpRequest, username: str, body: Delegate) -> dict[str, Any]:
    held = get_object_or_404(queries.roles_held(visible(request, username)), pk=body.office)
    said = body.dict() | {"office": held.pk}
    return _facts(covering.name_delegate(by=signed_in(request), **said))


@router.post("/cover/{pk}/end", summary="End a cover before its last day")
def end(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = get_object_or_404(cover.visible_to(signed_in(request)).select_related("office__person"), pk=pk)
    covering.end_cover(pk=found.pk, by=signed_in(request))
    return _facts(found)


@router.post("/cover/{pk}/act", summary="Act for the office holder for the rest of this sign-in")
def act(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _facts(take_up(request, pk))


@router.post("/cover/stop", summary="Back to your own name")
def stop(request: HttpRequest) -> dict[str, Any]:
    lay_down(request)
    return offered(request)


@router.post("/people/give-notice", summary="Say that somebody leaves: access ends within 24 hours")
def give_notice(request: HttpRequest, body: Notice) -> dict[str, Any]:
    by = signed_in(request)
    leaving = get_object_or_404(queries.may_be_noticed(by), username=body.person)
    actions.give_notice(person=leaving.pk, last_day=body.last_day, by=by)
    return {"username": leaving.username, "status": queries.status_of(leaving)}
