"""Meetings and motions as JSON: agenda, quorum, votes, what the caller may do."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.adapters import clock
from charteroak.adapters.listing import PER_PAGE
from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.board import actions, follow_up_api, follow_ups, paper_api, promises, queries, seat_api
from charteroak.board.models import Meeting, Motion
from charteroak.board.worklist import by_when, whose_turn
from charteroak.policy.decision import as_json as reasons
from charteroak.policy.motion import Choice
from charteroak.requests.models import DataRequest

router = Router(auth=django_auth, tags=["board"])
router.add_router("", seat_api.router)
router.add_router("/follow_ups", follow_up_api.router)
router.add_router("", paper_api.router)
FURTHEST = 1_000_000  # pages: further on there is no number of a row


class PlanIn(Schema):
    board: int
    starts_at: datetime  # state time where it names no other
    place: str


class MotionIn(Schema):
    kind: Motion.Kind
    number: str  # of the data request
    text: str
    about: str = ""
    conditions: str = ""


class VoteIn(Schema):
    choice: Choice
    reason: str = ""
    seat: int | None = None  # held by proxy; by default one's own


class ConditionsIn(Schema):
    conditions: str


class OutcomeIn(Schema):
    outcome: str


class CancelIn(Schema):
    because: str


class FollowUpIn(Schema):
    text: str
    reported_to: str
    due_on: date
    owner: str = ""


@router.get("/", summary="Meetings, the latest first, fifty to a page; the page after the last is empty")
def meetings(request: HttpRequest, page: int = 1) -> list[dict[str, Any]]:
    seen = queries.visible_to(signed_in(request)).only(
        "status", "starts_at", "place", "cancelled_because", "board__name"
    )
    first = (min(max(page, 1), FURTHEST) - 1) * PER_PAGE
    shown = seen.order_by("-starts_at", "-pk")[first : first + PER_PAGE]
    return [_brief(record) for record in shown]  # without the minutes, which grow with the years


def _brief(record: Meeting) -> dict[str, Any]:
    return {
        "id": record.pk,
        "board": record.board.name,
        "status": record.status,
        "starts_at": record.starts_at,
        "place": record.place,
        "cancelled_because": record.cancelled_because or None,
    }


@router.get("/meetings/{pk}")
def read(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _facts(_found(request, pk), request)


def _found(request: HttpRequest, pk: int) -> Meeting:
    return get_object_or_404(queries.visible_to(signed_in(request)), pk=pk)


def _facts(record: Meeting, request: HttpRequest) -> dict[str, Any]:
    record.refresh_from_db()
    by, facts = signed_in(request), queries.meeting_facts(record)
    return {
        **_brief(record),
        "seats": facts.seats,
        "present": facts.present,
        "quorum": facts.quorum,
        "turn": whose_turn(record) or None,
        "by_when": by_when(record),
        "roll": paper_api.roll(record),
        "motions": [_motion(one, request) for one in record.motions.select_related("data_request")],
        "follow_ups": [follow_up_api.told(one, by) for one in record.follow_ups.order_by("due_on", "pk")],
        "minutes": record.minutes or None,
        "permitted": _permitted(record, by),
        "actions": reasons(queries.decisions(record, by)) if by else {},
    }


def _permitted(record: Meeting, by: Person) -> list[str]:
    asked = queries.decisions(record, by) | {
        "add_motion": queries.may_add_motion(record, by),
        "add_follow_up": follow_ups.may_add_follow_up(record, by),
    }
    return [name for name, decision in asked.items() if decision.allowed]


def _motion(record: Motion, request: HttpRequest) -> dict[str, Any]:
    decisions = queries.motion_decisions(record, signed_in(request))
    return {
        "id": record.pk,
        "kind": record.kind,
        "number": record.data_request.number,
        "about": record.about or None,
        "text": record.text,
        "conditions": record.conditions,
        "status": record.status,
        "concerned": [seat.name for seat in queries.concerned(record)],
        "votes": {vote.seat.name: vote.choice for vote in queries.standing_votes(record).values()},
        "permitted": [name for name, decision in decisions.items() if decision.allowed],
        "actions": reasons(decisions),
    }


@router.post("/plan")
def plan(request: HttpRequest, given: PlanIn) -> dict[str, Any]:
    at = given.starts_at if given.starts_at.tzinfo else given.starts_at.replace(tzinfo=clock.STATE_TIME)
    made = actions.plan(by=signed_in(request), board=given.board, starts_at=at, place=given.place)
    return _facts(made, request)


@router.post("/meetings/{pk}/add_motion")
def add_motion(request: HttpRequest, pk: int, given: MotionIn) -> dict[str, Any]:
    record = _found(request, pk)
    queries.may_add_motion(
        record, signed_in(request)
    ).require()  # first: an answer tells which requests there are
    about = get_object_or_404(DataRequest, number=given.number)
    actions.add_motion(
        pk=pk,
        by=signed_in(request),
        kind=given.kind,
        data_request=about.pk,
        text=given.text,
        about=given.about,
        conditions=given.conditions,
    )
    return _facts(record, request)


@router.post("/meetings/{pk}/add_follow_up")
def add_follow_up(request: HttpRequest, pk: int, given: FollowUpIn) -> dict[str, Any]:
    record = _found(request, pk)
    promises.add_follow_up(pk=pk, by=signed_in(request), **given.dict())
    return _facts(record, request)


@router.post("/meetings/{pk}/notice")
def notice(request: HttpRequest, pk: int) -> dict[str, Any]:
    record = _found(request, pk)
    actions.notice(pk=pk, by=signed_in(request))
    return _facts(record, request)


@router.post("/meetings/{pk}/attend")
def attend(request: HttpRequest, pk: int) -> dict[str, Any]:
    record = _found(request, pk)
    actions.attend(pk=pk, by=signed_in(request))
    return _facts(record, request)


@router.post("/meetings/{pk}/open")
def open_(request: HttpRequest, pk: int) -> dict[str, Any]:
    record = _found(request, pk)
    actions.open_(pk=pk, by=signed_in(request))
    return _facts(record, request)


@router.post("/meetings/{pk}/close")
def close(request: HttpRequest, pk: int) -> dict[str, Any]:
    record = _found(request, pk)
    actions.close(pk=pk, by=signed_in(request))
    return _facts(record, request)


@router.post("/meetings/{pk}/cancel")
def cancel(request: HttpRequest, pk: int, given: CancelIn) -> dict[str, Any]:
    record = _found(request, pk)
    actions.cancel(pk=pk, by=signed_in(request), because=given.because)
    return _facts(record, request)


@router.post("/motions/{pk}/vote")
def vote(request: HttpRequest, pk: int, given: VoteIn) -> dict[str, Any]:
    record = _found_motion(request, pk)
    actions.vote(pk=pk, by=signed_in(request), choice=given.choice, reason=given.reason, seat_pk=given.seat)
    return _motion(record, request)


@router.post("/motions/{pk}/declare")
def declare(request: HttpRequest, pk: int) -> dict[str, Any]:
    record = _found_motion(request, pk)
    actions.declare(pk=pk, by=signed_in(request))
    record.refresh_from_db()
    return _motion(record, request)


@router.post("/motions/{pk}/postpone")
def postpone(request: HttpRequest, pk: int) -> dict[str, Any]:
    record = _found_motion(request, pk)
    actions.postpone(pk=pk, by=signed_in(request))
    record.refresh_from_db()
    return _motion(record, request)


def _found_motion(request: HttpRequest, pk: int) -> Motion:
    return get_object_or_404(Motion, meeting__in=queries.visible_to(signed_in(request)), pk=pk)


@router.post("/motions/{pk}/set_conditions")
def set_conditions(request: HttpRequest, pk: int, given: ConditionsIn) -> dict[str, Any]:
    record = _found_motion(request, pk)
    actions.set_conditions(pk=pk, by=signed_in(request), conditions=given.conditions)
    record.refresh_from_db()
    return _motion(record, request)


@router.post("/follow_ups/{pk}/report")
def report_follow_up(request: HttpRequest, pk: int) -> dict[str, Any]:
    record = get_object_or_404(follow_ups.visible_to(signed_in(request)), pk=pk)
    promises.report_follow_up(pk=pk, by=signed_in(request))
    return _facts(record.meeting, request)


@router.post("/follow_ups/{pk}/finish")
def finish_follow_up(request: HttpRequest, pk: int, given: OutcomeIn) -> dict[str, Any]:
    record = get_object_or_404(follow_ups.visible_to(signed_in(request)), pk=pk)
    promises.finish_follow_up(pk=pk, by=signed_in(request), outcome=given.outcome)
    return _facts(record.meeting, request)
