"""Seats as JSON: who holds them, who stands in, how they are filled anew."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth

from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.board import lists, seating
from charteroak.board.boards import rules_of
from charteroak.board.models import Board, Seat
from charteroak.board.seats import may_name_stand_in, may_refill, seats_today

router = Router(auth=django_auth, tags=["board"])


class HolderIn(Schema):
    person: str


class StandInIn(Schema):
    person: str
    letter_on: date
    meeting: int | None = None


@router.get(
    "/seats", summary="Who holds each seat today, and who stands in; ?q, ?board, ?kind, ?page, ?format"
)
def seats(request: HttpRequest) -> Any:
    shown = lists.seats(request)
    return shown.file or {"seats": [_seat(one) for one in shown.page], **shown.as_json()}


@router.get("/boards", summary="Boards and the rules by which they decide")
def boards(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001 - as every address is called
    return [{"id": one.pk, "board": one.name, **rules_of(one)} for one in Board.objects.order_by("name")]


def _seat(seat: Seat) -> dict[str, Any]:
    return {
        "id": seat.pk, "board": seat.board.name, "seat": seat.name, "kind": seat.kind,
        "person": seat.person.name, "since": seat.since,
    }  # fmt: skip


@router.post("/seats/{pk}/refill")
def refill(request: HttpRequest, pk: int, given: HolderIn) -> dict[str, Any]:
    seat = get_object_or_404(seats_today(), pk=pk)
    may_refill(seat, signed_in(request)).require()  # first: an answer tells which people there are
    person = get_object_or_404(Person.objects.with_access(), username=given.person)
    return _seat(seating.refill(pk=pk, by=signed_in(request), person=person))


@router.post("/seats/{pk}/name_stand_in")
def name_stand_in(request: HttpRequest, pk: int, given: StandInIn) -> dict[str, Any]:
    seat = get_object_or_404(seats_today(), pk=pk)
    may_name_stand_in(seat, signed_in(request)).require()
    person = get_object_or_404(Person.objects.with_access(), username=given.person)
    seating.name_stand_in(
        pk=pk, by=signed_in(request), person=person, letter_on=given.letter_on, meeting=given.meeting
    )
    return _seat(seat)
