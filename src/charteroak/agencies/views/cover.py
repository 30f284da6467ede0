"""Absence cover: a delegate is named, acts for the office holder, and stops."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charteroak.agencies import cover as actions
from charteroak.agencies.forms import CoverForm
from charteroak.agencies.models import Cover
from charteroak.agencies.queries import cover
from charteroak.agencies.signin import ACTING, signed_in
from charteroak.agencies.views import people


@login_required
@require_POST
def name_delegate(request: HttpRequest, username: str) -> HttpResponse:
    holder = people.visible(request, username)
    form = CoverForm(holder, request.POST)
    if not form.is_valid():
        return people.page_of(request, holder, cover_form=form)
    said = form.cleaned_data
    actions.name_delegate(
        office=said["office"].pk,
        delegate=said["delegate"].username,
        since=said["since"],
        until=said["until"],
        letter=said["letter"],
        by=signed_in(request),
    )
    messages.success(
        request, _("Named. Whatever your colleague does in this office is recorded as done for you.")
    )
    return redirect("me") if holder == request.user else redirect("person", username)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(cover.visible_to(signed_in(request)), pk=pk)
    actions.end_cover(pk=found.pk, by=signed_in(request))
    messages.success(request, _("The cover has ended."))
    return redirect("me")


@login_required
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on this person acts for the office holder, until they stop or sign out."""
    take_up(request, pk)
    return redirect("home")


def take_up(request: HttpRequest, pk: int) -> Cover:
    """Remember for this sign-in whose office is filled; Http404 for one that is not this person's to fill."""
    cover.may_fill(signed_in(request)).require()
    found = get_object_or_404(cover.offered_to(signed_in(request)), pk=pk)
    request.session[ACTING] = found.pk
    signed_in(request).acting = found
    return found


@login_required
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Back to one's own name."""
    lay_down(request)
    return redirect("home")


def lay_down(request: HttpRequest) -> None:
    cover.may_fill(signed_in(request)).require()
    request.session.pop(ACTING, None)
    signed_in(request).acting = None
