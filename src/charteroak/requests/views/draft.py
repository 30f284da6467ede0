"""What applicants fill in together: answers, columns, colleagues. Nobody's words are lost."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.audit.actions import record_refusal
from charteroak.catalog.models import Variable
from charteroak.catalog.queries import by_dataset, law_of
from charteroak.catalog.queries import variables as catalog
from charteroak.policy.data_request import Action
from charteroak.policy.decision import Refused
from charteroak.requests import actions, history, queries
from charteroak.requests.answers import ANSWERS
from charteroak.requests.forms import ColumnsForm, MemberForm, parts, seen_in
from charteroak.requests.models import DataRequest
from charteroak.requests.views.detail import detail_page
from charteroak.requests.views.found import visible


@login_required
@require_POST
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Keeps every answer, readable or not; of two that differ, one's own and a colleague's, the person chooses."""
    record = visible(request, number)
    typed = parts(record, request.POST, kind=record.kind_of_change)
    readable, unread = {}, {}
    for part in typed:
        part.is_valid()
        for name in part.fields:
            if name in part.cleaned_data and name in request.POST:
                readable[name] = part.cleaned_data[name]
            elif name in part.errors:
                unread[name] = request.POST[name]
    by, seen = signed_in(request), seen_in(request.POST)
    try:
        conflicts = actions.edit(pk=record.pk, by=by, seen=seen, unread=unread, **readable)
    except Refused as refused:
        if "HX-Request" not in request.headers:
            raise
        record_refusal(refused, action="requests:data_request:edit", by=by, subject=record)
        return render(request, "requests/kept.html", {"refused": refused.reasons, "seen": seen})
    record.refresh_from_db()
    if "HX-Request" in request.headers:
        return _kept(request, record, unread, conflicts)
    if conflicts:
        return _choose(request, record, conflicts)
    if unread:
        messages.warning(request, _("Kept, but what is marked below cannot be read."))
        return detail_page(request, record, typed=parts(record, kind=record.kind_of_change))
    messages.success(request, _("Saved."))
    return redirect(record)


def _kept(
    request: HttpRequest, record: DataRequest, unread: dict[str, str], conflicts: tuple[str, ...]
) -> HttpResponse:
    """What saving by itself answers: one line, and the revision that the page shows from now on."""
    seen = seen_in(request.POST) or 0
    others = history.since(record, seen, signed_in(request)).exists()
    shown = {
        "at": clock.now(),
        "unread": [_(ANSWERS[name]) for name in unread],
        "conflicts": [_(ANSWERS[name]) for name in conflicts],
        "seen": seen if others else record.revision,  # what colleagues wrote, this page does not show yet
    }
    return render(request, "requests/kept.html", shown)


def _choose(request: HttpRequest, record: DataRequest, conflicts: tuple[str, ...]) -> HttpResponse:
    """What a colleague wrote beside what this person wrote: nothing is overwritten unseen."""
    fields = {
        field.name: field
        for part in parts(record, request.POST, kind=record.kind_of_change)
        for field in part
    }
    changed = history.unseen(record, seen_in(request.POST) or 0, signed_in(request))
    changed = changed.filter(part__in=conflicts)
    latest = {change.part: change for change in changed}
    items = [(fields[name], latest[name]) for name in conflicts]
    shown = {"record": record, "items": items, "seen": record.revision}
    return render(request, "requests/choose.html", shown, status=409)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, number: str) -> HttpResponse:
    """The column picker: `?agency=` and `?q=` narrow it; what is chosen and not shown stays chosen."""
    record, person = visible(request, number), signed_in(request)
    queries.may(record, Action.EDIT, person).require()
    asked = {c.variable_id: (c.purpose, c.justification) for c in record.columns.all()}
    agency, sought = request.GET.get("agency", ""), request.GET.get("q", "").strip()
    everything = list(catalog())
    offered = [v for v in everything if _sought(v, agency, sought)]
    form = ColumnsForm(request.POST or None, variables=offered, asked=asked)
    if request.method == "POST" and form.is_valid():
        left = actions.ask_columns(
            pk=record.pk,
            by=person,
            purposes=form.purposes(),
            justifications=form.justifications(),
            shown=[v.pk for v in offered],
            seen=seen_in(request.POST),
        )
        _tell(request, form, [str(v) for v in offered if v.pk in left])
        return redirect(record)
    grouped = [
        (dataset, [(v, law_of(v), *fields) for v, *fields in form.rows(members)])
        for dataset, members in by_dataset(form.variables)
    ]
    shown = {
        "record": record,
        "grouped": grouped,
        "seen": record.revision,
        "agency": agency,
        "sought": sought,
        "agencies": sorted({v.dataset.agency.code for v in everything}),
        "chosen": len(asked),
        "offered": len(offered),
    }
    return render(request, "requests/columns.html", shown)


def _sought(variable: Variable, agency: str, sought: str) -> bool:
    text = f"{variable.name} {variable.title} {variable.definition}".casefold()
    return agency in ("", variable.dataset.agency.code) and all(w in text for w in sought.casefold().split())


def _tell(request: HttpRequest, form: ColumnsForm, left: list[str]) -> None:
    if unticked := form.unticked():
        messages.warning(request, _("Not asked for, as not ticked: %s.") % ", ".join(unticked))
    if left:
        said = _("A colleague has changed these meanwhile; they stay as your colleague left them: %s.")
        messages.warning(request, said % ", ".join(left))
    messages.success(request, _("Columns saved."))


@login_required
@require_POST
def add_member(request: HttpRequest, number: str) -> HttpResponse:
    record, form = visible(request, number), MemberForm(request.POST)
    person = None
    if form.is_valid():
        person = Person.objects.with_access().filter(username=form.cleaned_data["person"]).first()
        if person is None:
            form.add_error("person", _("Nobody here has this user name. The policy office adds people."))
    if person is None:
        return detail_page(request, record, {"member": form})
    actions.add_member(pk=record.pk, by=signed_in(request), person=person)
    return redirect(record)


@login_required
@require_POST
def remove_member(request: HttpRequest, number: str) -> HttpResponse:
    record = visible(request, number)
    member = get_object_or_404(record.team, person__username=request.POST.get("person"))
    actions.remove_member(pk=record.pk, by=signed_in(request), person=member.person)
    return redirect(record)
