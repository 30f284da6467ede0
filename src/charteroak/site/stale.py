"""A write on what one has read: ETag on every JSON answer, and If-Match refuses what rests on an older one."""

import copy
import hashlib
from collections.abc import Callable

from django.db import connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
)
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.policy.decision import Reason, Refused
from charteroak.site.middleware import GetResponse, as_json

LOCK = 7_236_045  # any constant: one writer at a time on one record, of those that say what they have read


def stale(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponseBase]:
    """Below /api/: 304 for what the reader has already, 412 for a write that rests on an older record."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/") or not isinstance(request.user, Person):
            return get_response(request)
        wanted = request.headers.get("If-Match")
        if request.method == "GET":
            return _tagged(get_response(request), request.headers.get("If-None-Match"))
        if wanted is None or request.method != "POST":
            return get_response(request)
        with _one_writer(path := _record_of(request.path)):
            found = _as_it_stands(request, path) if path else None
            if found is None or _tag(found) != wanted.strip().removeprefix("W/"):
                return _changed(found)
            return get_response(request)

    return answer


class _one_writer:  # noqa: N801 - used as a function
    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK, self.path])

    def __exit__(self, *raised: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK, self.path])


def _record_of(path: str) -> str:
    """The record that an act's address stands below: /api/requests/042 of /api/requests/042/reviews/SDE/decide."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 2, -1):
        found = "/" + "/".join(parts[:length])
        try:
            resolve(found)
        except Resolver404:
            continue
        return found
    return ""


def _as_it_stands(request: HttpRequest, path: str) -> HttpResponse | None:
    """The record as this reader gets it now."""
    reading = copy.copy(request)
    reading.method, reading.path, reading.path_info = "GET", path, path
    found = resolve(path)
    try:
        said = found.func(reading, *found.args, **found.kwargs)
    except Http404:
        return None
    return said if isinstance(said, HttpResponse) and said.status_code == 200 else None


def _tag(said: HttpResponse) -> str:
    return f'"{hashlib.sha256(said.content).hexdigest()[:32]}"'


def _tagged(said: HttpResponseBase, known: str | None) -> HttpResponseBase:
    if said.status_code != 200 or not isinstance(said, HttpResponse) or "ETag" in said.headers:
        return said
    said.headers["ETag"] = _tag(said)
    said.headers["Cache-Control"] = "private, no-cache"
    if known is not None and said.headers["ETag"] in [
        one.strip().removeprefix("W/") for one in known.split(",")
    ]:
        return HttpResponseNotModified(headers={"ETag": said.headers["ETag"]})
    return said


def _changed(found: HttpResponse | None) -> HttpResponse:
    reason = Reason(
        "changed_meanwhile", _("The record has changed since you read it."), _("Read it again, then decide.")
    )
    said = JsonResponse(as_json(Refused((reason,))), status=412)
    if found is not None:
        said.headers["ETag"] = _tag(found)
    return said
