"""A checker's screen: one file beside what the checks found, what made it and what left before; and the vote on it."""

import base64
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from charteroak.adapters.showing import AGAIN, NotShown
from charteroak.agencies.models import Person
from charteroak.agencies.signin import signed_in
from charteroak.outputs import actions, beside, pages, queries
from charteroak.outputs.forms import VoteForm
from charteroak.outputs.models import OutputFile, ReleaseRequest
from charteroak.outputs.pattern import pattern
from charteroak.outputs.printed import printed, visible
from charteroak.outputs.rule_names import in_words
from charteroak.outputs.verdict_words import cell_in_language, in_language
from charteroak.outputs.viewing import look
from charteroak.outputs.views import found
from charteroak.workspaces.queries import jobs_visible_to


@login_required
@never_cache
@require_safe
def file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A file beside what the checks found in it; each look is an event."""
    record, who = found(request, number), signed_in(request)
    prefetch_related_objects([record], "clearances", "cleared_ahead")
    # of its request's own files: so it knows `record`, with all that is read of it
    shown = get_object_or_404(record.files.select_related("output__job__workspace__agreement"), pk=pk)
    context: dict[str, Any] = {"record": record, "file": shown}
    try:
        said = look(shown, who)
    except NotShown as late:
        return not_shown(request, "outputs/file.html", context | {"late": str(late)})
    context |= _judged(said["judged"]) | _content(shown.name, said["content"])
    context |= {
        "place": beside.place(record, shown),
        "script": visible(shown.output.job.script),
        "earlier": beside.earlier(record),
        "sees_job": jobs_visible_to(who).filter(pk=shown.output.job_id).exists(),
        "elsewhere": beside.of_the_same_agencies(record, who),
        "ballot": _ballot(request, record, shown, who),
    }
    return render(request, "outputs/file.html", context)


def _judged(judged: dict[str, Any]) -> dict[str, Any]:
    verdicts = judged.get("verdicts", [])
    return {
        "verdicts": [_told(one) for one in verdicts if one["verdict"] != "pass"],
        "passed": sorted({in_words(one["rule"]) for one in verdicts if one["verdict"] == "pass"}),
        "evidence": judged.get("evidence", []),
    }


def _content(name: str, content: str) -> dict[str, Any]:
    """A table as a table and as a pattern, a picture as a picture, all else as text."""
    if name.endswith(".svg"):
        return {"picture": base64.b64encode(content.encode()).decode()}
    if name.endswith(".csv"):
        table = printed(visible(content))
        return {"table": table, "pattern": pattern(table)}
    return {"text": visible(content)}


def _ballot(
    request: HttpRequest, record: ReleaseRequest, shown: OutputFile, who: Person
) -> dict[str, Any] | None:
    """What this checker may say of the file, and has said; None to whom no vote is offered."""
    decision = queries.review_offered(record, who)
    if decision is None:
        return None
    votes = pages.kept(request.session, record)
    kept = votes.get(shown.pk)
    return {
        "decision": decision,
        "kept": kept if kept and kept.sha256 == shown.sha256 else None,
        "votes": len(votes),
        "last": beside.without_a_vote(record, votes) in ([], [shown.pk]),
    }


@login_required
@require_POST
def vote(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Keep a vote on one file and go on to the next without one; with the last vote the review is cast."""
    record, who = found(request, number), signed_in(request)
    shown = get_object_or_404(record.files, pk=pk)
    form = VoteForm(request.POST)
    said = actions.may_be_kept(record, who, shown, form.ballot() if form.is_valid() else None)
    votes = pages.kept(request.session, record) | {shown.pk: said}
    missing = beside.without_a_vote(record, votes)
    if missing:
        pages.keep(request.session, record, votes)
        files = record.files.count()
        messages.info(
            request,
            _("%(votes)s of %(files)s votes are kept while you are signed in; they count once all are cast.")
            % {"votes": files - len(missing), "files": files},
        )
        return redirect("output_file", record.number, beside.next_of(record, shown, missing))
    actions.review(pk=record.pk, by=who, votes=votes)
    pages.forget(request.session, record)
    messages.success(request, _("Your review is on the record."))
    return redirect(record)


def not_shown(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page without its file: it says why, and asks again by itself, without a script."""
    answer = render(request, template, context, status=503)
    for name, value in AGAIN.items():
        answer.headers[name] = value
    return answer


def _told(verdict: dict[str, Any]) -> dict[str, Any]:
    """A verdict with its rule and its outcome in words, and what it says in the reader's language."""
    told = gettext(OutputFile.Verdict(verdict["verdict"]).label)
    said = {part: in_language(verdict.get(part) or "") for part in ("figure", "limit", "mend")}
    said["cell"] = cell_in_language(verdict.get("cell") or "")
    return verdict | said | {"name": in_words(verdict["rule"]), "told": told}
