"""What is charged, and on a request's page what it owes: fixed, waived, marked as paid."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.agencies.signin import signed_in
from charteroak.policy.fee import Action
from charteroak.requests import actions, fees
from charteroak.requests.forms import FeesForm, FixFeeForm, PaidForm, WaiveForm
from charteroak.requests.lists import FEES
from charteroak.requests.models import FeeSchedule
from charteroak.requests.views.detail import detail_page
from charteroak.requests.views.found import visible


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    """What is charged and what was, for everybody who may come to owe it."""
    return _page(request, FeesForm())


def _page(request: HttpRequest, form: forms.Form) -> HttpResponseBase:
    shown = FEES.of(request, FeeSchedule.objects.select_related("set_by"))
    if shown.file:
        return shown.file
    context = {"shown": shown, "form": form, "decision": fees.may_set(signed_in(request))}
    return render(request, "requests/fees.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
def set_(request: HttpRequest) -> HttpResponseBase:
    form = FeesForm(request.POST)
    if not form.is_valid():
        fees.may_set(signed_in(request)).require()
        return _page(request, form)
    actions.set_fees(by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("Set. What was sent before keeps the fees that its sender was shown."))
    return redirect("fees")


def _act(
    request: HttpRequest,
    number: str,
    action: Action,
    form: forms.Form,
    take: Callable[..., object],
    done: str,
) -> HttpResponse:
    record, by = visible(request, number), signed_in(request)
    if not form.is_valid():
        fees.may(record, action, by, fees.fixed(record)).require()
        return detail_page(request, record, {take.__name__: form})
    take(pk=record.pk, by=by, **form.cleaned_data)
    messages.success(request, done)
    return redirect(record)


@login_required
@require_POST
def fix(request: HttpRequest, number: str) -> HttpResponse:
    form = FixFeeForm(request.POST)
    return _act(request, number, Action.FIX, form, actions.fix_fee, _("The fee is fixed."))


@login_required
@require_POST
def waive(request: HttpRequest, number: str) -> HttpResponse:
    form = WaiveForm(request.POST)
    return _act(request, number, Action.WAIVE, form, actions.waive_fee, _("The fee is waived."))


@login_required
@require_POST
def mark_paid(request: HttpRequest, number: str) -> HttpResponse:
    form = PaidForm(request.POST)
    done = _("On record: the fee is paid.")
    return _act(request, number, Action.MARK_PAID, form, actions.mark_fee_paid, done)
