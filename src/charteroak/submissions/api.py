"""Deliveries as JSON: what is expected, what came of it, what the caller may do."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from ninja.security import django_auth

from charteroak.agencies.signin import signed_in
from charteroak.agreements.models import Agreement
from charteroak.submissions import actions, agency_key, queries, views
from charteroak.submissions.lists import listed
from charteroak.submissions.models import Delivery
from charteroak.submissions.views import set_aside

router = Router(auth=django_auth, tags=["submissions"])


class FinderListIn(Schema):
    agency: str


class KeyIn(Schema):
    agency: str
    recipient: str


@router.get("/", summary="Agreements that ask for files; ?q, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return listed(request).told()


@router.get("/hub/{kind}.recipient", summary="The hub's public key for one kind of file")
def hub_key(request: HttpRequest, kind: str) -> Any:
    return views.hub_key(request, kind)


@router.get("/{number}/finder-lists/{pk}", summary="The encrypted list, for its agency's steward")
def finder_list(request: HttpRequest, number: str, pk: int) -> Any:
    return views.finder_list(request, number, pk)


@router.get("/{number}")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    by = signed_in(request)
    record = get_object_or_404(queries.visible_to(by), number=number)
    files = queries.expected(record)
    return {
        "number": record.number,
        "expected": [
            {
                "agency": file.agency.code,
                "kind": file.kind.value,
                "columns": ["record_id", *file.columns],
                "status": file.latest.status if file.latest else None,
                "waits_for": file.waits_for or None,
            }
            for file in files
        ],
        "deliveries": [_delivery(sent) for sent in queries.deliveries_for(record, by)],
        "finder_lists": [
            {
                "id": found.pk,
                "agency": found.agency.code,
                "numbers": found.numbers,
                "href": f"/api/submissions/{number}/finder-lists/{found.pk}",
            }
            for found in queries.finder_lists_for(record, by).exclude(ciphertext="")
        ],
        "permitted": _permitted(record, request),
    }


def _delivery(sent: Delivery) -> dict[str, Any]:
    return {
        "id": sent.pk,
        "agency": sent.agency.code,
        "kind": sent.kind,
        "file_name": sent.file_name,
        "status": sent.status,
        "ciphertext": sent.ciphertext,
        "rows": sent.rows,
        "findings": [
            {"column": f.column, "rows": f.rows, "first_row": f.first_row, "cause": f.cause, "cure": f.cure}
            for f in sent.findings.all()
        ],
    }


def _permitted(record: Agreement, request: HttpRequest) -> list[str]:
    by = signed_in(request)
    may_deliver = any(
        queries.deliver_decision(record, by, file.agency, file.kind) for file in queries.expected(record)
    )
    may_order = any(
        queries.finder_decision(record, by, file.agency)
        for file in queries.expected(record)
        if file.agency.code in queries.finder_agencies(record)
    )
    return [name for name, may in (("deliver", may_deliver), ("order-finder-list", may_order)) if may]


@router.post("/{number}/deliver")
def deliver(request: HttpRequest, number: str, file: File[UploadedFile]) -> dict[str, Any]:
    get_object_or_404(queries.visible_to(signed_in(request)), number=number)
    sent = actions.receive(number=number, by=signed_in(request), file_name=file.name or "", stream=file)
    return _delivery(sent)


@router.post("/{number}/register-key")
def register_key(request: HttpRequest, number: str, key: KeyIn) -> dict[str, Any]:
    get_object_or_404(queries.visible_to(signed_in(request)), number=number)
    made = agency_key.register(by=signed_in(request), **key.dict())
    return {"agency": key.agency, "fingerprint": made.fingerprint}


@router.post("/{number}/order-finder-list")
def order_finder_list(request: HttpRequest, number: str, order: FinderListIn) -> dict[str, Any]:
    get_object_or_404(queries.visible_to(signed_in(request)), number=number)
    made = actions.order_finder_list(number=number, by=signed_in(request), **order.dict())
    return {"id": made.pk}


@router.post("/{number}/deliveries/{pk}/reject", summary="Set a delivery aside; its bytes stay in quarantine")
def reject(request: HttpRequest, number: str, pk: int) -> dict[str, Any]:
    visible = queries.visible_to(signed_in(request)).filter(number=number)
    sent = get_object_or_404(Delivery, pk=pk, agreement__in=visible)
    actions.reject(pk=sent.pk, by=signed_in(request), findings=[set_aside()])
    sent.refresh_from_db()
    return _delivery(sent)
