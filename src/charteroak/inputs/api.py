"""Input requests as JSON: where they stand, what the scan found, what the caller may do."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from ninja.security import django_auth

from charteroak.agencies.signin import signed_in
from charteroak.inputs import actions, queries
from charteroak.inputs.lists import listed
from charteroak.inputs.viewing import look
from charteroak.inputs.views import found
from charteroak.policy.decision import as_json as reasons
from charteroak.policy.input_request import LARGEST, Kind
from charteroak.workspaces.queries import visible_to as workspaces_visible_to

router = Router(auth=django_auth, tags=["inputs"])


class HashIn(Schema):
    sha256: str  # of the bytes that the caller looked at


class ReasonIn(Schema):
    because: str


@router.get("/", summary="Input requests; ?q, ?status, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return listed(request).told()


@router.get("/{number}")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    record = found(request, number)
    decisions = queries.decisions(record, signed_in(request))
    return {
        "number": record.number,
        "status": record.status,
        "turn": queries.whose_turn(record) or None,
        "by_when": record.workspace.agreement.last_day,
        "kind": record.kind,
        "name": record.name,
        "sha256": record.sha256,
        "size": record.size,
        "findings": record.findings,
        "because": record.because,
        "permitted": [name for name, decision in decisions.items() if decision],
        "actions": reasons(decisions),
    }


@router.get("/{number}/file", summary="What is in the file, for a checker; each look is on record")
def read_file(request: HttpRequest, number: str) -> dict[str, Any]:
    record = found(request, number)
    return {"name": record.name, "sha256": record.sha256, **look(record, signed_in(request))}


@router.post("/ask/{number}")
def ask(
    request: HttpRequest,
    number: str,
    kind: Form[Kind],
    purpose: Form[str],
    package: Form[str] = "",
    file: File[UploadedFile | None] = None,
) -> dict[str, Any]:
    """As a form with the file; of a package `package` alone, NAME==VERSION."""
    room = get_object_or_404(workspaces_visible_to(signed_in(request)), agreement__number=number)
    named = kind is Kind.PACKAGE or file is None
    made = actions.submit(
        workspace=room.pk,
        by=signed_in(request),
        kind=kind,
        file_name=package if named or file is None else file.name or "",
        content=b"" if named or file is None else file.read(LARGEST + 1),
        purpose=purpose,
    )
    return read(request, made.number)


@router.post("/{number}/accept")
def accept(request: HttpRequest, number: str, looked_at: HashIn) -> dict[str, Any]:
    actions.accept(pk=found(request, number).pk, by=signed_in(request), sha256=looked_at.sha256)
    return read(request, number)


@router.post("/{number}/refuse")
def refuse(request: HttpRequest, number: str, reason: ReasonIn) -> dict[str, Any]:
    actions.refuse(pk=found(request, number).pk, by=signed_in(request), because=reason.because)
    return read(request, number)


@router.post("/{number}/retry")
def retry(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.retry(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)


@router.post("/{number}/withdraw")
def withdraw(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.withdraw(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)


@router.post("/{number}/remove")
def remove(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.remove(pk=found(request, number).pk, by=signed_in(request))
    return read(request, number)
