"""What takes a text back from its signatories, and what ends an agreement, each at its button."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charteroak.agencies.signin import signed_in
from charteroak.agreements import actions
from charteroak.agreements import recall as recalling
from charteroak.agreements.forms import RecallForm, TerminateForm, WithdrawForm
from charteroak.agreements.views import agreement_page, found


@login_required
@require_POST
def recall(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    form = RecallForm(request.POST)
    if not form.is_valid():
        return agreement_page(request, record, recall=form)
    recalling.recall(pk=record.pk, by=signed_in(request), because=form.cleaned_data["because"])
    messages.success(request, _("The text is a draft again. Once it is opened, every party signs anew."))
    return redirect(record)


@login_required
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return agreement_page(request, record, withdraw=form)
    actions.withdraw(pk=record.pk, by=signed_in(request), because=form.cleaned_data["because"])
    amended = _("The amendment is withdrawn: the agreement holds as it is.")
    messages.success(request, amended if record.amends else _("The agreement is withdrawn: nobody signs it."))
    return redirect(record)


@login_required
@require_POST
def terminate(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    form = TerminateForm(request.POST)
    if not form.is_valid():
        return agreement_page(request, record, terminate=form)
    actions.terminate(pk=record.pk, by=signed_in(request), because=form.cleaned_data["because"])
    messages.success(request, _("The agreement has ended: every route refuses from now on."))
    return redirect(record)


@login_required
@require_POST
def destroy(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    actions.destroy(pk=record.pk, by=signed_in(request))
    messages.success(request, _("Ordered. What is destroyed, and how, appears here as it is done."))
    return redirect(record)


@login_required
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    actions.close(pk=record.pk, by=signed_in(request))
    messages.success(request, _("The agreement is closed."))
    return redirect(record)
