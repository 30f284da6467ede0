"""Pages on what happened beside the platform: by agreement, what is on record and what may be put there now."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters.environment import governance_only
from charteroak.agencies.signin import signed_in
from charteroak.agreements.models import Agreement
from charteroak.elsewhere import actions, queries
from charteroak.elsewhere.forms import DestroyForm, FileForm, OnADay, SendForm
from charteroak.elsewhere.lists import listed
from charteroak.policy.delivery import FileKind
from charteroak.policy.matter import DESTROYS, Clock

FORMS: dict[str, type[OnADay]] = {
    "send": SendForm, "match": OnADay, "confirm": OnADay, "deliver": FileForm, "destroy": DestroyForm,
}  # fmt: skip


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    shown = listed(request)
    return shown.file or render(
        request, "elsewhere/agreements.html", {"shown": shown, "governance_only": governance_only()}
    )


def found(request: HttpRequest, number: str) -> Agreement:
    return get_object_or_404(queries.visible_to(signed_in(request)), number=number)


@login_required
@require_safe
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, found(request, number))


def _page(
    request: HttpRequest, record: Agreement, wrong: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    context = {
        "agreement": record,
        "happenings": queries.happenings(record),
        "turn": queries.whose_turn(record),
        "duties": record.duties.all(),
        "acts": list(_acts(request, record, wrong)),
    }
    return render(request, "elsewhere/agreement.html", context, status=400 if wrong else 200)


def _acts(
    request: HttpRequest, record: Agreement, wrong: tuple[str, forms.Form] | None
) -> Iterator[dict[str, Any]]:
    """One form, or the reasons why not, for each act of this person's offices."""
    for name, decision in queries.decisions(record, signed_in(request)).items():
        act, _dash, of = name.partition("-")
        form = wrong[1] if wrong and wrong[0] == name else FORMS[act](auto_id=f"{name}-%s")
        yield {
            "name": act, "key": of, "form": form, "decision": decision, "label": _label(act, of),
            "href": reverse("put_on_record", args=[record.number, act, *([of] if of else [])]),
        }  # fmt: skip


def _label(act: str, of: str) -> str:
    what = _(DESTROYS[Clock(of)]) if act == "destroy" else of
    return {
        "send": _("%s: a file went to the hub") % what,
        "confirm": _("%s: the match is confirmed") % what,
        "match": _("The match is done"),
        "deliver": _("The matched file was delivered"),
        "destroy": _("Certify the destruction: %s") % what,
    }[act]


@login_required
@require_POST
def put(request: HttpRequest, number: str, act: str, of: str = "") -> HttpResponse:
    record, by = found(request, number), signed_in(request)
    if act == "destroy" and of not in [*Clock]:
        raise Http404
    form = FORMS[act](request.POST, auto_id=f"{act}-{of}-%s")
    if not form.is_valid():
        return _page(request, record, (f"{act}-{of}" if of else act, form))
    said: dict[str, Any] = form.cleaned_data
    if act == "send":
        said |= {"kind": FileKind(said["kind"])}
    named = {"send": "agency", "confirm": "agency", "destroy": "what"}.get(act)
    getattr(actions, act)(number=record.number, by=by, **said, **({named: of} if named else {}))
    messages.success(request, _("It is on record."))
    return redirect("elsewhere_of", record.number)
