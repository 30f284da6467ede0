"""Reports as the offices read them: lists, figures on paper, access on a day, a project's whole case."""

import json
import tempfile
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charteroak.adapters import clock, pdf
from charteroak.adapters.download import download
from charteroak.adapters.streaming import pieces, streamed
from charteroak.agencies.signin import signed_in
from charteroak.agreements import clocks
from charteroak.audit.queries import NotYetSigned, records_of
from charteroak.policy.period import Period, period, quarter_of, until
from charteroak.policy.report import Report
from charteroak.policy.sentence import words
from charteroak.reports import access, case_file, evidence, figures, lists, logs, pipeline, queries
from charteroak.requests.models import DataRequest
from charteroak.requests.queries import visible_to

AT = {
    Report.PIPELINE: "pipeline",
    Report.REQUEST_LOG: "request_log",
    Report.SHARING_LOG: "sharing_log",
    Report.FIGURES: "figures",
    Report.ACCESS: "access",
}


def _page(request: HttpRequest, report: Report, template: str, shown: dict[str, Any]) -> HttpResponse:
    """A report's page, with the way to the others that this person reads."""
    others = [
        (_(words(one)), reverse(AT[one]), one is report)
        for one in queries.readable(signed_in(request))
        if one in AT
    ]
    return render(
        request, f"reports/{template}.html", {"reports": others, "title": _(words(report)), **shown}
    )


@login_required
@require_safe
def reports(request: HttpRequest) -> HttpResponseBase:
    """The pipeline for those who read it; for other offices the way to what they read."""
    person = signed_in(request)
    if queries.may(person, Report.PIPELINE):
        return pipeline_page(request)
    return figures_page(request)


def pipeline_page(request: HttpRequest) -> HttpResponseBase:
    person = signed_in(request)
    found = visible_to(person)
    listed = lists.WITH_CASES if queries.may(person, Report.CASE) else lists.PIPELINE
    shown = listed.of(request, pipeline.listed(found))
    if shown.file:
        return shown.file
    stages = [(_(words(stage)), count) for stage, count in pipeline.counted(found) if count]
    return _page(
        request,
        Report.PIPELINE,
        "list",
        {
            "shown": shown,
            "stages_head": [_("Stage"), _("Requests")],
            "stages": stages,
            "medians_head": clocks.MEDIANS,
            "medians": clocks.medians_shown(),
        },
    )


@login_required
@require_safe
def request_log(request: HttpRequest) -> HttpResponseBase:
    """Data requests received, approved and denied, in the form of P20 WIN's manual."""
    queries.may(signed_in(request), Report.REQUEST_LOG).require()
    shown = lists.REQUEST_LOG.of(request, logs.requests())
    return shown.file or _page(request, Report.REQUEST_LOG, "list", {"shown": shown})


@login_required
@require_safe
def sharing_log(request: HttpRequest) -> HttpResponseBase:
    """Every file, from whom to whom, matched, released and destroyed when."""
    queries.may(signed_in(request), Report.SHARING_LOG).require()
    shown = lists.sharing_log(request)
    return shown.file or _page(request, Report.SHARING_LOG, "list", {"shown": shown})


def _asked_period(request: HttpRequest) -> Period:
    return period(request.GET.get("period", "")) or quarter_of(clock.today())


@login_required
@require_safe
def figures_page(request: HttpRequest) -> HttpResponseBase:
    """The figures of a quarter or a year: page, PDF, CSV, workbook. A year's tell of agencies and projects too."""
    queries.may(signed_in(request), Report.FIGURES).require()
    asked = _asked_period(request)
    told = figures.figures(asked)
    name, wanted = f"report-{asked}", request.GET.get("format", "")
    if wanted in ("csv", "xlsx"):
        return _as_table(request, told, name, wanted)
    sections: dict[str, list[tuple[Any, Any]]] = {}
    for one in told:
        sections.setdefault(str(one.section), []).append((one.what, one.value))
    shown = {
        "period": asked,
        "periods": until(clock.today(), figures.first_day()),
        "sections": sections,
        "as_of": clock.today(),
        "heads": [_("Figure"), _("Value")],
    }
    if asked.quarter is None:
        shown |= _annual(asked)
    if wanted == "pdf":
        return pdf.answer("reports/figures_paper.html", shown, f"{name}.pdf")
    return _page(request, Report.FIGURES, "figures", shown)


def _annual(asked: Period) -> dict[str, Any]:
    return {
        "agencies_head": [_("Agency"), _("Decisions on requests"), _("Files sent")],
        "agencies": [(one.agency.name, one.decisions, one.files) for one in figures.by_agency(asked)],
        "projects_head": [_("Project"), _("Title"), _("Purpose"), _("Sets of results released")],
        "projects": [
            (one.number, one.title, one.purpose, released) for one, released in figures.projects(asked)
        ],
    }


def _as_table(request: HttpRequest, told: list[figures.Figure], name: str, kind: str) -> HttpResponseBase:
    head, rows = (
        ("section", "figure", "value"),
        ((str(one.section), str(one.what), one.value) for one in told),
    )
    return download(request, head, rows, name=name, kind=kind)


def _asked_day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


@login_required
@require_safe
def access_page(request: HttpRequest) -> HttpResponseBase:
    """Who could see what on a day: each person named in an agreement, and what the rules of access say of that day."""
    queries.may(signed_in(request), Report.ACCESS).require()
    day = _asked_day(request)
    shown = lists.access_on(day).of(request, access.recipients(day))
    return shown.file or _page(request, Report.ACCESS, "access", {"shown": shown, "day": day})


@login_required
@require_safe
def offices_page(request: HttpRequest) -> HttpResponseBase:
    """Who held which office on a day."""
    queries.may(signed_in(request), Report.ACCESS).require()
    day = _asked_day(request)
    shown = lists.offices_on(day).of(request, access.offices(day))
    return shown.file or _page(
        request, Report.ACCESS, "access", {"shown": shown, "day": day, "offices": True}
    )


def found(request: HttpRequest, number: str) -> DataRequest:
    """The project whose case this person reads. Raises Refused for another office, Http404 for no such project."""
    queries.may(signed_in(request), Report.CASE).require()
    return get_object_or_404(DataRequest, number=number)


@login_required
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponseBase:
    """Everything that happened to a project, from request to destruction, in order."""
    record = found(request, number)
    shown = lists.CASE.of(request, case_file.told_of(case_file.subjects(record)))
    if shown.file:
        return shown.file
    about = records_of(event.subject for event in shown.page)
    told = [
        (event, _link(about.get(event.subject)), json.dumps(json.loads(event.text)["facts"], indent=1))
        for event in shown.page
    ]
    context = {"record": record, "shown": shown, "told": told}
    return _page(request, Report.CASE, "case", context)


def _link(record: Any) -> str:
    return str(record.get_absolute_url()) if hasattr(record, "get_absolute_url") else ""


@login_required
@require_safe
def evidence_file(request: HttpRequest, number: str) -> HttpResponseBase:
    """The case as a ZIP that is checked offline."""
    record = found(request, number)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been read
    try:
        evidence.write(record, file)
    except NotYetSigned as wait:
        file.close()
        return HttpResponse(f"{wait}\n", status=503, content_type="text/plain", headers={"Retry-After": "10"})
    size = file.tell()
    answer = streamed(request, pieces(file), name=f"evidence-{number}.zip", kind="application/zip")
    answer.headers["Content-Length"] = str(size)
    return answer
