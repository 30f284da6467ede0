"""A nation's consent as JSON."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Schema
from ninja.files import UploadedFile

from charteroak.agencies.signin import signed_in
from charteroak.policy.attachment import LARGEST
from charteroak.requests import actions, consents
from charteroak.requests.api.requests import facts, router, visible


class ConsentIn(Schema):
    nation: str
    publication: str
    given_on: date
    until: date


class WithdrawalIn(Schema):
    because: str


@router.post("/{number}/record-consent", summary="Put a nation's consent on record, with its letter")
def record_consent(
    request: HttpRequest, number: str, file: File[UploadedFile], said: Form[ConsentIn]
) -> dict[str, Any]:
    actions.record_consent(
        pk=visible(request, number).pk,
        by=signed_in(request),
        name=file.name or "",
        content=file.read(LARGEST + 1),
        **said.dict(),
    )
    return facts(request, number)


@router.post("/{number}/consents/{consent}/withdraw", summary="The nation takes its consent back")
def withdraw_consent(request: HttpRequest, number: str, consent: int, body: WithdrawalIn) -> dict[str, Any]:
    one = get_object_or_404(consents.of(visible(request, number)), pk=consent)
    actions.withdraw_consent(pk=one.pk, by=signed_in(request), because=body.because)
    return facts(request, number)
