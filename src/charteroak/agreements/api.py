"""Agreements as JSON: terms, clauses, signatures, what the caller may do."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Router, Schema, UploadedFile
from ninja.security import django_auth
from pydantic import Field

from charteroak.adapters import clock
from charteroak.adapters.listing import PER_PAGE
from charteroak.agencies.confirmation import confirmed_at
from charteroak.agencies.signin import signed_in
from charteroak.agreements import actions, amending, disclosures, documents, queries, retention
from charteroak.agreements import recall as recalling
from charteroak.agreements.keeping import account, asked_after, handed_over, sought_by, whose
from charteroak.agreements.lists import listed, without_approval
from charteroak.agreements.models import Agreement, Clause
from charteroak.agreements.views import due_on
from charteroak.agreements.worklist import whose_turn
from charteroak.policy.decision import as_json as reasons
from charteroak.policy.matter import Clock
from charteroak.requests import fees
from charteroak.requests.models import DataRequest

router = Router(auth=django_auth, tags=["agreements"])


class DraftIn(Schema):
    sensitive_seen: bool | None = None


class RedlineIn(Schema):
    clause: str
    text: str
    comment: str = ""


class SignIn(Schema):
    party: int
    text_hash: str
    intent: str


class RecallIn(Schema):
    because: Annotated[str, Field(max_length=500)]


class WithdrawIn(Schema):
    because: Annotated[str, Field(max_length=500)]


class TerminateIn(Schema):
    because: Annotated[str, Field(max_length=200)]


class ApprovalIn(Schema):
    what: Clock
    series: str
    approval: str
    given_by: str
    approved_on: date
    agreement: str | None = None


@router.get("/", summary="Agreements that you may read; ?q, ?status, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return listed(request).told()


@router.get("/retention", summary="The series and approvals that certificates cite")
def approvals(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - a view's signature
    """Those that hold for every agreement; an agreement's answer names what its own certificates cite."""
    return {what.value: retention.cited(what) for what in Clock}


@router.get("/retention/wanted", summary="What is due soon without an approval on record; ?q, ?what, ?page")
def wanted(request: HttpRequest) -> Any:
    return without_approval(request).told()


@router.post("/retention/record", summary="Put a retention approval on record")
def record_approval(request: HttpRequest, body: ApprovalIn) -> dict[str, Any]:
    """`agreement`: the number of the one that it holds for; without it, it holds for all."""
    said = body.dict() | {"agreement": _found(request, body.agreement) if body.agreement else None}
    retention.record(by=signed_in(request), **said)
    return approvals(request)


@router.get(
    "/disclosures",
    summary="One agency's record under all its agreements; ?agency, ?year (or all), ?q, ?what, ?after",
)
def accounts(request: HttpRequest) -> dict[str, Any]:
    """Fifty to a page; `next` is the `after` of the next one."""
    shown = account(request)
    lines, after = shown.page()
    return {
        "agency": shown.agency.code,
        "agencies": [one.code for one in shown.agencies],
        "year": shown.year,
        "disclosures": [asdict(one) for one in lines],
        "next": after,
    }


@router.get(
    "/{number}/disclosures",
    summary="What was disclosed of your office's records, fifty to a page; ?q, ?what, ?after",
)
def disclosed(request: HttpRequest, number: str) -> dict[str, Any]:
    """`next` is the `after` of the next page."""
    record, agencies = whose(request, number)
    handed = record.disclosure_records.filter(agency__in=agencies)
    told = disclosures.of(record, agencies, asked_after(request), sought_by(request))
    lines, after = disclosures.part(told, PER_PAGE)
    return {
        "disclosures": [asdict(one) for one in lines],
        "next": after,
        "handed_over": list(handed.values("id", "agency__code", "what", "sha256", "made_at")),
    }


@router.get("/{number}/disclosures/{pk}", summary="An agency's record as it was handed over, as CSV")
def handed(request: HttpRequest, number: str, pk: int) -> Any:
    return handed_over(request, number, pk)


@router.get("/{number}/pdf", summary="On paper, as a tagged PDF")
def as_pdf(request: HttpRequest, number: str) -> Any:
    return documents.as_pdf(request, number)


@router.get("/{number}/sealed", summary="As it was executed, under the installation's seal")
def sealed(request: HttpRequest, number: str) -> Any:
    return documents.sealed(request, number)


@router.get("/{number}/word", summary="The draft for Word; take_in takes it back")
def as_word(request: HttpRequest, number: str) -> Any:
    return documents.as_word(request, number)


@router.get("/{number}/certificate", summary="That nothing held under it is left, as a PDF")
def certificate(request: HttpRequest, number: str) -> Any:
    return documents.certificate(request, number)


@router.get("/{number}/certificate/{what}", summary="That one kind of thing is gone, as a PDF")
def certificate_of(request: HttpRequest, number: str, what: str) -> Any:
    return documents.certificate_of(request, number, what)


@router.get("/{number}")
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    return _facts(_found(request, number), request)


