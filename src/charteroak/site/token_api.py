"""Tokens as JSON: listed, made by whoever is signed in, revoked."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth
from pydantic import Field

from charteroak.agencies.signin import signed_in
from charteroak.policy import decision
from charteroak.site import tokens
from charteroak.site.models import Token
from charteroak.site.second_factor import is_shown

router = Router(auth=django_auth, tags=["tokens"])


class New(Schema):
    label: Annotated[str, Field(min_length=1, max_length=80)]
    last_day: date
    agency: str | None = None
    reads_only: bool = True
    delivers_only: bool = False  # it sends files in and reads nothing, whatever reads_only says


def _facts(request: HttpRequest, record: Token) -> dict[str, Any]:
    return {
        "id": record.pk,
        "label": record.label,
        "begins_with": record.begins_with,
        "agency": record.agency.code if record.agency else None,
        "reads_only": record.reads_only,
        "delivers_only": record.delivers_only,
        "last_day": record.last_day,
        "status": record.status,
        "actions": decision.as_json({"revoke": tokens.may_revoke(record, signed_in(request))}),
    }


@router.get("/", summary="Your tokens")
def listing(request: HttpRequest) -> dict[str, Any]:
    return {"tokens": [_facts(request, record) for record in tokens.visible_to(signed_in(request))]}


@router.post("/create", summary="Make a token; its words are shown this once")
def create(request: HttpRequest, body: New) -> dict[str, Any]:
    record, words = tokens.create(by=signed_in(request), second_factor=is_shown(request), **body.dict())
    return _facts(request, record) | {"token": words}


@router.post("/{pk}/revoke", summary="From now on it opens nothing")
def revoke(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = get_object_or_404(tokens.visible_to(signed_in(request)), pk=pk)
    return _facts(request, tokens.revoke(pk=found.pk, by=signed_in(request)))
