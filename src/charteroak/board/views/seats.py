"""The seats of every board: who holds them, who stands in; filled anew when somebody leaves."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.board import lists, seating
from charteroak.board.forms import RefillForm, StandInForm
from charteroak.board.models import Board, Seat
from charteroak.board.seats import may_name_stand_in, may_refill, seats_today


@require_safe
def seats(request: HttpRequest) -> HttpResponseBase:
    return lists.seats(request).file or _seats(request)


def _seats(request: HttpRequest, **in_error: forms.Form) -> HttpResponse:
    reader = request.user if isinstance(request.user, Person) else None
    listed = lists.seats(request)
    rows = [_row(seat, reader, in_error) for seat in listed.page]
    shown = {"shown": listed, "rows": rows, "boards": Board.objects.all()}
    return render(request, "board/seats.html", shown, status=400 if in_error else 200)


def _row(seat: Seat, reader: Person | None, in_error: dict[str, forms.Form]) -> dict[str, Any]:
    return {
        "seat": seat,
        "names": may_name_stand_in(seat, reader) if reader is not None else None,  # by the same offices
        "fills": may_refill(seat, reader) if reader is not None else None,
        "refill": in_error.get(f"refill-{seat.pk}") or RefillForm(auto_id=f"refill-{seat.pk}-%s"),
        "stand_in": in_error.get(f"stand-in-{seat.pk}")
        or StandInForm(board=seat.board, auto_id=f"stand-in-{seat.pk}-%s"),
    }


@login_required
@require_POST
def refill(request: HttpRequest, pk: int) -> HttpResponse:
    seat = get_object_or_404(seats_today(), pk=pk)
    may_refill(seat, signed_in(request)).require()  # first: the form tells which people there are
    form = RefillForm(request.POST, auto_id=f"refill-{pk}-%s")
    if not form.is_valid():
        return _seats(request, **{f"refill-{pk}": form})
    seating.refill(pk=pk, by=signed_in(request), person=form.cleaned_data["person"])
    messages.success(request, _("The seat is filled from today."))
    return redirect("board_seats")


@login_required
@require_POST
def name_stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    seat = get_object_or_404(seats_today(), pk=pk)
    may_name_stand_in(seat, signed_in(request)).require()
    form = StandInForm(request.POST, board=seat.board, auto_id=f"stand-in-{pk}-%s")
    if not form.is_valid():
        return _seats(request, **{f"stand-in-{pk}": form})
    said = form.cleaned_data
    meeting = said["meeting"].pk if said["meeting"] else None
    seating.name_stand_in(
        pk=pk, by=signed_in(request), person=said["person"], letter_on=said["letter_on"], meeting=meeting
    )
    messages.success(request, _("The stand-in is recorded."))
    return redirect("board_seats")
