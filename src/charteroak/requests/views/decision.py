"""What takes a request on its way: sent, returned, found complete, withdrawn."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charteroak.agencies.signin import signed_in
from charteroak.policy.request_change import Kind
from charteroak.requests import actions
from charteroak.requests.forms import AppealForm, ChangeForm, ReturnForm, seen_in
from charteroak.requests.views.detail import detail_page
from charteroak.requests.views.found import visible
from charteroak.requests.views.stale import told_when_stale


@login_required
@require_POST
@told_when_stale("requests:data_request:return")
def return_(request: HttpRequest, number: str) -> HttpResponse:
    record, form = visible(request, number), ReturnForm(request.POST)
    if not form.is_valid():
        return detail_page(request, record, {"return": form})
    actions.return_(
        pk=record.pk,
        by=signed_in(request),
        because=form.cleaned_data["because"],
        seen=seen_in(request.POST),
    )
    messages.success(request, _("Returned to the applicant."))
    return redirect(record)


@login_required
@require_POST
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Begins a request that changes this one, and leads to it."""
    record, form = visible(request, number), ChangeForm(request.POST)
    if not form.is_valid():
        return detail_page(request, record, {"change": form})
    given = form.cleaned_data
    begun = actions.change(
        pk=record.pk, by=signed_in(request), kind=Kind(given["kind"]), because=given["because"]
    )
    messages.success(request, _("Begun. What was approved holds until every party has signed the change."))
    return redirect(begun)


@login_required
@require_POST
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    record, form = visible(request, number), AppealForm(request.POST)
    if not form.is_valid():
        return detail_page(request, record, {"appeal": form})
    actions.appeal(pk=record.pk, by=signed_in(request), grounds=form.cleaned_data["grounds"])
    messages.success(request, _("The board hears it once more, at a meeting to come."))
    return redirect(record)


@login_required
@require_POST
@told_when_stale("requests:data_request")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """What needs no form of its own."""
    simple: dict[str, tuple[Callable[..., None], str]] = {
        "accept-terms": (actions.accept_terms, _("You have accepted the terms of use.")),
        "submit": (actions.submit, _("Sent to the policy office.")),
        "accept-as-complete": (actions.accept_as_complete, _("Each agency asked has its turn now.")),
        "withdraw": (actions.withdraw, _("Withdrawn.")),
        "withdraw-appeal": (
            actions.withdraw_appeal,
            _("The appeal is withdrawn: the board’s decision stands."),
        ),
    }
    if action not in simple:
        raise Http404
    record, (take, done) = visible(request, number), simple[action]
    seen = {"seen": seen_in(request.POST)} if action in ("submit", "accept-as-complete") else {}
    take(pk=record.pk, by=signed_in(request), **seen)
    messages.success(request, done)
    return redirect(record)
