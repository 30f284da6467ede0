"""Data requests as applicants, the policy office, stewards and the board see them."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from charteroak.agencies.models import Person
from charteroak.agencies.queries import authority_of
from charteroak.agencies.signin import signed_in
from charteroak.catalog.queries import by_dataset, law_of, rules_on
from charteroak.catalog.queries import variables as catalog
from charteroak.policy.data_request import Action, Status
from charteroak.requests import actions, queries, steward
from charteroak.requests.fit_check import findings
from charteroak.requests.forms import (
    ColumnsForm,
    DecideForm,
    MemberForm,
    Part,
    ReturnForm,
    StartForm,
    TextForm,
    parts,
)
from charteroak.requests.lists import REQUESTS
from charteroak.requests.models import AgencyReview, DataRequest
from charteroak.requests.timeline import timeline


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    """Every request this person may see, with whose turn it is."""
    person = signed_in(request)
    found = queries.visible_to(person).select_related("applicant").prefetch_related("reviews__agency")
    shown = REQUESTS.of(request, found)
    context = {"shown": shown, "begins": queries.may_begin(person).allowed}
    return shown.file or render(request, "requests/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(actions.start(by=signed_in(request), title=form.cleaned_data["title"]))
    return render(request, "requests/new.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return _detail(request, _visible(request, number))


def _detail(
    request: HttpRequest,
    record: DataRequest,
    sent: Mapping[str, forms.Form] | None = None,
    typed: list[Part] | None = None,
) -> HttpResponse:
    """The request's page; `sent` and `typed` are forms with mistakes, shown as they were filled in."""
    wrong = sent or {}
    person = signed_in(request)
    decisions = queries.decisions(record, person)
    turn, by_when = queries.whose_turn(record)
    fitting = Status(record.status) in (*queries.WITH_APPLICANT, Status.SUBMITTED)
    return render(
        request,
        "requests/detail.html",
        {
            "record": record,
            "turn": turn,
            "by_when": by_when,
            "decisions": decisions,
            "editable": "edit" in decisions,
            "parts": typed or parts(record),
            "team": record.team.select_related("person__employer"),
            "columns": record.columns.select_related("variable__dataset__agency"),
            "findings": findings(record) if fitting and decisions else [],
            "fitting": fitting and bool(decisions),
            "reviews": sorted(
                (_review(review, person, wrong) for review in queries.reviews(record)),
                key=lambda item: not item["may"],  # what waits for this person comes first
            ),
            "timeline": timeline(record),
            "administration": queries.administration_of(record),
            "member_form": wrong.get("member", MemberForm()),
            "return_form": wrong.get("return", ReturnForm()),
        },
        status=400 if typed or wrong else 200,
    )


def _review(review: AgencyReview, person: Person, wrong: Mapping[str, forms.Form]) -> dict[str, Any]:
    code = review.agency.code
    on, columns = queries.day_decided(review.data_request), list(queries.columns_of(review))
    return {
        "review": review,
        "may": queries.review_actions(review, person),
        "authority": authority_of(review.agency, on),
        "decide": wrong.get(f"decide-{code}") or DecideForm(None, columns=columns),
        "law": rules_on(column.variable for column in columns),
        "ask": wrong.get(f"ask-{code}") or _text_form(None, "ask", code),
        "answer": wrong.get(f"answer-{code}") or _text_form(None, "answer", code),
    }


