"""The list of meetings, their roll and their papers for programs, as the pages have them."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security import django_auth

from charteroak.board import queries
from charteroak.board.lists import listed
from charteroak.board.models import Meeting
from charteroak.board.views import agenda, follow_ups, packet

router = Router(auth=django_auth, tags=["board"])


@router.get("/meetings", summary="Meetings; ?q, ?status, ?page, ?format")
def listing(request: HttpRequest) -> Any:
    return listed(request).told()


def roll(record: Meeting) -> list[dict[str, Any]]:
    """Every seat, its holder, and who sits there."""
    return [
        {"seat": seat.name, "holder": seat.person.name, "present": there, "by": by.name if by else None}
        for seat, there, by in queries.roll(record)
    ]


@router.get("/meetings/{pk}/agenda.pdf", summary="The agenda")
def agenda_paper(request: HttpRequest, pk: int) -> Any:
    return agenda.paper(request, pk)


@router.get("/meetings/{pk}/meeting.ics", summary="Its hour for a calendar")
def meeting_ics(request: HttpRequest, pk: int) -> Any:
    return agenda.ics(request, pk)


@router.get("/motions/{pk}/packet.pdf", summary="One sheet on the request that a motion is about")
def packet_file(request: HttpRequest, pk: int) -> Any:
    return packet.packet_file(request, pk)


@router.get("/follow_ups/{pk}/due.ics", summary="The day of a follow-up, for a calendar")
def due_ics(request: HttpRequest, pk: int) -> Any:
    return follow_ups.due(request, pk)
