"""Legal instruments, and who answers for what under them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.agencies import instruments as actions
from charteroak.agencies import lists
from charteroak.agencies.forms import InstrumentForm, TransferForm
from charteroak.agencies.models import Authority
from charteroak.agencies.queries import authority
from charteroak.agencies.signin import signed_in
from charteroak.agencies.views.membership import reader
from charteroak.policy.responsibility import Kind


@require_safe
def instruments(request: HttpRequest) -> HttpResponseBase:
    return lists.instruments(request).file or _instruments(request, InstrumentForm())


def _instruments(request: HttpRequest, form: InstrumentForm) -> HttpResponse:
    """Everything on record, what is in force marked; counsel adds to it."""
    person = reader(request)
    return render(
        request,
        "agencies/instruments.html",
        {
            "shown": lists.instruments(request),
            "form": form if person and authority.records_instruments(person) else None,
        },
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def record(request: HttpRequest) -> HttpResponse:
    form = InstrumentForm(request.POST)
    if not form.is_valid():
        return _instruments(request, form)
    said = form.cleaned_data
    actions.record(
        by=signed_in(request),
        **said
        | {
            "parties": [agency.code for agency in said["parties"]],
            "supersedes": said["supersedes"].number if said["supersedes"] else "",
        },
    )
    messages.success(request, _("The instrument is on record."))
    return redirect("instruments")


@require_safe
def responsibilities(request: HttpRequest) -> HttpResponseBase:
    return lists.responsibilities(request).file or _responsibilities(request, TransferForm())


def _responsibilities(request: HttpRequest, form: TransferForm) -> HttpResponse:
    """The matrix: who answers for what today and before, under which instrument, through whom."""
    person = reader(request)
    return render(
        request,
        "agencies/responsibilities.html",
        {
            "shown": lists.responsibilities(request),
            "history": [
                (Authority.Kind(kind).label, authority.history(kind))
                for kind in Kind
                if kind is not Kind.DISCLOSE
            ],
            "form": form if person and authority.transfers(person) else None,
        },
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def transfer(request: HttpRequest) -> HttpResponse:
    form = TransferForm(request.POST)
    if not form.is_valid():
        return _responsibilities(request, form)
    said = form.cleaned_data
    actions.transfer(
        by=signed_in(request),
        kind=Kind(said["kind"]),
        agency=said["agency"].code,
        since=said["since"],
        under=said["under"].number,
    )
    messages.success(
        request, _("The transfer is on record; offices that went with it end with the day before.")
    )
    return redirect("responsibilities")
