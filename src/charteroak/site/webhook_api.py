"""Webhooks as JSON: listed, made by whoever is signed in, resumed, ended."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth
from pydantic import Field

from charteroak.agencies.signin import signed_in
from charteroak.policy import decision
from charteroak.policy.webhook import Action
from charteroak.site import webhooks
from charteroak.site.models import Webhook

router = Router(auth=django_auth, tags=["webhooks"])


class New(Schema):
    label: Annotated[str, Field(min_length=1, max_length=80)]
    url: Annotated[str, Field(min_length=1, max_length=500)]
    agency: str | None = None


def _facts(request: HttpRequest, record: Webhook) -> dict[str, Any]:
    by = signed_in(request)
    return {
        "id": record.pk,
        "label": record.label,
        "url": record.url,
        "agency": record.agency.code if record.agency else None,
        "status": record.status,
        "failure": record.failure or None,
        "next_event": record.next_index,
        "actions": decision.as_json(
            {name.value: webhooks.may(record, name, by) for name in (Action.RESUME, Action.END)}
        ),
    }


@router.get("/", summary="Your webhooks")
def listing(request: HttpRequest) -> dict[str, Any]:
    return {"webhooks": [_facts(request, record) for record in webhooks.visible_to(signed_in(request))]}


@router.post("/create", summary="Have news sent; the secret that signs it is shown this once")
def create(request: HttpRequest, body: New) -> dict[str, Any]:
    record, secret = webhooks.create(by=signed_in(request), **body.dict())
    return _facts(request, record) | {"secret": secret}


@router.post("/{pk}/resume", summary="Go on where it stopped")
def resume(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = get_object_or_404(webhooks.visible_to(signed_in(request)), pk=pk)
    return _facts(request, webhooks.resume(pk=found.pk, by=signed_in(request)))


@router.post("/{pk}/end", summary="No more news")
def end(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = get_object_or_404(webhooks.visible_to(signed_in(request)), pk=pk)
    return _facts(request, webhooks.end(pk=found.pk, by=signed_in(request)))
