"""The page on which a person makes and revokes the tokens of their own programs."""

from datetime import timedelta
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

from charteroak.adapters import clock
from charteroak.adapters.listing import Cell, Column, Filter, Listing
from charteroak.agencies.signin import signed_in
from charteroak.policy.lifecycle import choices
from charteroak.policy.token import Status
from charteroak.site import tokens as rooms_tokens
from charteroak.site.models import Token
from charteroak.site.second_factor import is_shown

USUAL = timedelta(days=90)
EVERYWHERE = ""
READ, WRITE, DELIVER = "read", "write", "deliver"
MAY = [(READ, _("read")), (WRITE, _("read and write")), (DELIVER, _("deliver files, and nothing else"))]


class NewToken(forms.Form):
    label = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("For example: our case system.")
    )
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    may = forms.ChoiceField(
        label=_("What it may do"), required=False, choices=MAY,
        help_text=_("What only sends files in needs no more: it is told nothing of any record."),
    )  # fmt: skip
    last_day = forms.DateField(label=_("Last day"), help_text=_("For example 2026-11-30."))

    def __init__(self, data: Any, *, agencies: list[str]) -> None:
        super().__init__(data, initial={"last_day": clock.today() + USUAL})
        offered = [(EVERYWHERE, _t("All of mine")), *((code, code) for code in agencies)]
        self.fields["agency"] = forms.ChoiceField(label=_("Agency"), required=False, choices=offered)


def _may(record: Token) -> str:
    if record.delivers_only:
        return _t("deliver files, and nothing else")
    return _t("read") if record.reads_only else _t("read and write")


TOKENS = Listing(
    name="tokens",
    caption=_("Your tokens"),
    search=("label", "begins_with"),
    filters=(Filter("status", _("Status"), lambda: choices(Status)),),
    columns=(
        Column("label", _("What it is for"), lambda record: record.label),
        Column("begins_with", _("Begins with"), str),
        Column(
            "agency", _("Agency"), lambda record: record.agency.code if record.agency else _t("All of mine")
        ),
        Column("may", _("It may"), _may),
        Column("last_day", _("Last day"), lambda record: record.last_day, due=True),
        Column("status", _("Status"), lambda record: Cell(record.status, status_of=record)),
    ),
    nothing=_("You have no token."),
    next_step=_("Make one below, for a program of your own."),
)


@login_required
@never_cache
@require_safe
def tokens(request: HttpRequest) -> HttpResponseBase:
    return _page(request)


def _page(request: HttpRequest, form: NewToken | None = None, words: str = "") -> HttpResponseBase:
    person = signed_in(request)
    shown = TOKENS.of(request, rooms_tokens.visible_to(person))
    context = {
        "shown": shown,
        "active": [record for record in shown.page if rooms_tokens.may_revoke(record, person)],
        "form": form or _form(request, None),
        "words": words,
    }
    wrong = form is not None and bool(form.errors)
    return shown.file or render(request, "tokens.html", context, status=400 if wrong else 200)


def _form(request: HttpRequest, data: Any) -> NewToken:
    return NewToken(data, agencies=[one.code for one in rooms_tokens.offices_at(signed_in(request))])


@login_required
@never_cache
@require_POST
def create(request: HttpRequest) -> HttpResponseBase:
    """The page with the new token's words, which are shown this once."""
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    _record, words = rooms_tokens.create(
        by=signed_in(request), label=said["label"], agency=said["agency"] or None, last_day=said["last_day"],
        reads_only=said["may"] not in (WRITE, DELIVER), delivers_only=said["may"] == DELIVER,
        second_factor=is_shown(request),
    )  # fmt: skip
    return _page(request, words=words)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found: Token = get_object_or_404(rooms_tokens.visible_to(signed_in(request)), pk=pk)
    rooms_tokens.revoke(pk=found.pk, by=signed_in(request))
    messages.success(request, _t("Revoked. It opens nothing any more."))
    return redirect("tokens")
