"""The reports as JSON: the same lists, page by page, and the same figures."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router
from ninja.security import django_auth

from charteroak.adapters import clock
from charteroak.agencies.signin import signed_in
from charteroak.agreements.clocks import Turn
from charteroak.agreements.clocks import figures as figures_of_clocks
from charteroak.policy.period import period, quarter_of
from charteroak.policy.report import Report
from charteroak.reports import access, case_file, clocks, figures, lists, logs, pipeline, queries, views
from charteroak.reports.turns import listed, listed_of
from charteroak.requests.queries import visible_to

router = Router(auth=django_auth, tags=["reports"])


@router.get("/pipeline", summary="Every request by the stage it is in; ?q, ?stage, ?agency, ?page, ?format")
def pipeline_list(request: HttpRequest) -> Any:
    queries.may(signed_in(request), Report.PIPELINE).require()
    found = visible_to(signed_in(request))
    shown, counts = lists.PIPELINE.of(request, pipeline.listed(found)), pipeline.counted(found)
    return shown.file or shown.as_json() | {"stages": {stage.value: count for stage, count in counts}}


@router.get("/request-log", summary="The data request log; ?q, ?status, ?year, ?page, ?format")
def request_log(request: HttpRequest) -> Any:
    queries.may(signed_in(request), Report.REQUEST_LOG).require()
    return lists.REQUEST_LOG.of(request, logs.requests()).told()


@router.get(
    "/sharing-log", summary="The data sharing and destruction log; ?q, ?agency, ?kind, ?page, ?format"
)
def sharing_log(request: HttpRequest) -> Any:
    queries.may(signed_in(request), Report.SHARING_LOG).require()
    return lists.sharing_log(request).told()


@router.get("/figures", summary="The figures of a quarter (2026-Q4) or a year (2026)")
def figures_of(request: HttpRequest, asked: str = "") -> dict[str, Any]:
    queries.may(signed_in(request), Report.FIGURES).require()
    of = period(asked) or quarter_of(clock.today())
    rows = [{"figure": one.code, "value": one.value} for one in figures.figures(of)]
    return {"period": str(of), "first": of.first, "last": of.last, "figures": rows}


@router.get("/access", summary="Who could see what on a day; ?q, ?employer, ?agency, ?page, ?format")
def access_on(request: HttpRequest, day: date) -> Any:
    queries.may(signed_in(request), Report.ACCESS).require()
    shown = lists.access_on(day).of(request, access.recipients(day))
    return shown.file or {"day": day} | shown.as_json()


@router.get("/access/offices", summary="Who held which office on a day; ?q, ?role, ?agency, ?page, ?format")
def offices_on(request: HttpRequest, day: date) -> Any:
    queries.may(signed_in(request), Report.ACCESS).require()
    shown = lists.offices_on(day).of(request, access.offices(day))
    return shown.file or {"day": day} | shown.as_json()


@router.get("/cases/{number}/evidence.zip", summary="The case as a file that is checked offline")
def evidence(request: HttpRequest, number: str) -> Any:
    return views.evidence_file(request, number)


@router.get("/cases/{number}", summary="Everything that happened to a project, in order; ?page, ?format")
def case(request: HttpRequest, number: str) -> Any:
    record = views.found(request, number)
    return lists.CASE.of(request, case_file.told_of(case_file.subjects(record))).told()


@router.get(
    "/turns",
    summary="Turns that are not over on the requests you may open; medians; ?q, ?state, ?party, ?page, ?format",
)
def turns(request: HttpRequest) -> Any:
    """`left_out`: how many agreements and release requests wait less long than those told here; ask for them by ?q."""
    shown, left_out = listed(request)
    return shown.file or {
        **shown.as_json(),
        "left_out": left_out,
        "turns": [_turn(one) for one in shown.page],
        "medians": [
            {
                "stage": one.stage, "party": one.party, "turns": one.turns,
                "business_days": one.median_days, "as_of": one.as_of,
            }
            for one in figures_of_clocks()
        ],
    }  # fmt: skip


@router.get(
    "/turns/{number}", summary="One request's turns from its first day; ?q, ?state, ?party, ?page, ?format"
)
def turns_of(request: HttpRequest, number: str) -> Any:
    record = get_object_or_404(visible_to(signed_in(request)), number=number)
    shown = listed_of(request, clocks.turns_of([record]))
    return shown.file or {**shown.as_json(), "turns": [_turn(one) for one in shown.page]}


def _turn(one: Turn) -> dict[str, Any]:
    return {
        "request": one.number,
        "about": one.about or None,
        "stage": one.run.stage,
        "party": one.run.party,
        "whose": one.whose or None,
        "began_on": one.run.began_on,
        "ended_on": one.run.ended_on,
        "business_days": one.days,
        "due_on": one.due,
        "clock": one.state,
    }
