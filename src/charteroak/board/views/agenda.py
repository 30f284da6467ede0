"""A meeting's agenda to print and its hour for a calendar: public once the meeting is noticed, like its page."""

from functools import lru_cache
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from charteroak.adapters import calendars, clock, pdf
from charteroak.adapters.listing import KINDS
from charteroak.agencies.models import Person
from charteroak.board import queries
from charteroak.board.models import Meeting
from charteroak.board.seats import seats
from charteroak.policy.meeting import Status

KEPT = (
    256  # agendas, some 50 KB each, in each language; not in Django's cache, which counts attempts to sign in
)
ONE_AT_A_TIME = Lock()  # who asks for the same agenda meanwhile waits for it


def _found(request: HttpRequest, pk: int) -> Meeting:
    reader = request.user if isinstance(request.user, Person) else None
    return get_object_or_404(queries.visible_to(reader), pk=pk)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be decided, by whom, and by which rules, as a tagged PDF."""
    record = _found(request, pk)
    shown = {
        "meeting": record,
        "items": [
            (one, [seat.name for seat in queries.concerned(one)])
            for one in record.motions.select_related("data_request", "meeting__board")
        ],
        "facts": queries.meeting_facts(record),
        "seats": seats(record),
    }
    html = render_to_string("board/agenda_paper.html", shown)
    with ONE_AT_A_TIME:
        return pdf.file(made_once(html), f"agenda-{record.day}.pdf")


@lru_cache(maxsize=KEPT)
def made_once(html: str) -> bytes:
    """The same HTML makes the same bytes: a stranger who asks again and again makes nothing run."""
    return pdf.made_from(html)


@require_safe
def ics(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting with its place, for the reader's calendar."""
    record = _found(request, pk)
    here = request.build_absolute_uri(record.get_absolute_url())
    cancelled = record.status == Status.CANCELLED
    entry = calendars.Entry(record.starts_at, f"{record.board.name}, {record.place}", here, cancelled)
    made = calendars.calendar([entry], made_at=clock.real_now())
    header = {"Content-Disposition": f'attachment; filename="meeting-{record.day}.ics"'}
    return HttpResponse(made, content_type=KINDS["ics"], headers=header)
