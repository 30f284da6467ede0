"""Release requests: what is put forward, what the checks say, whose vote is in, what left."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.outputs import actions, classes, files, marking, pages, queries, questions, reopening
from charteroak.outputs.allowance import checks_left
from charteroak.outputs.forms import (
    AddFileForm,
    AnswerForm,
    MarkForm,
    QuestionForm,
    ReturnForm,
    ReviewForm,
    RevokeForm,
)
from charteroak.outputs.lists import listed
from charteroak.outputs.models import ReleasedFile, ReleaseRequest
from charteroak.outputs.rule_names import findings
from charteroak.outputs.voting import Vote, voted
from charteroak.policy.decision import Decision
from charteroak.policy.release_request import Action, Status
from charteroak.workspaces.queries import visible_to as workspaces_visible_to

FORM_OF = {
    "add": Action.EDIT,
    "mark": Action.MARK,
    "review": Action.REVIEW,
    "return": Action.RETURN,
    "turn-back": Action.TURN_BACK,
    "decline": Action.DECLINE,
    "revoke": Action.REVOKE,
    "recall": Action.RECALL,
}


def found(request: HttpRequest, number: str) -> ReleaseRequest:
    return get_object_or_404(queries.visible_to(signed_in(request)), number=number)


@login_required
@require_safe
def release_requests(request: HttpRequest) -> HttpResponseBase:
    shown = listed(request)
    return shown.file or render(request, "outputs/release_requests.html", {"shown": shown})


@login_required
@require_POST
def start(request: HttpRequest, number: str) -> HttpResponse:
    workspace = get_object_or_404(workspaces_visible_to(signed_in(request)), agreement__number=number)
    return redirect(actions.start(workspace=workspace.pk, by=signed_in(request)))


@login_required
@require_safe
def release_request(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, found(request, number))


def _page(request: HttpRequest, record: ReleaseRequest, **in_error: forms.Form) -> HttpResponse:
    who = signed_in(request)
    for shown in in_error:  # who may do it at all is told that first, and the log too
        actions.require(record, FORM_OF[shown], who)
    forward = pages.files_of(record, request)
    decisions = queries.decisions(record, who)
    reviews = list(queries.reviews_shown(record, who))
    outputs = pages.outputs_of(record, request)
    earlier = ReleaseRequest.objects.filter(workspace=record.workspace, release__isnull=False)
    return render(
        request,
        "outputs/release_request.html",
        _on_this_page(request, record, forward, in_error.get("review"))
        | _thread(record, who)
        | {
            "record": record,
            "turn": queries.whose_turn(record),
            "by_when": queries.by_when(record),
            **checks_left(record),
            "checked": int(record.status != Status.SUBMITTED),
            "decisions": decisions,
            # by a name of its own: in a template `decisions.clear` would call the dictionary's method
            "clearing": decisions.get("clear"),
            "looks": queries.may_look(record, who).allowed,
            "reviews": reviews,
            "ballots": queries.ballots_shown(reviews, forward) if reviews else [],
            **_of_agencies(record, who, decisions),
            "earlier": earlier.exclude(pk=record.pk),
            "add_form": in_error.get("add", AddFileForm(record, outputs)),
            "outputs": outputs,
            "mark_form": in_error.get("mark", MarkForm({"public": "yes" if record.public else "no"})),
            "return_form": in_error.get("return", ReturnForm()),
            "turn_back_form": in_error.get("turn-back", ReturnForm()),
            "decline_form": in_error.get("decline", ReturnForm(auto_id="id_decline_%s")),
            "revoke_form": in_error.get("revoke", in_error.get("recall", RevokeForm())),
        },
        status=400 if in_error else 200,
    )


def _thread(record: ReleaseRequest, who: Person) -> dict[str, Any]:
    """What was asked about it and answered, and whether this person may do either."""
    return {
        "thread": [
            (one, questions.may_answer(one, who), AnswerForm(auto_id=f"id_answer_{one.pk}_%s"))
            for one in questions.shown(record, who)
        ],
        "may_ask": questions.may_ask(record, who),
        "question_form": QuestionForm(auto_id="id_question_%s"),
    }


def _of_agencies(record: ReleaseRequest, who: Person, decisions: dict[str, Decision]) -> dict[str, Any]:
    """Which have cleared it, themselves or by a class, and what this person is for as a steward."""
    lapsed, returning = classes.lapsed(record), decisions.get("return")
    own, open_ = queries.stewarded(who, record), classes.still_to_clear(record)
    in_preview, vote = record.status == Status.IN_PREVIEW, voted(record)
    may_stop = bool(in_preview and returning)
    return {
        "agencies": own,
        "not_cleared": open_,
        "motion_missing": in_preview and not open_ and vote == Vote(),
        "lapsed": lapsed,
        "defines": classes.may_define(record.workspace.agreement, who).allowed,
        "unseen": may_stop and bool({*own} & classes.cleared_by_class(record) - {*lapsed}),
        "seen": may_stop and bool({*own} & classes.looked(record)),
        "clearances": record.clearances.filter(round=record.round).select_related("by"),
        "ahead": classes.clearances_ahead(record),
    }


def _on_this_page(
    request: HttpRequest, record: ReleaseRequest, forward: Page[Any], in_error: forms.Form | None
) -> dict[str, Any]:
    """Of the files that fit on one page: what was found, what left, what this checker said so far."""
    kept = pages.kept(request.session, record)
    return {
        "forward": forward,
        "files": [(one, findings(one.summary)) for one in forward],
        "released": _released(record, forward),
        "kept": len(kept),
        # with the votes on this page they are all there
        "casts": pages.without_a_vote(record, kept) in ([], [forward.number]),
        "review_form": in_error or ReviewForm(forward, kept),
    }


def _released(record: ReleaseRequest, forward: Page[Any]) -> list[ReleasedFile]:
    """Of the files on this page what left."""
    if record.status != Status.RELEASED:
        return []
    return list(record.release.files.filter(name__in=[file.name for file in forward]))


@login_required
@require_POST
def add_file(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    form = AddFileForm(record, pages.outputs_of(record, request), request.POST)
    if not form.is_valid():
        return _page(request, record, add=form)
    said = form.cleaned_data
    files.add(
        pk=record.pk,
        by=signed_in(request),
        output=said["output"].pk,
        **{part: said[part] for part in ("context", "population", "kinds", "controls")},
    )
    messages.success(request, _("%s is put forward.") % said["output"].name)
    return redirect(record)


@login_required
@require_POST
def mark(request: HttpRequest, number: str) -> HttpResponse:
    record, form = found(request, number), MarkForm(request.POST)
    if not form.is_valid():
        return _page(request, record, mark=form)
    marking.mark(pk=record.pk, by=signed_in(request), public=form.cleaned_data["public"])
    messages.success(request, _("Recorded."))
    return redirect(record)


@login_required
@require_POST
def adopt(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = found(request, number)
    files.adopt(pk=record.pk, by=signed_in(request), file=get_object_or_404(record.files, pk=pk).pk)
    messages.success(request, _("The protected version is put forward."))
    return redirect(record)


@login_required
@require_POST
def remove_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = found(request, number)
    files.take_out(pk=record.pk, by=signed_in(request), file=get_object_or_404(record.files, pk=pk).pk)
    messages.success(request, _("The file is taken out; it stays in the enclave."))
    return redirect(record)


@login_required
@require_POST
def review(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    who, shown = signed_in(request), pages.files_of(record, request)
    form = ReviewForm(shown, {}, request.POST)
    if not form.is_valid():
        return _page(request, record, review=form)
    votes = pages.kept(request.session, record) | form.ballots()
    missing = pages.without_a_vote(record, votes)
    if missing and shown.paginator.num_pages > 1:
        actions.require(record, Action.REVIEW, who)  # who may not review is told now, not after the last page
        pages.keep(request.session, record, votes)
        messages.info(
            request,
            _("%(votes)s of %(files)s votes are kept while you are signed in; they count once all are cast.")
            % {"votes": len(votes), "files": shown.paginator.count},
        )
        following = pages.next_page(missing, shown.number)
        return redirect(f"{record.get_absolute_url()}?files={following}#action-review")
    actions.review(pk=record.pk, by=who, votes=votes)
    pages.forget(request.session, record)
    messages.success(request, _("Your review is on the record."))
    return redirect(record)


@login_required
@require_POST
def clear(request: HttpRequest, number: str, agency: str) -> HttpResponse:
    record = found(request, number)
    actions.clear(pk=record.pk, by=signed_in(request), agency=agency)
    messages.success(request, _("%s clears the outputs.") % agency)
    return redirect(record)


@login_required
@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    questions.ask(pk=record.pk, by=signed_in(request), text=request.POST.get("text", ""))
    messages.success(request, _("The project reads your question."))
    return redirect(f"{record.get_absolute_url()}#questions")


@login_required
@require_POST
def answer(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    record = found(request, number)
    asked = get_object_or_404(questions.shown(record, signed_in(request)), pk=pk)
    questions.answer(
        pk=record.pk, question=asked.pk, by=signed_in(request), text=request.POST.get("text", "")
    )
    messages.success(request, _("Your answer is on the record."))
    return redirect(f"{record.get_absolute_url()}#questions")


SIMPLE = {
    "submit": actions.submit, "retry": actions.retry, "approve": actions.approve, "withdraw": actions.withdraw,
    "reopen": reopening.reopen,
}  # fmt: skip
REASONED = {
    "return": (actions.return_, ReturnForm), "turn-back": (actions.turn_back, ReturnForm),
    "decline": (actions.decline, ReturnForm),
    "revoke": (actions.revoke, RevokeForm), "recall": (actions.recall, RevokeForm),
}  # fmt: skip


@login_required
@require_POST
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """What needs no form of its own, or a reason alone."""
    if action not in SIMPLE and action not in REASONED:
        raise Http404
    record = found(request, number)
    if action in SIMPLE:
        SIMPLE[action](pk=record.pk, by=signed_in(request))
    else:
        do, form_of = REASONED[action]
        form = form_of(request.POST)
        if not form.is_valid():
            return _page(request, record, **{action: form})
        do(pk=record.pk, by=signed_in(request), because=form.cleaned_data["because"])
    messages.success(request, _("Recorded."))
    return redirect(record)
