"""What a steward does with a request: asks, decides column by column; and the applicant's answers."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charteroak.agencies.signin import signed_in
from charteroak.requests import queries, steward
from charteroak.requests.forms import DecideForm, seen_in
from charteroak.requests.views.detail import detail_page, text_form
from charteroak.requests.views.found import visible_review
from charteroak.requests.views.stale import told_when_stale


@login_required
@require_POST
@told_when_stale("requests:agency_review:decide")
def decide(request: HttpRequest, number: str, code: str) -> HttpResponse:
    done = _("Your agency’s decision is on the record.")
    return _decided(request, number, code, steward.decide, done)


@login_required
@require_POST
@told_when_stale("requests:agency_review:correct")
def correct(request: HttpRequest, number: str, code: str) -> HttpResponse:
    done = _("The corrected decision is on the record, beside what it was before.")
    return _decided(request, number, code, steward.correct, done)


def _decided(
    request: HttpRequest, number: str, code: str, take: Callable[..., None], done: str
) -> HttpResponse:
    review = visible_review(request, number, code)
    form = DecideForm(request.POST, agency=code, columns=queries.columns_to_decide(review))
    if not form.is_valid():
        return detail_page(request, review.data_request, {f"decide-{code}": form})
    take(
        pk=review.pk,
        by=signed_in(request),
        choices=form.decided(),
        conditions=form.cleaned_data["conditions"],
        seen=seen_in(request.POST),
    )
    messages.success(request, done)
    return redirect(review)


@login_required
@require_POST
def take_back(request: HttpRequest, number: str, code: str) -> HttpResponse:
    review = visible_review(request, number, code)
    steward.take_back(pk=review.pk, by=signed_in(request))
    messages.success(request, _("The question is taken back: your agency decides."))
    return redirect(review)


@login_required
@require_POST
def converse(request: HttpRequest, number: str, code: str, action: str) -> HttpResponse:
    """A steward asks, the applicant answers."""
    takes: dict[str, Callable[..., None]] = {"ask": steward.ask, "answer": steward.answer}
    if action not in takes:
        raise Http404
    review, form = visible_review(request, number, code), text_form(request.POST, action, code)
    if not form.is_valid():
        return detail_page(request, review.data_request, {f"{action}-{code}": form})
    said = form.cleaned_data if action == "ask" else {"text": form.cleaned_data["text"]}
    takes[action](pk=review.pk, by=signed_in(request), **said)
    return redirect(review)
