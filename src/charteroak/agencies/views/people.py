"""One's own training and pledge; people and their offices, for the policy office."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters import clock
from charteroak.agencies import actions, queries
from charteroak.agencies.forms import GrantForm
from charteroak.agencies.lists import PEOPLE
from charteroak.agencies.models import Person, RoleHeld
from charteroak.agencies.signin import signed_in
from charteroak.policy.roles import Role


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """One's own offices, and the training and pledge that access rests on."""
    person = signed_in(request)
    standing = person.standing()
    return render(
        request,
        "agencies/me.html",
        {
            "standing": standing,
            "good": standing.good(clock.today()),
            "held": queries.roles_held(person),
            "course": actions.COURSE,
            "pledge": actions.PLEDGE,
        },
    )


@login_required
@require_POST
def complete_training(request: HttpRequest) -> HttpResponse:
    actions.complete_training(by=signed_in(request))
    messages.success(request, _("Your training is on record for a year."))
    return redirect("me")


@login_required
@require_POST
def sign_pledge(request: HttpRequest) -> HttpResponse:
    actions.sign_pledge(by=signed_in(request))
    messages.success(request, _("Your pledge is on record for a year."))
    return redirect("me")


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponseBase:
    """Accounts and offices; for the policy office and the auditor only."""
    if not queries.reads_accounts(signed_in(request)):
        raise Http404
    found = queries.visible_to(signed_in(request)).select_related("employer").order_by("name")
    shown = PEOPLE.of(request, found.prefetch_related("roles_held__agency").distinct())
    return shown.file or render(request, "agencies/people.html", {"shown": shown})


@login_required
@require_safe
def one(request: HttpRequest, username: str) -> HttpResponse:
    return _one(request, username, GrantForm())


def _one(request: HttpRequest, username: str, form: GrantForm) -> HttpResponse:
    person = _visible(request, username)
    return render(
        request,
        "agencies/person.html",
        {
            "person": person,
            "standing": person.standing(),
            "held": queries.roles_held(person),
            "grants": queries.grants_roles(signed_in(request)),
            "form": form,
        },
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def grant_role(request: HttpRequest, username: str) -> HttpResponse:
    person, form = _visible(request, username), GrantForm(request.POST)
    if not form.is_valid():
        return _one(request, username, form)
    agency = form.cleaned_data["agency"]
    actions.grant_role(
        person=person.pk,
        role=Role(form.cleaned_data["role"]),
        agency=agency.code if agency else None,
        by=signed_in(request),
    )
    messages.success(request, _("Granted as of today."))
    return redirect("person", username)


@login_required
@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    held = get_object_or_404(RoleHeld, pk=pk, person__in=queries.visible_to(signed_in(request)))
    actions.end_role(held=pk, by=signed_in(request))
    messages.success(request, _("Ended. Access that rested on it is gone."))
    return redirect("person", held.person.username)


@login_required
@require_POST
def close_account(request: HttpRequest, username: str) -> HttpResponse:
    actions.close_account(person=_visible(request, username).pk, by=signed_in(request))
    messages.success(request, _("The account is closed."))
    return redirect("person", username)


def _visible(request: HttpRequest, username: str) -> Person:
    return get_object_or_404(queries.visible_to(signed_in(request)), username=username)
