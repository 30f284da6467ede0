"""Classes of outputs on their pages: listed, defined, consented to, taken back, withdrawn."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from charteroak.adapters import clock
from charteroak.agencies.signin import signed_in
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import visible_to as agreements_visible_to
from charteroak.outputs import classes, classing
from charteroak.outputs.class_forms import BecauseForm, DefineForm
from charteroak.outputs.lists import CLASSES
from charteroak.outputs.models import OutputClass
from charteroak.policy.output_class import Action


def found(request: HttpRequest, number: str) -> OutputClass:
    return get_object_or_404(classes.visible_to(signed_in(request)), number=number)


def agreement_found(request: HttpRequest, number: str) -> Agreement:
    return get_object_or_404(agreements_visible_to(signed_in(request)), number=number)


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    shown = CLASSES.of(request, classes.visible_to(signed_in(request)))
    return shown.file or render(request, "outputs/classes.html", {"shown": shown})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def define(request: HttpRequest, number: str) -> HttpResponse:
    agreement, by = agreement_found(request, number), signed_in(request)
    form = DefineForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            made = classing.define(agreement=agreement.pk, by=by, **form.cleaned_data)
            messages.success(request, _("Defined. It clears nothing before the board and an agency agree."))
            return redirect(made)
        classes.may_define(agreement, by).require()
    context = {
        "agreement": agreement,
        "form": form,
        "decision": classes.may_define(agreement, by),
        "strictest": classes.strictest_people(agreement),
        "last": classes.latest_until(agreement),
    }
    return render(request, "outputs/define_class.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def output_class(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, found(request, number))


def _page(request: HttpRequest, record: OutputClass, form: forms.Form | None = None) -> HttpResponse:
    by = signed_in(request)
    given = list(classes.consents(record))
    consenting = {one.agency.code for one in given}
    decisions = classes.decisions(record, by)
    context = {
        "record": record,
        "motion": classes.motion_on(record),
        "today": clock.today(),
        "holds": classes.holds_today(record),
        "consents": given,
        "taken_back": record.consents.exclude(taken_back_at=None).select_related("agency"),
        "others": [code for code in classes.contributors_of(record) if code not in consenting],
        "decisions": decisions,
        "to_consent": [
            code for code in classes.stewarded(by, record)
            if classes.may(record, Action.CONSENT, by, code).allowed
        ],
        "to_take_back": [
            code for code in classes.stewarded(by, record)
            if classes.may(record, Action.TAKE_BACK, by, code).allowed
        ],
        "form": form or BecauseForm(),
    }  # fmt: skip
    return render(request, "outputs/output_class.html", context, status=400 if form else 200)


@login_required
@require_POST
def consent(request: HttpRequest, number: str, agency: str) -> HttpResponse:
    record = found(request, number)
    classing.consent(pk=record.pk, by=signed_in(request), agency=agency)
    messages.success(request, _("%s consents to this class of outputs.") % agency)
    return redirect(record)


@login_required
@require_POST
def take_back(request: HttpRequest, number: str, agency: str) -> HttpResponse:
    record, form = found(request, number), BecauseForm(request.POST)
    if not form.is_valid():
        classes.may(record, Action.TAKE_BACK, signed_in(request), agency).require()
        return _page(request, record, form)
    because = form.cleaned_data["because"]
    classing.take_back(pk=record.pk, by=signed_in(request), agency=agency, because=because)
    messages.success(request, _("Taken back: %s clears such outputs itself from now on.") % agency)
    return redirect(record)


@login_required
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    record, form = found(request, number), BecauseForm(request.POST)
    if not form.is_valid():
        classes.may(record, Action.WITHDRAW, signed_in(request)).require()
        return _page(request, record, form)
    classing.withdraw(pk=record.pk, by=signed_in(request), because=form.cleaned_data["because"])
    messages.success(request, _("Withdrawn: each agency clears such outputs itself from now on."))
    return redirect(record)
