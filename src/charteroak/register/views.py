"""The public register: who uses which records, why, how people are protected, what came of it."""

import base64
from collections.abc import Callable
from functools import wraps

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from charteroak.adapters import spreadsheet
from charteroak.adapters.environment import home
from charteroak.agreements import clocks
from charteroak.audit.checkpoint import verifier_key
from charteroak.audit.queries import NotYetSigned
from charteroak.audit.signed import LogAltered
from charteroak.outputs import fetching
from charteroak.outputs import trace as tracing
from charteroak.outputs.lineage import stages
from charteroak.outputs.models import ReleasedFile
from charteroak.register import queries, whole
from charteroak.register.lists import PROJECTS
from charteroak.requests.models import DataRequest

LARGEST_PICTURE = 200_000  # bytes of a chart that the page shows


@require_safe
def register(request: HttpRequest) -> HttpResponseBase:
    shown = PROJECTS.of(request, queries.projects())
    rows = [
        {
            "record": record,
            "agencies": queries.agencies(record),
            "clock": queries.clock_of(record),
            "releases": queries.release_count(record),
        }
        for record in shown.page
    ]
    context = {
        "rows": rows,
        "shown": shown,
        "medians_head": clocks.MEDIANS,
        "medians": clocks.medians_shown(),
    }
    return shown.file or render(request, "register/register.html", context)


@require_safe
def register_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    stages = [
        {"stage": one.stage, "party": one.party, "turns": one.turns, "median_business_days": one.median_days}
        for one in clocks.figures()
    ]
    return JsonResponse(
        {"projects": [whole.as_json(record) for record in whole.every_project()], "stages": stages}
    )


@require_safe
def register_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    head = ("number", "title", "status", "purpose", "agencies", "days_to_decision", "releases")
    return HttpResponse(
        spreadsheet.table(head, map(_row, queries.projects())),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="register.csv"'},
    )


def _row(record: DataRequest) -> list[object]:
    return [
        record.number,
        record.title,
        record.status,
        record.purpose,
        "; ".join(queries.agencies(record)),
        queries.clock_of(record)["days_to_decision"],
        queries.release_count(record),
    ]


def _project(number: str) -> DataRequest:
    return get_object_or_404(whole.every_project(), number=number)


@require_safe
def project(request: HttpRequest, number: str) -> HttpResponse:
    record = _project(number)
    context = {
        "record": record,
        "data": queries.data_shared(record),
        "safeguards": queries.safeguards(record),
        "timeline": queries.timeline(record),
        "clock": queries.clock_of(record),
        "milestones": queries.milestones(record),
        "releases": queries.releases(record),
        "revoked": queries.revoked(record),
        "within": queries.within_count(record),
        "pictures": _pictures(record),
        "agreement": queries.agreement_of(record),
    }
    return render(request, "register/project.html", context)


@require_safe
def project_json(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    return JsonResponse(whole.as_json(_project(number)))


def _pictures(record: DataRequest) -> list[tuple[ReleasedFile, str, str]]:
    """Released charts as the bytes that were released, for showing on the page; with what each shows."""
    found = []
    for release in queries.releases(record):
        told = dict(release.release_request.files.values_list("name", "context"))
        for file in release.files.all():
            if file.name.endswith(".svg") and file.size <= LARGEST_PICTURE:
                content = b"".join(fetching.content(file))
                found.append((file, told.get(file.name, ""), base64.b64encode(content).decode()))
    return found


def _file(number: str, release: str, name: str) -> ReleasedFile:
    return get_object_or_404(
        ReleasedFile,
        release__in=queries.releases(_project(number)),
        release__release_request__number=release,
        name=name,
    )


def _or_revoked(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Who follows an address of results that were revoked reads so, when and why."""

    @wraps(view)
    def answer(request: HttpRequest, number: str, release: str, **kwargs: str) -> HttpResponseBase:
        try:
            return view(request, number=number, release=release, **kwargs)
        except Http404:
            record = _project(number)
            one = queries.revoked(record).filter(release_request__number=release).first()
            if one is None:
                raise
        return render(request, "register/revoked.html", {"record": record, "release": one}, status=410)

    return answer


@require_safe
@_or_revoked
def released(request: HttpRequest, number: str, release: str, name: str) -> HttpResponseBase:
    """The released bytes, exactly; their hash is checked while they are read."""
    return fetching.download(request, _file(number, release, name))


@require_safe
@_or_revoked
def receipt(request: HttpRequest, number: str, release: str, name: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The proof that the log holds the release of this file."""
    file = _file(number, release, name)
    try:
        made = tracing.receipt_of(release)
    except (NotYetSigned, LogAltered) as wait:
        return HttpResponse(f"{wait}\n", status=503, content_type="text/plain", headers={"Retry-After": "10"})
    response = HttpResponse(made.to_json(), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}.receipt.json"'
    return response


@require_safe
@_or_revoked
def trace(request: HttpRequest, number: str, release: str) -> HttpResponse:
    """From the released number to the law."""
    record = _project(number)
    found = get_object_or_404(queries.releases(record), release_request__number=release)
    chain = tracing.trace(found.release_request.number)
    shown = {"record": record, "release": found, "trace": chain, "stages": stages(chain, people=False)}
    return render(request, "register/trace.html", shown)


@require_safe
def log_key(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The public key that the log's checkpoints are signed with."""
    try:
        key = verifier_key(home()).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(key, content_type="text/plain; charset=utf-8")
