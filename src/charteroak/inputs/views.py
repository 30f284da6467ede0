"""Input requests: what a project asks to bring in, what the scan found, what a checker says."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from charteroak.adapters.showing import NotShown
from charteroak.agencies.signin import signed_in
from charteroak.inputs import actions, queries
from charteroak.inputs.forms import AcceptForm, AskForm, RefuseForm
from charteroak.inputs.lists import listed
from charteroak.inputs.models import InputRequest
from charteroak.inputs.viewing import look
from charteroak.outputs.file_page import not_shown
from charteroak.outputs.models import OutputFile
from charteroak.outputs.printed import printed, visible
from charteroak.outputs.rule_names import in_words
from charteroak.outputs.verdict_words import cell_in_language, in_language
from charteroak.policy.input_request import Action, Kind, Status
from charteroak.workspaces.queries import visible_to as workspaces_visible_to


def found(request: HttpRequest, number: str) -> InputRequest:
    return get_object_or_404(queries.visible_to(signed_in(request)), number=number)


@login_required
@require_safe
def input_requests(request: HttpRequest) -> HttpResponseBase:
    shown = listed(request)
    return shown.file or render(request, "inputs/input_requests.html", {"shown": shown})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """GET: what may come in and how; POST: ask for one file."""
    who = signed_in(request)
    room = get_object_or_404(workspaces_visible_to(who), agreement__number=number)
    form = AskForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        queries.may_ask(room, who).require()  # who may ask for nothing is told that first, and the log too
        if form.is_valid():
            name, content = form.chosen()
            said = form.cleaned_data
            record = actions.submit(
                workspace=room.pk, by=who, kind=Kind(said["kind"]), file_name=name, content=content,
                purpose=said["purpose"],
            )  # fmt: skip
            messages.success(request, _("The file waits for its scan."))
            return redirect(record)
    context = {"workspace": room, "decision": queries.may_ask(room, who), "form": form}
    return render(request, "inputs/ask.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def input_request(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, found(request, number), RefuseForm())


def _page(request: HttpRequest, record: InputRequest, form: forms.Form) -> HttpResponse:
    who = signed_in(request)
    context = {
        "record": record,
        "turn": queries.whose_turn(record),
        "findings": [_told(one) for one in record.findings],
        "decisions": queries.decisions(record, who),
        "looks": queries.may_look(record, who).allowed,
        "accept_form": AcceptForm(initial={"sha256": record.sha256}),
        "refuse_form": form,
        "scanned": int(record.status != Status.SUBMITTED),
    }
    answer = render(request, "inputs/input_request.html", context, status=400 if form.errors else 200)
    if record.status == Status.SUBMITTED:
        answer.headers["Refresh"] = "5"  # status alone, without a script
    return answer


def _told(verdict: dict[str, Any]) -> dict[str, Any]:
    """A verdict with its rule and its outcome in words, in the reader's language."""
    said = {part: in_language(verdict.get(part) or "") for part in ("figure", "limit", "mend")}
    said["cell"] = cell_in_language(verdict.get("cell") or "")
    told = OutputFile.Verdict(verdict["verdict"]).label
    return verdict | said | {"name": in_words(verdict["rule"]), "told": told}


@login_required
@never_cache
@require_safe
def file(request: HttpRequest, number: str) -> HttpResponse:
    """What is in the file, for a checker; each look is an event."""
    record = found(request, number)
    context: dict[str, Any] = {"record": record}
    try:
        said = look(record, signed_in(request))
    except NotShown as late:
        return not_shown(request, "inputs/file.html", context | {"late": str(late)})
    context["cut"] = said["cut"]
    if record.name.endswith(".csv"):
        context["table"] = printed(visible(said["text"]))
    else:
        context["text"] = visible(said["text"])
    return render(request, "inputs/file.html", context)


@login_required
@require_POST
def accept(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    actions.accept(pk=record.pk, by=signed_in(request), sha256=request.POST.get("sha256", ""))
    messages.success(request, _("The file is in the workspace."))
    return redirect(record)


@login_required
@require_POST
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    record = found(request, number)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        actions.require(record, Action.REFUSE, signed_in(request))
        return _page(request, record, form)
    actions.refuse(pk=record.pk, by=signed_in(request), because=form.cleaned_data["because"])
    messages.success(request, _("The file stays out; its author reads why."))
    return redirect(record)


@login_required
@require_POST
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """What needs no form of its own: retry, withdraw, remove."""
    simple = {"retry": actions.retry, "withdraw": actions.withdraw, "remove": actions.remove}
    if action not in simple:
        raise Http404
    record = found(request, number)
    simple[action](pk=record.pk, by=signed_in(request))
    messages.success(request, _("Recorded."))
    return redirect(record)
