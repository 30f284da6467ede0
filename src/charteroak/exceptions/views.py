"""Matters as counsel, the policy office, the auditor and their owners see them; letters to print."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from charteroak.adapters import clock
from charteroak.agencies.queries import administration_on
from charteroak.agencies.signin import signed_in
from charteroak.exceptions import actions, queries
from charteroak.exceptions.forms import CLOCKS, CloseForm, DoForm, HandOverForm, MatterForm
from charteroak.exceptions.lists import listed
from charteroak.exceptions.models import Matter
from charteroak.policy.matter import Ground, Kind
from charteroak.policy.sentence import words

LETTERS = {
    Kind.RECORDS_REQUEST: ("referral", "notice"),
    Kind.BREACH: ("agency", "resident", "attorney-general"),
}


@login_required
@require_safe
def matters(request: HttpRequest) -> HttpResponseBase:
    by = signed_in(request)
    shown = listed(request)
    kinds = [(kind.value.replace("_", "-"), words(kind)) for kind in queries.kinds_for(by)]
    return shown.file or render(request, "exceptions/matters.html", {"shown": shown, "kinds": kinds})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, kind: str) -> HttpResponse:
    by, of = signed_in(request), kind_named(kind)
    queries.may_record(by, of).require()
    form = MatterForm(of, by, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(actions.record(by=by, kind=of, **_said(form)))
    context = {"form": form, "kind": words(of)}
    return render(request, "exceptions/record.html", context, status=400 if form.errors else 200)


def _said(form: forms.Form) -> dict[str, Any]:
    """What was filled in, records by their names."""
    names = {"number": "number", "person": "username", "agency": "code"}
    return {
        name: getattr(value, names[name]) if name in names and value else value
        for name, value in form.cleaned_data.items()
    }


def kind_named(kind: str) -> Kind:
    """The kind of that name in an address; Http404 when there is none."""
    try:
        return Kind(kind.replace("-", "_"))
    except ValueError:
        raise Http404 from None


@login_required
@require_safe
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    return _matter(request, found(request, pk))


def _matter(request: HttpRequest, record: Matter, close_form: CloseForm | None = None) -> HttpResponse:
    kind, clocks = Kind(record.kind), dict(CLOCKS)
    return render(
        request,
        "exceptions/matter.html",
        {
            "matter": record,
            "whose_turn": queries.whose_turn(record, has_owner=queries.has_owner(record)),
            "clocks": [clocks[one] for one in record.clocks],
            "duties": record.duties.select_related("done_by", "matter"),
            "decisions": queries.decisions(record, signed_in(request)),
            "do_form": DoForm(auto_id=False),
            "hand_over_form": HandOverForm(),
            "close_form": close_form or CloseForm(kind),
            "letters": LETTERS.get(kind, ()),
        },
        status=400 if close_form else 200,
    )


@login_required
@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    record, form = found(request, pk), HandOverForm(request.POST)
    to = form.cleaned_data["to"].username if form.is_valid() else ""
    actions.hand_over(pk=record.pk, by=signed_in(request), to=to)
    return redirect(record)


@login_required
@require_POST
def do(request: HttpRequest, pk: int, duty: str) -> HttpResponse:
    record = found(request, pk)
    actions.do(
        pk=record.pk, by=signed_in(request), duty=duty.replace("-", "_"), how=request.POST.get("how", "")
    )
    messages.success(request, _("It is on record as done."))
    return redirect(record)


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    record = found(request, pk)
    form = CloseForm(Kind(record.kind), request.POST)
    if not form.is_valid():
        return _matter(request, record, form)
    said = form.cleaned_data
    ground = Ground(said.get("ground") or Ground.NOT_DISCLOSED)
    actions.close(
        pk=record.pk, by=signed_in(request), outcome=said["outcome"], ground=ground,
        disclosed=said.get("disclosed", False),
    )  # fmt: skip
    messages.success(request, _("Closed. It no longer stands in the way of anything."))
    return redirect(record)


@login_required
@require_safe
def letter(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A letter to print, from what is on record."""
    record = found(request, pk)
    if name not in LETTERS.get(Kind(record.kind), ()):
        raise Http404
    administration = administration_on(clock.today())
    context = {"matter": record, "letter": name, "administration": administration, "on": clock.today()}
    return render(request, "exceptions/letter.html", context)


def found(request: HttpRequest, pk: int) -> Matter:
    visible = queries.visible_to(signed_in(request)).select_related(
        "data_request", "owner", "agency", "person"
    )
    return get_object_or_404(visible, pk=pk)