def _found(request: HttpRequest, number: str) -> Agreement:
    return get_object_or_404(queries.visible_to(signed_in(request)), number=number)


def _clause(one: Clause) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "heading": one.heading,
        "text": one.text,
        "terms": one.terms,
        "locked": one.wording.locked,
        "template": one.template or None,
    }


def _facts(record: Agreement, request: HttpRequest) -> dict[str, Any]:
    record.refresh_from_db()
    return {
        "number": record.number,
        "status": record.status,
        "starts_on": record.starts_on,
        "ends_on": record.ends_on,
        "executed_on": record.executed_on,
        "ended_on": record.ended_on,
        "turn": whose_turn(record) or None,
        "by_when": due_on(record),
        "text_hash": record.text_hash or None,
        "clauses": [_clause(one) for one in record.clauses.all()],
        "parties": [
            {
                "id": party.pk,
                "agency": party.agency.code,
                "part": party.part,
                "signed_on": party.signature.on if hasattr(party, "signature") else None,
            }
            for party in record.parties.select_related("agency", "signature")
        ],
        "duties": [
            {"what": duty.what, "due_on": duty.due_on, "done_at": duty.done_at, "retention": cites}
            for duty, cites in retention.told(record)
        ],
        "amends": record.amends.number if record.amends else None,
        "held_as": record.held.number,
        "versions": [one.number for one in amending.versions(record)],
        "differences": [vars(one) for one in amending.compared(record)],
        "fee": fees.told(record.data_request, signed_in(request)),
        "permitted": queries.permitted(record, signed_in(request)),
        "actions": reasons(queries.decisions(record, signed_in(request))),
    }


@router.post("/{number}/draft")
def draft(request: HttpRequest, number: str, how: DraftIn | None = None) -> dict[str, Any]:
    """`sensitive_seen`: whether a session may show sensitive columns as a picture; as it stands unless said."""
    by = signed_in(request)
    if not by.roles(clock.today()) & queries.DRAFTERS:
        raise Http404  # as the page says it: whether there is such a request is not for everybody
    wanted = get_object_or_404(DataRequest, number=number)
    return _facts(
        actions.draft(data_request_pk=wanted.pk, by=by, sensitive_seen=how.sensitive_seen if how else None),
        request,
    )


@router.post("/{number}/redline")
def redline(request: HttpRequest, number: str, given: RedlineIn) -> dict[str, Any]:
    record = _found(request, number)
    clause = get_object_or_404(Clause, agreement=record, number=given.clause)
    actions.redline(clause=clause.pk, by=signed_in(request), text=given.text, comment=given.comment)
    return _facts(record, request)


@router.post("/{number}/take_in")
def take_in(request: HttpRequest, number: str, file: File[UploadedFile]) -> dict[str, Any]:
    """The draft as it came back from Word; the answer names the clauses that changed."""
    record = _found(request, number)
    changed = actions.take_in(pk=record.pk, by=signed_in(request), file=file.read())
    return {"changed": changed} | _facts(record, request)


@router.post("/{number}/open_for_signature")
def open_for_signature(request: HttpRequest, number: str) -> dict[str, Any]:
    record = _found(request, number)
    actions.open_for_signature(pk=record.pk, by=signed_in(request))
    return _facts(record, request)


@router.post("/{number}/sign")
def sign(request: HttpRequest, number: str, given: SignIn) -> dict[str, Any]:
    record = _found(request, number)
    party = get_object_or_404(record.parties, pk=given.party)
    actions.sign(
        party=party.pk,
        by=signed_in(request),
        text_hash=given.text_hash,
        intent=given.intent,
        confirmed_at=confirmed_at(request),
    )
    return _facts(record, request)


@router.post("/{number}/recall", summary="Take the text back from its signatories, for other words")
def recall(request: HttpRequest, number: str, given: RecallIn) -> dict[str, Any]:
    record = _found(request, number)
    recalling.recall(pk=record.pk, by=signed_in(request), because=given.because)
    return _facts(record, request)


@router.post("/{number}/withdraw")
def withdraw(request: HttpRequest, number: str, given: WithdrawIn) -> dict[str, Any]:
    record = _found(request, number)
    actions.withdraw(pk=record.pk, by=signed_in(request), because=given.because)
    return _facts(record, request)


@router.post("/{number}/terminate")
def terminate(request: HttpRequest, number: str, given: TerminateIn) -> dict[str, Any]:
    record = _found(request, number)
    actions.terminate(pk=record.pk, by=signed_in(request), because=given.because)
    return _facts(record, request)


@router.post("/{number}/destroy")
def destroy(request: HttpRequest, number: str) -> dict[str, Any]:
    record = _found(request, number)
    actions.destroy(pk=record.pk, by=signed_in(request))
    return _facts(record, request)


@router.post("/{number}/close")
def close(request: HttpRequest, number: str) -> dict[str, Any]:
    record = _found(request, number)
    actions.close(pk=record.pk, by=signed_in(request))
    return _facts(record, request)
