"""The papers of a request as JSON and as files."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import File, Form
from ninja.files import UploadedFile

from charteroak.adapters.streaming import streamed
from charteroak.agencies.signin import signed_in
from charteroak.policy.attachment import LARGEST, Kind, type_of
from charteroak.requests import actions, papers, queries
from charteroak.requests.api.requests import facts, router, visible


@router.post("/{number}/attach", summary="Attach a paper")
def attach(request: HttpRequest, number: str, file: File[UploadedFile], kind: Form[Kind]) -> dict[str, Any]:
    actions.attach(
        pk=visible(request, number).pk,
        by=signed_in(request),
        kind=kind,
        name=file.name or "",
        content=file.read(LARGEST + 1),
    )
    return facts(request, number)


@router.get("/{number}/papers/{attachment}", summary="One paper, as it was attached")
def paper(request: HttpRequest, number: str, attachment: int) -> HttpResponseBase:
    record = visible(request, number)
    team = queries.on_team(signed_in(request), record)
    one = get_object_or_404(papers.readable(record, on_team=team), pk=attachment)
    known = type_of(one.name)
    return streamed(
        request, papers.content(one), name=one.name, kind=known.media if known else "application/octet-stream"
    )


@router.post("/{number}/papers/{attachment}/take-out", summary="Take a paper out")
def take_out(request: HttpRequest, number: str, attachment: int) -> dict[str, Any]:
    actions.take_out(pk=visible(request, number).pk, by=signed_in(request), attachment=attachment)
    return facts(request, number)
