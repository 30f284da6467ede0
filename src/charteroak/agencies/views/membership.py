"""Agencies for everyone; joining, suspension and leaving for those whose office it is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from charteroak.adapters import clock
from charteroak.agencies import lists, membership, queries
from charteroak.agencies.confirmation import asking_who_it_is, confirmed_at
from charteroak.agencies.forms import (
    BoardWordForm,
    JoiningForm,
    LeaveForm,
    SignJoinderForm,
    WithdrawForm,
    WrittenRequestForm,
)
from charteroak.agencies.models import Agency, Authority, Person
from charteroak.agencies.queries import membership as reads
from charteroak.agencies.signin import signed_in
from charteroak.policy.membership import Action
from charteroak.policy.sentence import words

OF_A_BOARD = frozenset({Action.RECOMMEND, Action.REFUSE, Action.SUSPEND, Action.REINSTATE})
FORMS: dict[Action, type[forms.Form]] = {
    **dict.fromkeys(OF_A_BOARD, BoardWordForm),
    Action.SIGN: SignJoinderForm,
    Action.LEAVE: LeaveForm,
    Action.WITHDRAW: WithdrawForm,
    Action.ASK_AGAIN: WrittenRequestForm,
}


@require_safe
def agencies(request: HttpRequest) -> HttpResponseBase:
    """Who takes part, under which authority and since when; what counsel has not read is marked."""
    today, person = clock.today(), reader(request)
    shown = lists.agencies(request)
    return shown.file or render(
        request,
        "agencies/agencies.html",
        {
            "shown": shown,
            "administered": Authority.objects.filter(kind=Authority.Kind.ADMINISTER).select_related("agency"),
            "administration": queries.administration_on(today),
            "keeps": person is not None and queries.reads_accounts(person),
            "asks": person is not None and bool(reads.may_ask(person)),
        },
    )


@require_safe
def agency(request: HttpRequest, code: str) -> HttpResponse:
    return _agency(request, visible(request, code), {})


def _agency(request: HttpRequest, found: Agency, sent: dict[str, forms.Form]) -> HttpResponse:
    """The agency's page; `sent` is the form with mistakes, shown as it was filled in."""
    person = reader(request)
    decisions = reads.decisions(found, person) if person else {}
    shown = {"text_hash": reads.text_hash(found)}
    offered = [
        (name.replace("_", "-"), words(Action(name)), decision, sent.get(name) or _form(Action(name), shown))
        for name, decision in decisions.items()
    ]
    return render(
        request,
        "agencies/agency.html",
        {
            "agency": found,
            "authority": queries.authority_of(found, clock.today()),
            "procedures": reads.procedures(found, person),
            "joinder": reads.joinder(found) if reads.reads_requests(found, person) else "",
            "turn": reads.whose_turn(found),
            "offered": offered,
            "folded": ("leave", "suspend", "refuse", "withdraw", "ask-again"),
        },
        status=400 if sent else 200,
    )


def _form(action: Action, data: dict[str, Any]) -> forms.Form | None:
    made = FORMS.get(action)
    return made(initial=data, auto_id=f"{action}-%s") if made else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The policy office enters an agency's written request to join."""
    by, form = signed_in(request), JoiningForm(request.POST or None)
    reads.may_ask(by).require()
    if request.method == "POST" and form.is_valid():
        return redirect(membership.ask_to_join(by=by, **form.cleaned_data))
    return render(request, "agencies/join.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def act(request: HttpRequest, code: str, action: str) -> HttpResponse:
    """What a board has decided, or the head of an agency says."""
    found, taken = visible(request, code), named(action)
    form = FORMS.get(taken, forms.Form)(request.POST, auto_id=f"{taken}-%s")
    if not form.is_valid():
        return _agency(request, found, {taken.value: form})
    by, at = signed_in(request), confirmed_at(request)
    with asking_who_it_is():
        membership.act(pk=found.pk, by=by, action=taken, confirmed_at=at, **form.cleaned_data)
    messages.success(request, _("It is on record."))
    return redirect(found)


def named(action: str) -> Action:
    """The act of that name in an address; Http404 when there is none that follows a written request."""
    said = action.replace("-", "_")
    if said not in set(Action) - {Action.ASK_TO_JOIN, Action.ADMIT, Action.JOIN}:
        raise Http404
    return Action(said)


def reader(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def visible(request: HttpRequest, code: str) -> Agency:
    if not code.isalnum():  # no agency is called so, and the database takes not every character
        raise Http404
    return get_object_or_404(queries.agencies_visible_to(reader(request)), code=code)
