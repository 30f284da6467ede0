"""The page on which a person has news sent to a system of their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters.listing import Cell, Column, Filter, Listing
from charteroak.agencies.signin import signed_in
from charteroak.policy.lifecycle import choices
from charteroak.policy.webhook import Action, Status
from charteroak.site import tokens, webhooks
from charteroak.site.models import Webhook


class NewWebhook(forms.Form):
    label = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("For example: our case system.")
    )
    url = forms.CharField(
        label=_("Address"), max_length=500, help_text=_("For example https://data.example.gov/news.")
    )

    def __init__(self, data: Any, *, agencies: list[str]) -> None:
        super().__init__(data)
        offered = [("", _t("All of mine")), *((code, code) for code in agencies)]
        self.fields["agency"] = forms.ChoiceField(label=_("Agency"), required=False, choices=offered)


WEBHOOKS = Listing(
    name="webhooks",
    caption=_("Your webhooks"),
    search=("label", "url"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column("label", _("What it is for"), lambda record: record.label),
        Column("url", _("Address"), lambda record: record.url),
        Column(
            "agency", _("Agency"), lambda record: record.agency.code if record.agency else _t("All of mine")
        ),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
        Column("failure", _("Last failure"), lambda record: record.failure.replace("_", " ")),
    ),
    nothing=_("You have no webhook."),
    next_step=_("Make one below, for a system of your own."),
)


@login_required
@never_cache
@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    return _page(request)


def _page(request: HttpRequest, form: NewWebhook | None = None, secret: str = "") -> HttpResponseBase:
    person = signed_in(request)
    shown = WEBHOOKS.of(request, webhooks.visible_to(person))
    context = {
        "shown": shown,
        "may_end": [one for one in shown.page if webhooks.may(one, Action.END, person)],
        "may_resume": [one for one in shown.page if webhooks.may(one, Action.RESUME, person)],
        "form": form or _form(request, None),
        "secret": secret,
    }
    wrong = form is not None and bool(form.errors)
    return shown.file or render(request, "webhooks.html", context, status=400 if wrong else 200)


def _form(request: HttpRequest, data: Any) -> NewWebhook:
    return NewWebhook(data, agencies=[one.code for one in tokens.offices_at(signed_in(request))])


@login_required
@never_cache
@require_POST
def create(request: HttpRequest) -> HttpResponseBase:
    """The page with the new webhook's secret, which is shown this once."""
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    _record, secret = webhooks.create(
        by=signed_in(request), label=said["label"], url=said["url"], agency=said["agency"] or None
    )
    return _page(request, secret=secret)


def _found(request: HttpRequest, pk: int) -> Webhook:
    return get_object_or_404(webhooks.visible_to(signed_in(request)), pk=pk)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    webhooks.end(pk=_found(request, pk).pk, by=signed_in(request))
    messages.success(request, _t("Ended. It is sent nothing more."))
    return redirect("webhooks")


@login_required
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    webhooks.resume(pk=_found(request, pk).pk, by=signed_in(request))
    messages.success(request, _t("It goes on."))
    return redirect("webhooks")
