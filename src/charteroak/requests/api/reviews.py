"""An agency's review as JSON: questions and answers, decisions and their corrections."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from charteroak.agencies.signin import signed_in
from charteroak.policy.agency_review import Choice
from charteroak.requests import steward
from charteroak.requests.api.requests import facts, router, visible
from charteroak.requests.models import AgencyReview


class Text(Schema):
    text: str


class ColumnDecision(Schema):
    choice: Choice
    reason: str = ""


class Decisions(Schema):
    columns: dict[int, ColumnDecision]  # column id → decision
    conditions: str | None = None  # without a word on them, those that stand go on


def _review(request: HttpRequest, number: str, agency: str) -> AgencyReview:
    return get_object_or_404(AgencyReview, data_request=visible(request, number), agency__code=agency)


@router.post("/{number}/reviews/{agency}/ask", summary="Ask the applicant")
def ask(request: HttpRequest, number: str, agency: str, body: Text) -> dict[str, Any]:
    steward.ask(pk=_review(request, number, agency).pk, by=signed_in(request), text=body.text)
    return facts(request, number)


@router.post("/{number}/reviews/{agency}/answer", summary="Answer the steward")
def answer(request: HttpRequest, number: str, agency: str, body: Text) -> dict[str, Any]:
    steward.answer(pk=_review(request, number, agency).pk, by=signed_in(request), text=body.text)
    return facts(request, number)


@router.post("/{number}/reviews/{agency}/decide", summary="Decide on each column asked of your agency")
def decide(request: HttpRequest, number: str, agency: str, body: Decisions) -> dict[str, Any]:
    steward.decide(
        pk=_review(request, number, agency).pk,
        by=signed_in(request),
        choices={column: (said.choice, said.reason) for column, said in body.columns.items()},
        conditions=body.conditions,
    )
    return facts(request, number)


@router.post(
    "/{number}/reviews/{agency}/correct", summary="Decide otherwise, until the request is the board's"
)
def correct(request: HttpRequest, number: str, agency: str, body: Decisions) -> dict[str, Any]:
    steward.correct(
        pk=_review(request, number, agency).pk,
        by=signed_in(request),
        choices={column: (said.choice, said.reason) for column, said in body.columns.items()},
        conditions=body.conditions,
    )
    return facts(request, number)


@router.post("/{number}/reviews/{agency}/take-back", summary="Take the question back")
def take_back(request: HttpRequest, number: str, agency: str) -> dict[str, Any]:
    steward.take_back(pk=_review(request, number, agency).pk, by=signed_in(request))
    return facts(request, number)