@login_required
@require_POST
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Keeps every answer that can be read, and shows the others again as they were typed."""
    record, typed = _visible(request, number), parts(DataRequest(), request.POST)
    wrong = [part for part in typed if not part.is_valid()]
    readable = {name: value for part in typed for name, value in part.cleaned_data.items()}
    actions.edit(pk=record.pk, by=signed_in(request), **readable)
    if wrong:
        record.refresh_from_db()
        messages.warning(request, _("Saved, except what is marked below."))
        return _detail(request, record, typed=typed)
    messages.success(request, _("Saved."))
    return redirect(record)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, number: str) -> HttpResponse:
    """The column picker: every variable of every agency, with the purpose of each that is ticked."""
    record, person = _visible(request, number), signed_in(request)
    queries.may(record, Action.EDIT, person).require()
    asked = dict(record.columns.values_list("variable", "purpose"))
    form = ColumnsForm(request.POST or None, variables=catalog(), asked=asked)
    if request.method == "POST" and form.is_valid():
        actions.ask_columns(pk=record.pk, by=person, purposes=form.purposes())
        if left := form.unticked():
            messages.warning(request, _("Not asked for, as not ticked: %s.") % ", ".join(left))
        messages.success(request, _("Columns saved."))
        return redirect(record)
    grouped = [
        (dataset, [(v, law_of(v), tick, purpose) for v, tick, purpose in form.rows(members)])
        for dataset, members in by_dataset(form.variables)
    ]
    return render(request, "requests/columns.html", {"record": record, "grouped": grouped})


@login_required
@require_POST
def add_member(request: HttpRequest, number: str) -> HttpResponse:
    record, form = _visible(request, number), MemberForm(request.POST)
    person = None
    if form.is_valid():
        person = Person.objects.filter(username=form.cleaned_data["person"], is_active=True).first()
        if person is None:
            form.add_error("person", _("Nobody here has this user name. The policy office makes accounts."))
    if person is None:
        return _detail(request, record, {"member": form})
    actions.add_member(pk=record.pk, by=signed_in(request), person=person)
    return redirect(record)


@login_required
@require_POST
def remove_member(request: HttpRequest, number: str) -> HttpResponse:
    record = _visible(request, number)
    member = get_object_or_404(record.team, person__username=request.POST.get("person"))
    actions.remove_member(pk=record.pk, by=signed_in(request), person=member.person)
    return redirect(record)


@login_required
@require_POST
def return_(request: HttpRequest, number: str) -> HttpResponse:
    record, form = _visible(request, number), ReturnForm(request.POST)
    if not form.is_valid():
        return _detail(request, record, {"return": form})
    actions.return_(pk=record.pk, by=signed_in(request), because=form.cleaned_data["because"])
    messages.success(request, _("Returned to the applicant."))
    return redirect(record)


@login_required
@require_POST
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """What needs no form of its own."""
    simple: dict[str, tuple[Callable[..., None], str]] = {
        "submit": (actions.submit, _("Sent to the policy office.")),
        "accept-as-complete": (actions.accept_as_complete, _("Each agency asked has its turn now.")),
        "withdraw": (actions.withdraw, _("Withdrawn.")),
    }
    if action not in simple:
        raise Http404
    record, (take, done) = _visible(request, number), simple[action]
    take(pk=record.pk, by=signed_in(request))
    messages.success(request, done)
    return redirect(record)


@login_required
@require_POST
def decide(request: HttpRequest, number: str, code: str) -> HttpResponse:
    review = _visible_review(request, number, code)
    form = DecideForm(request.POST, columns=queries.columns_of(review))
    if not form.is_valid():
        return _detail(request, review.data_request, {f"decide-{code}": form})
    steward.decide(
        pk=review.pk,
        by=signed_in(request),
        choices=form.decided(),
        conditions=form.cleaned_data["conditions"],
    )
    messages.success(request, _("Your agency’s decision is on the record."))
    return redirect(review)


@login_required
@require_POST
def converse(request: HttpRequest, number: str, code: str, action: str) -> HttpResponse:
    """A steward asks, the applicant answers."""
    takes: dict[str, Callable[..., None]] = {"ask": steward.ask, "answer": steward.answer}
    if action not in takes:
        raise Http404
    review, form = _visible_review(request, number, code), _text_form(request.POST, action, code)
    if not form.is_valid():
        return _detail(request, review.data_request, {f"{action}-{code}": form})
    takes[action](pk=review.pk, by=signed_in(request), text=form.cleaned_data["text"])
    return redirect(review)


def _text_form(data: Any, action: str, code: str) -> TextForm:
    label = _("Your question to the applicant") if action == "ask" else _("Your answer")
    return TextForm(data, label=label, auto_id=f"{action}-{code}-%s")


def _visible(request: HttpRequest, number: str) -> DataRequest:
    return get_object_or_404(
        queries.visible_to(signed_in(request)).select_related("applicant"), number=number
    )


def _visible_review(request: HttpRequest, number: str, code: str) -> AgencyReview:
    return get_object_or_404(
        AgencyReview.objects.select_related("agency", "data_request"),
        data_request=_visible(request, number),
        agency__code=code,
    )
