"""Meetings as the public, the members and the chair see them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.board import actions, queries
from charteroak.board.follow_ups import may_add_follow_up, may_finish, may_report
from charteroak.board.forms import (
    CancelForm,
    ConditionsForm,
    FollowUpForm,
    MotionForm,
    OutcomeForm,
    PlanForm,
    VoteForm,
)
from charteroak.board.lists import listed
from charteroak.board.models import FollowUp, Motion
from charteroak.board.seats import seats_for
from charteroak.board.worklist import by_when, whose_turn
from charteroak.policy.motion import Choice
from charteroak.requests.queries import visible_to as requests_visible_to


@require_safe
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Every meeting with its state; the public sees those that were noticed."""
    return _calendar(request, PlanForm())


def _calendar(request: HttpRequest, form: PlanForm) -> HttpResponseBase:
    reader = request.user if isinstance(request.user, Person) else None
    shown = listed(request)
    return shown.file or render(
        request,
        "board/calendar.html",
        {
            "shown": shown,
            "plans": reader is not None and queries.may_plan(reader).allowed,
            "form": form,
        },
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def plan(request: HttpRequest) -> HttpResponseBase:
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _calendar(request, form)
    said = form.cleaned_data
    record = actions.plan(
        by=signed_in(request), board=said["board"].pk, starts_at=said["starts_at"], place=said["place"]
    )
    return redirect(record)


@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    return shown(request, pk)


def shown(request: HttpRequest, pk: int, **forms_in_error: forms.Form) -> HttpResponse:
    reader = request.user if isinstance(request.user, Person) else None
    record = get_object_or_404(queries.visible_to(reader), pk=pk)
    items = [
        _item(motion, reader, forms_in_error) for motion in record.motions.select_related("data_request")
    ]
    return render(
        request,
        "board/meeting.html",
        {
            "meeting": record,
            "facts": queries.meeting_facts(record),
            "items": items,
            "seats": queries.roll(record),
            "turn": whose_turn(record),
            "by_when": by_when(record),
            "decisions": queries.decisions(record, reader) if reader else {},
            "sets_agenda": reader is not None and queries.may_add_motion(record, reader).allowed,
            "chairs": reader is not None and may_add_follow_up(record, reader).allowed,
            "promised": [_promise(one, reader) for one in record.follow_ups.order_by("due_on", "pk")],
            "motion_form": forms_in_error.get("motion", MotionForm(initial={"once": uuid4()})),
            "follow_up_form": forms_in_error.get("follow_up", FollowUpForm(initial={"once": uuid4()})),
            "outcome_form": forms_in_error.get("outcome", OutcomeForm()),
            "board": record.board,
            "cancel_form": forms_in_error.get("cancel", CancelForm()),
        },
        status=400 if forms_in_error else 200,
    )


def _promise(one: FollowUp, reader: Person | None) -> dict[str, Any]:
    return {
        "record": one,
        "reports": reader is not None and may_report(one, reader).allowed,
        "finishes": reader is not None and may_finish(one, reader).allowed,
    }


def _item(motion: Motion, reader: Person | None, in_error: dict[str, forms.Form]) -> dict[str, Any]:
    return {
        "motion": motion,
        "href": queries.page_of(motion.data_request, reader),
        "concerned": [seat.name for seat in queries.concerned(motion)],
        "packet": bool(reader and requests_visible_to(reader).filter(pk=motion.data_request_id).exists()),
        "votes": queries.standing_votes(motion).values(),
        "decisions": queries.motion_decisions(motion, reader) if reader else {},
        "ballots": _ballots(motion, reader, in_error),
        "conditions": in_error.get(f"conditions-{motion.pk}")
        or ConditionsForm(initial={"conditions": motion.conditions}, auto_id=f"conditions-{motion.pk}-%s"),
    }


def _ballots(motion: Motion, reader: Person | None, in_error: dict[str, forms.Form]) -> list[dict[str, Any]]:
    """A ballot for each seat that the reader acts for: their own first, without a number, then proxies'."""
    if reader is None:
        return []
    found = []
    for at, seat in enumerate(seats_for(reader, motion.meeting)):
        key = str(motion.pk) if at == 0 else f"{motion.pk}-{seat.pk}"
        form = in_error.get(f"vote-{key}") or VoteForm(
            auto_id=f"vote-{key}-%s", initial={"seat": seat.pk}, of=seat.name if at > 0 else ""
        )
        found.append({"seat": seat, "key": key, "form": form, "proxy": at > 0})
    return found


@login_required
@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """What needs no form of its own: notice, attend, open, close."""
    simple: dict[str, Callable[..., None]] = {
        "notice": actions.notice,
        "attend": actions.attend,
        "open": actions.open_,
        "close": actions.close,
    }
    if action not in simple:
        raise Http404
    record = get_object_or_404(queries.visible_to(signed_in(request)), pk=pk)
    simple[action](pk=record.pk, by=signed_in(request))
    messages.success(request, _("Recorded."))
    return redirect(record)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.visible_to(signed_in(request)), pk=pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return shown(request, pk, cancel=form)
    actions.cancel(pk=record.pk, by=signed_in(request), because=form.cleaned_data["because"])
    messages.success(request, _("The meeting is cancelled; what was on its agenda may go on a later one."))
    return redirect(record)


@login_required
@require_POST
def add_motion(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(queries.visible_to(signed_in(request)), pk=pk)
    queries.may_add_motion(
        record, signed_in(request)
    ).require()  # first: the form tells which requests there are
    form = MotionForm(request.POST)
    if not form.is_valid():
        return shown(request, pk, motion=form)
    said = form.cleaned_data
    added = actions.add_motion(
        pk=record.pk,
        by=signed_in(request),
        kind=said["kind"],
        data_request=said["data_request"].pk,
        about=said["about"],
        text=said["text"],
        conditions=said["conditions"],
        once=said["once"],
    )
    return redirect(added.meeting)


def _motion(request: HttpRequest, pk: int) -> Motion:
    """On the agenda of a meeting that this person may see, else 404."""
    seen = queries.visible_to(signed_in(request))
    return get_object_or_404(Motion.objects.filter(meeting__in=seen), pk=pk)


@login_required
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    record = _motion(request, pk)
    others = {str(seat.pk): seat.name for seat in seats_for(signed_in(request), record.meeting)[1:]}
    seat = request.POST.get("seat", "")
    key = (
        f"{pk}-{seat}" if seat in others else f"{pk}"
    )  # what is wrong with a proxy's ballot stands on that one
    form = VoteForm(request.POST, auto_id=f"vote-{key}-%s", of=others.get(seat, ""))
    if not form.is_valid():
        return shown(request, record.meeting_id, **{f"vote-{key}": form})
    said = form.cleaned_data
    actions.vote(
        pk=pk,
        by=signed_in(request),
        choice=Choice(said["choice"]),
        reason=said["reason"],
        seat_pk=said["seat"],
    )
    messages.success(request, _("Your vote is on the record."))
    return redirect(record.meeting)


@login_required
@require_POST
def declare(request: HttpRequest, pk: int) -> HttpResponse:
    record = _motion(request, pk)
    actions.declare(pk=pk, by=signed_in(request))
    messages.success(request, _("The result is declared."))
    return redirect(record.meeting)


@login_required
@require_POST
def set_conditions(request: HttpRequest, pk: int) -> HttpResponse:
    record = _motion(request, pk)
    form = ConditionsForm(request.POST, auto_id=f"conditions-{pk}-%s")
    if not form.is_valid():
        return shown(request, record.meeting_id, **{f"conditions-{pk}": form})
    actions.set_conditions(pk=pk, by=signed_in(request), conditions=form.cleaned_data["conditions"])
    messages.success(request, _("The conditions are part of the motion."))
    return redirect(record.meeting)


@login_required
@require_POST
def postpone(request: HttpRequest, pk: int) -> HttpResponse:
    record = _motion(request, pk)
    actions.postpone(pk=pk, by=signed_in(request))
    messages.success(request, _("The motion is postponed: it may be put on a later agenda."))
    return redirect(record.meeting)
