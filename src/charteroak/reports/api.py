"""The reports as JSON: the same lists, page by page, and the same figures."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security import django_auth

from charteroak.adapters import clock
from charteroak.agencies.signin import signed_in
from charteroak.policy.period import period, quarter_of
from charteroak.policy.report import Report
from charteroak.reports import access, case_file, figures, lists, logs, pipeline, queries, views
from charteroak.requests.queries import visible_to

router = Router(auth=django_auth, tags=["reports"])


@router.get("/pipeline", summary="Every request by the stage it is in; ?q, ?stage, ?agency, ?page")
def pipeline_list(request: HttpRequest) -> dict[str, Any]:
    queries.may(signed_in(request), Report.PIPELINE).require()
    found = visible_to(signed_in(request))
    shown, counts = lists.PIPELINE.of(request, pipeline.listed(found)), pipeline.counted(found)
    return shown.as_json() | {"stages": {stage.value: count for stage, count in counts}}


@router.get("/request-log", summary="The data request log; ?q, ?status, ?year, ?page")
def request_log(request: HttpRequest) -> dict[str, Any]:
    queries.may(signed_in(request), Report.REQUEST_LOG).require()
    return lists.REQUEST_LOG.of(request, logs.requests()).as_json()


@router.get("/sharing-log", summary="The data sharing and destruction log; ?q, ?agency, ?kind, ?page")
def sharing_log(request: HttpRequest) -> dict[str, Any]:
    queries.may(signed_in(request), Report.SHARING_LOG).require()
    return lists.sharing_log(request).as_json()


@router.get("/figures", summary="The figures of a quarter (2026-Q4) or a year (2026)")
def figures_of(request: HttpRequest, asked: str = "") -> dict[str, Any]:
    queries.may(signed_in(request), Report.FIGURES).require()
    of = period(asked) or quarter_of(clock.today())
    rows = [{"figure": one.code, "value": one.value} for one in figures.figures(of)]
    return {"period": str(of), "first": of.first, "last": of.last, "figures": rows}


@router.get("/access", summary="Who could see what on a day")
def access_on(request: HttpRequest, day: date) -> dict[str, Any]:
    queries.may(signed_in(request), Report.ACCESS).require()
    return {"day": day} | lists.access_on(day).of(request, access.recipients(day)).as_json()


@router.get("/access/offices", summary="Who held which office on a day")
def offices_on(request: HttpRequest, day: date) -> dict[str, Any]:
    queries.may(signed_in(request), Report.ACCESS).require()
    return {"day": day} | lists.offices_on(day).of(request, access.offices(day)).as_json()


@router.get("/cases/{number}", summary="Everything that happened to a project, in order; ?page")
def case(request: HttpRequest, number: str) -> dict[str, Any]:
    record = views.found(request, number)
    return lists.CASE.of(request, case_file.events(case_file.records(record))).as_json()
