"""What the boards promised, as the public, the chair and the policy office see it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters import calendars, clock
from charteroak.adapters.listing import KINDS
from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.board import follow_ups, promises, queries
from charteroak.board.forms import FollowUpForm, OutcomeForm
from charteroak.board.lists import FOLLOW_UPS
from charteroak.board.models import FollowUp
from charteroak.board.views.meeting import shown as meeting_shown


def _reader(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """Every follow-up of a meeting that the reader may see."""
    shown = FOLLOW_UPS.of(request, follow_ups.visible_to(_reader(request)))
    return shown.file or render(request, "board/follow_ups.html", {"shown": shown})


@require_safe
def due(request: HttpRequest, pk: int) -> HttpResponse:
    """The day by which it is to be done, for the reader's calendar."""
    record = get_object_or_404(follow_ups.visible_to(_reader(request)), pk=pk)
    here = request.build_absolute_uri(record.get_absolute_url())
    made = calendars.calendar([calendars.Entry(record.due_on, record.text, here)], made_at=clock.real_now())
    header = {"Content-Disposition": f'attachment; filename="follow-up-{record.pk}.ics"'}
    return HttpResponse(made, content_type=KINDS["ics"], headers=header)


@login_required
@require_POST
def add_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.visible_to(signed_in(request)), pk=pk)
    form = FollowUpForm(request.POST)
    if not form.is_valid():
        return meeting_shown(request, pk, follow_up=form)
    promises.add_follow_up(pk=record.pk, by=signed_in(request), **form.cleaned_data)
    return redirect(record)


@login_required
@require_POST
def report_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    visible = queries.visible_to(signed_in(request))
    record = get_object_or_404(FollowUp.objects.filter(meeting__in=visible), pk=pk)
    promises.report_follow_up(pk=pk, by=signed_in(request))
    return redirect(record.meeting)


@login_required
@require_POST
def finish_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    visible = queries.visible_to(signed_in(request))
    record = get_object_or_404(FollowUp.objects.filter(meeting__in=visible), pk=pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return meeting_shown(request, record.meeting_id, outcome=form)
    promises.finish_follow_up(pk=pk, by=signed_in(request), outcome=form.cleaned_data["outcome"])
    return redirect(record.meeting)
