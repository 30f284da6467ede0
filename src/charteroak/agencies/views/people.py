"""One's own training and pledge; people and their offices, for the policy office."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters import clock
from charteroak.agencies import actions, employment, lists, queries
from charteroak.agencies.forms import CoverForm, DetailsForm, GrantForm, MoveForm, NoticeForm
from charteroak.agencies.models import Person, RoleHeld
from charteroak.agencies.queries import accounts as account_reads
from charteroak.agencies.queries import cover
from charteroak.agencies.signin import signed_in
from charteroak.policy.roles import Role


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """One's own offices, and the training and pledge that access rests on."""
    person = signed_in(request)
    return _me(request, person)


def _me(
    request: HttpRequest,
    person: Person,
    cover_form: CoverForm | None = None,
    notice_form: NoticeForm | None = None,
) -> HttpResponse:
    """One's own page; the forms are given when there are mistakes in them."""
    standing = person.standing()
    notice = notice_form or NoticeForm(cover.colleagues(person) | Person.objects.filter(pk=person.pk))
    return render(
        request,
        "agencies/me.html",
        {
            "standing": standing,
            "good": standing.good(clock.today()),
            "held": queries.roles_held(person),
            "course": actions.COURSE,
            "pledge": actions.PLEDGE,
            "covers": cover.of_offices(person),
            "cover_form": cover_form or CoverForm(person),
            "notice_form": notice if queries.may_give_notice(person, person) else None,
        },
        status=400 if cover_form or notice_form else 200,
    )


def page_of(request: HttpRequest, holder: Person, cover_form: CoverForm) -> HttpResponse:
    """The page on which cover for this person is named, with the mistakes in what was filled in."""
    if holder == request.user:
        return _me(request, holder, cover_form)
    return person_page(request, holder.username, cover_form=cover_form)


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
    shown = lists.people(request)
    context = {"shown": shown, "may_add": account_reads.may_add_somebody(signed_in(request))}
    return shown.file or render(request, "agencies/people.html", context)


@login_required
@require_safe
def one(request: HttpRequest, username: str) -> HttpResponse:
    return person_page(request, username)


def person_page(
    request: HttpRequest,
    username: str,
    form: GrantForm | None = None,
    cover_form: CoverForm | None = None,
    move_form: MoveForm | None = None,
    details_form: DetailsForm | None = None,
) -> HttpResponse:
    """A person's page; the forms are given when there are mistakes in them."""
    person = visible(request, username)
    by = signed_in(request)
    on_file = {"employer": person.employer and person.employer.code, "kind": person.employer_kind}
    return render(
        request,
        "agencies/person.html",
        {
            "person": person,
            "standing": person.standing(),
            "held": queries.roles_held(person),
            "grants": queries.grants_roles(by),
            "form": form or GrantForm(),
            "status": queries.status_of(person),
            "notice": person.notices.first(),
            "covers": cover.of_offices(person),
            "cover_form": cover_form or CoverForm(person),
            "moves": person.employments.select_related("employer", "employer_before"),
            "may_move": queries.may_move_somewhere(by, person),
            "move_form": move_form or MoveForm(initial=on_file, auto_id="move-%s"),
            "may_give_notice": queries.may_give_notice(by, person),
            "notice_form": NoticeForm(Person.objects.filter(pk=person.pk), person=person.username),
            **_of_account(by, person, details_form),
        },
        status=400 if form or cover_form or move_form or details_form else 200,
    )


def _of_account(by: Person, person: Person, form: DetailsForm | None) -> dict[str, Any]:
    """What is on file of a person, and their first key until it is used."""
    on_file = {"name": person.name, "email": person.email}
    key = person.invitations.last() if person.awaited else None
    return {
        "changes": person.details_changes.select_related("recorded_by"),
        "may_change_details": account_reads.may_change_some_details(by, person),
        "details_form": form or DetailsForm(initial=on_file, auto_id="details-%s"),
        "key": key,
        "key_over": key is not None and key.last_day < clock.today(),
        "may_send_key": account_reads.may_send_key(by, person),
        "may_void_key": account_reads.may_void_key(by, person),
    }


@login_required
@require_POST
def grant_role(request: HttpRequest, username: str) -> HttpResponse:
    person, form = visible(request, username), GrantForm(request.POST)
    if not form.is_valid():
        return person_page(request, username, form)
    agency = form.cleaned_data["agency"]
    actions.grant_role(
        person=person.pk,
        role=Role(form.cleaned_data["role"]),
        agency=agency.code if agency else None,
        until=form.cleaned_data["until"],
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
def move(request: HttpRequest, username: str) -> HttpResponse:
    """The policy office records that a person works for another employer."""
    person, form = visible(request, username), MoveForm(request.POST, auto_id="move-%s")
    if not form.is_valid():
        return person_page(request, username, move_form=form)
    said = form.cleaned_data
    agency = said["employer"].code if said["employer"] else None
    employment.move(
        person=person.pk, employer=agency, kind=said["kind"], since=said["since"], by=signed_in(request)
    )
    messages.success(request, _("The move is on record. What rested on the employer before is over."))
    return redirect("person", username)


@login_required
@require_POST
def close_account(request: HttpRequest, username: str) -> HttpResponse:
    actions.close_account(person=visible(request, username).pk, by=signed_in(request))
    messages.success(request, _("The account is closed."))
    return redirect("person", username)


@login_required
@require_POST
def give_notice(request: HttpRequest) -> HttpResponse:
    """Somebody leaves: said by a colleague or the policy office."""
    by = signed_in(request)
    if said := request.POST.get("person"):
        get_object_or_404(queries.may_be_noticed(by), username=said)  # as for somebody who does not exist
    form = NoticeForm(queries.may_be_noticed(by), request.POST)
    if not form.is_valid():
        return _me(request, by, notice_form=form)
    actions.give_notice(person=form.cleaned_data["person"].pk, last_day=form.cleaned_data["last_day"], by=by)
    messages.success(request, _("The policy office closes the account within 24 hours; access ends by then."))
    return redirect("me")


def visible(request: HttpRequest, username: str) -> Person:
    return get_object_or_404(queries.visible_to(signed_in(request)), username=username)
