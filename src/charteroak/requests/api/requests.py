"""Data requests as JSON: the same facts, the same actions, the same refusals as the pages."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth
from pydantic import Field

from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.policy.decision import as_json as reasons
from charteroak.policy.irb import Determination
from charteroak.policy.request_change import Kind
from charteroak.requests import actions, changes, consents, fees, papers, queries, reviewing
from charteroak.requests.lists import listed
from charteroak.requests.models import Attachment, DataRequest
from charteroak.requests.versions import differences

router = Router(auth=django_auth, tags=["requests"])
Short = Annotated[str, Field(max_length=200)]


class Parts(Schema):
    """What is given is kept; what is absent stays as it is."""

    title: Short = ""
    question: str = ""
    purpose: Short = ""
    public_benefit: str = ""
    need: str = ""
    learning_agenda: str = ""
    analysis_plan: str = ""
    schedule: str = ""
    months: int | None = None
    funding: str = ""
    legal_exception: Short = ""
    first_year: int | None = None
    last_year: int | None = None
    outputs_planned: str = ""
    publication_plan: str = ""
    ends_on: date | None = None
    irb_board: Short = ""
    irb_number: Annotated[str, Field(max_length=60)] = ""
    irb_determination: Determination | Literal[""] = ""
    irb_approved_on: date | None = None
    irb_expires_on: date | None = None
    revision: int | None = None  # of the request that was read; a part that has changed since is refused


class Start(Schema):
    title: Short


class Columns(Schema):
    purposes: dict[int, str]  # variable id → purpose
    justifications: dict[int, str] = {}
    revision: int | None = None


class Member(Schema):
    person: str


class Because(Schema):
    because: str


class Grounds(Schema):
    grounds: str


class ChangeOf(Schema):
    kind: Kind
    because: str


def visible(request: HttpRequest, number: str) -> DataRequest:
    return get_object_or_404(queries.visible_to(signed_in(request)), number=number)


def facts(request: HttpRequest, number: str) -> dict[str, Any]:
    record = get_object_or_404(
        queries.visible_to(signed_in(request)).select_related("applicant"), number=number
    )
    turn, by_when = queries.whose_turn(record)
    decisions = queries.decisions(record, signed_in(request))
    return {
        "number": record.number,
        "revision": record.revision,
        "unread": record.unread,
        "versions": record.versions.count(),
        "terms_open": {
            name: str(said) for name, said in queries.open_terms(record, signed_in(request)).items()
        },
        "status": record.status,
        "applicant": record.applicant.username,
        "changes": record.changes_request.number if record.changes_request else None,
        "change": record.change or None,
        "change_because": record.change_because,
        "differences": [vars(one) for one in changes.against(record)],
        **{name: getattr(record, name) for name in actions.EDITABLE},
        "team": list(record.team.values_list("person__username", flat=True)),
        "columns": _columns(record),
        "nations": consents.nations_of(column.variable for column in queries.columns(record)),
        "consents": list(
            consents.of(record).values("id", "nation", "status", "given_on", "until", "publication")
        ),
        "fee": fees.told(record, signed_in(request)),
        "papers": [paper(one) for one in papers.held(record)],
        "reviews": _reviews(record, signed_in(request)),
        "turn": turn,
        "by_when": by_when,
        "permitted": [name for name, may in decisions.items() if may],
        "actions": reasons(decisions),
    }


def _columns(record: DataRequest) -> list[dict[str, Any]]:
    return [
        {
            "id": column.pk,
            "agency": column.variable.dataset.agency.code,
            "variable": column.variable.name,
            "purpose": column.purpose,
            "justification": column.justification,
            "choice": column.choice,
            "reason": column.reason,
            "stands_from": column.carried_from.data_request.number if column.carried_from else None,
        }
        for column in record.columns.select_related("variable__dataset__agency", "carried_from__data_request")
    ]


def paper(one: Attachment) -> dict[str, Any]:
    return {"id": one.pk, "kind": one.kind, "name": one.name, "size": one.size, "sha256": one.sha256}


def _reviews(record: DataRequest, reader: Person) -> list[dict[str, Any]]:
    return [
        {
            "agency": review.agency.code,
            "status": review.status,
            "conditions": review.conditions,
            "permitted": sorted(reviewing.review_actions(review, reader)),
        }
        for review in queries.reviews(record)
    ]


@router.get("/", summary="Requests that you may see; ?q, ?status, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    shown = listed(request)
    found = [{"number": r.number, "title": r.title, "status": r.status} for r in shown.page]
    return shown.file or {"requests": found, **shown.as_json()}


@router.post("/start", summary="Begin a request")
def start(request: HttpRequest, body: Start) -> dict[str, Any]:
    return facts(request, actions.start(by=signed_in(request), title=body.title).number)


@router.get("/{number}", summary="One request, and what you may do with it now")
def detail(request: HttpRequest, number: str) -> dict[str, Any]:
    return facts(request, number)


@router.post("/{number}/edit", summary="Keep what is given")
def edit(request: HttpRequest, number: str, body: Parts) -> dict[str, Any]:
    said = body.dict(exclude_unset=True, exclude={"revision"})
    left = actions.edit(pk=visible(request, number).pk, by=signed_in(request), seen=body.revision, **said)
    return facts(request, number) | {"changed_meanwhile": list(left)}


@router.post("/{number}/columns", summary="Ask for exactly these columns")
def columns(request: HttpRequest, number: str, body: Columns) -> dict[str, Any]:
    left = actions.ask_columns(
        pk=visible(request, number).pk,
        by=signed_in(request),
        purposes=body.purposes,
        justifications=body.justifications,
        seen=body.revision,
    )
    return facts(request, number) | {"changed_meanwhile": left}


@router.post("/{number}/add-member", summary="Name a colleague on the team")
def add_member(request: HttpRequest, number: str, body: Member) -> dict[str, Any]:
    record, member = (
        visible(request, number),
        get_object_or_404(Person.objects.with_access(), username=body.person),
    )
    actions.add_member(pk=record.pk, by=signed_in(request), person=member)
    return facts(request, number)


@router.post("/{number}/remove-member", summary="Take a colleague off the team")
def remove_member(request: HttpRequest, number: str, body: Member) -> dict[str, Any]:
    record, member = visible(request, number), get_object_or_404(Person, username=body.person)
    actions.remove_member(pk=record.pk, by=signed_in(request), person=member)
    return facts(request, number)


@router.post("/{number}/accept-terms", summary="Accept the terms of use")
def accept_terms(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.accept_terms(pk=visible(request, number).pk, by=signed_in(request))
    return facts(request, number)


@router.get("/{number}/versions/{version}", summary="The request as it was sent, and what had changed")
def version(request: HttpRequest, number: str, version: int) -> dict[str, Any]:
    record = visible(request, number)
    sent = get_object_or_404(record.versions, number=version)
    before = record.versions.filter(number=version - 1).first()
    changed = differences(before.content, sent.content) if before else []
    return {**sent.content, "version": version, "differences": [vars(one) for one in changed]}


@router.post("/{number}/submit", summary="Send it to the policy office")
def submit(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.submit(pk=visible(request, number).pk, by=signed_in(request))
    return facts(request, number)


@router.post("/{number}/appeal", summary="Ask the board to hear it once more")
def appeal(request: HttpRequest, number: str, body: Grounds) -> dict[str, Any]:
    actions.appeal(pk=visible(request, number).pk, by=signed_in(request), grounds=body.grounds)
    return facts(request, number)


@router.post("/{number}/change", summary="Begin a change of what was approved, or the same once more")
def change(request: HttpRequest, number: str, body: ChangeOf) -> dict[str, Any]:
    begun = actions.change(
        pk=visible(request, number).pk, by=signed_in(request), kind=body.kind, because=body.because
    )
    return facts(request, begun.number)


@router.post("/{number}/return", summary="Return it to the applicant")
def return_(request: HttpRequest, number: str, body: Because) -> dict[str, Any]:
    actions.return_(pk=visible(request, number).pk, by=signed_in(request), because=body.because)
    return facts(request, number)


@router.post("/{number}/accept-as-complete", summary="Find it complete")
def accept_as_complete(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.accept_as_complete(pk=visible(request, number).pk, by=signed_in(request))
    return facts(request, number)


@router.post("/{number}/withdraw", summary="Withdraw it")
def withdraw(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.withdraw(pk=visible(request, number).pk, by=signed_in(request))
    return facts(request, number)


@router.post("/{number}/withdraw-appeal", summary="Withdraw the appeal: the decision stands")
def withdraw_appeal(request: HttpRequest, number: str) -> dict[str, Any]:
    actions.withdraw_appeal(pk=visible(request, number).pk, by=signed_in(request))
    return facts(request, number)
