"""The papers of a request: attached, read, taken out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters.streaming import streamed
from charteroak.agencies.signin import signed_in
from charteroak.policy.attachment import Kind, type_of
from charteroak.requests import actions, papers, queries
from charteroak.requests.forms import AttachForm, read
from charteroak.requests.views.detail import detail_page
from charteroak.requests.views.found import visible


@login_required
@require_POST
def attach(request: HttpRequest, number: str) -> HttpResponse:
    record, form = visible(request, number), AttachForm(request.POST, request.FILES)
    if not form.is_valid():
        return detail_page(request, record, {"attach": form})
    paper = actions.attach(
        pk=record.pk,
        by=signed_in(request),
        kind=Kind(form.cleaned_data["kind"]),
        name=form.cleaned_data["file"].name,
        content=read(form.cleaned_data["file"]),
    )
    messages.success(request, _("Attached: %s.") % paper.name)
    return redirect(record)


@login_required
@require_safe
def paper(request: HttpRequest, number: str, attachment: int) -> HttpResponseBase:
    """As it was attached, also one that was taken out since and that a version names."""
    record = visible(request, number)
    team = queries.on_team(signed_in(request), record)
    one = get_object_or_404(papers.readable(record, on_team=team), pk=attachment)
    known = type_of(one.name)
    return streamed(
        request, papers.content(one), name=one.name, kind=known.media if known else "application/octet-stream"
    )


@login_required
@require_POST
def take_out(request: HttpRequest, number: str, attachment: int) -> HttpResponse:
    record = visible(request, number)
    one = get_object_or_404(record.attachments, pk=attachment)
    actions.take_out(pk=record.pk, by=signed_in(request), attachment=one.pk)
    messages.success(request, _("Taken out: %s.") % one.name)
    return redirect(record)
