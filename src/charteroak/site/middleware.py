"""Around every answer: a content policy that nothing may loosen, and refusals with their reasons."""

import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from charteroak.adapters.environment import governance_only
from charteroak.agencies.reading import reading
from charteroak.audit.actions import record_refusal
from charteroak.policy.decision import Reason, Refused, Stale
from charteroak.site.rooms import WITH_FILES

GetResponse = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Own files only: no inline script or style, no other host, no frame but that of a session's own page."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        frame = getattr(
            response, "session_origin", ""
        )  # which also stops a notebook from sending its frame elsewhere
        shown = f"; frame-src {frame}" if frame else ""
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY + shown
        return response

    return answer


def read_once(get_response: GetResponse) -> GetResponse:
    """Who only reads changes nothing: a rule that a page asks for many records looks each fact up once."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with reading():
            return get_response(request)

    return answer


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise ships no types
    """The site's own files, each in one piece: they are small, and Django streams no file asynchronously."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        response = HttpResponse(status=found.status)
        del response.headers["Content-Type"]  # the file's own, or none where nothing changed
        for name, value in found.headers:
            response.headers[name] = value
        if found.file is not None:
            with found.file as file:
                response.content = file.read()
        return response


def json_below_api(get_response: GetResponse) -> GetResponse:
    """Whatever goes wrong below /api/ is told as JSON, also what Django answers before the interface is asked."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        told = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code < HTTPStatus.BAD_REQUEST or told or not request.path.startswith("/api/"):
            return response
        said = JsonResponse({"detail": response.reason_phrase}, status=response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                said.headers[name] = response.headers[name]
        return said

    return answer


NOT_VISIBLE = Refused((Reason("not_visible", "There is no such record, or it is not yours to see."),))
NO_FILES_HERE = Refused(
    (
        Reason(
            "governance_only",
            "This installation holds no files: they go by the State’s own transfer and are matched elsewhere.",
            "Put day and hash on record under “Files”.",
        ),
    )
)
SIGN_IN_FIRST = Refused((Reason("sign_in_first", "Nobody is signed in."),))


class Refusals:
    """Turns `Refused` into a page or JSON with the reasons, after the action has been rolled back.

    Who asks for a record that is not theirs to see hears the same as for one that does not exist: not found.
    The log tells that they asked.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.resolver_match and not request.user.is_authenticated and _asks_to_sign_in(response):
            _on_record(request, SIGN_IN_FIRST)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not request.path.startswith("/api/"):
            return _only_a_form_sends_here(request, response)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Where the platform governs only, the rooms of files are closed, and say what stands in their place."""
        room = request.path.removeprefix("/api").split("/")[1]
        if not (governance_only() and room in WITH_FILES and request.user.is_authenticated):
            return None
        return self.process_exception(request, NO_FILES_HERE)

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        if isinstance(raised, ObjectDoesNotExist | Http404):
            _on_record(request, NOT_VISIBLE)
            raise Http404 from raised  # an act on a record that is not there, as any address of none
        if isinstance(raised, DataError) or (isinstance(raised, ValueError) and "NUL" in str(raised)):
            raise BadRequest(
                "No column holds such a value."
            ) from raised  # too long, too large, or a NUL in a text
        if not isinstance(raised, Refused):
            return None
        _on_record(request, raised)
        status = HTTPStatus.CONFLICT if isinstance(raised, Stale) else HTTPStatus.FORBIDDEN
        preferred = request.get_preferred_type(["text/html", "application/json"])
        if preferred == "application/json" or request.path.startswith("/api/"):
            return JsonResponse(as_json(raised), status=status)
        said = {"reasons": raised.reasons, "back": _page_before(request)}
        return render(request, "refused.html", said, status=status)


def _only_a_form_sends_here(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """For who loads again, or types in, the address of a form's button."""
    page = render(request, "405.html", status=response.status_code)
    page.headers["Allow"] = response.headers.get("Allow", "")
    return page


def _page_before(request: HttpRequest) -> str:
    """The page of this site on which the reader stood; empty where the browser tells none."""
    before = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if own and urlsplit(before).path != request.path else ""


def _asks_to_sign_in(response: HttpResponseBase) -> bool:
    to = response.headers.get("Location", "").partition("?")[0]
    return response.status_code == HTTPStatus.UNAUTHORIZED or to == resolve_url(settings.LOGIN_URL)


def _on_record(request: HttpRequest, refused: Refused) -> None:
    known = (
        refused is not NOT_VISIBLE and request.user.is_authenticated
    )  # else nobody looked whether there is one
    action, subject = asked(request, known=known)
    record_refusal(refused, action=action, by=request.user, subject=subject)


def asked(request: HttpRequest, *, known: bool) -> tuple[str, str]:
    """What was asked and of what, as the log names it: alike for a page and its JSON.

    `agreements:redline` of `/agreements/042/redline`. Words come from the address's pattern; the action that a
    visitor named in it only when there is such an action (`known`).
    """
    at = request.resolver_match
    pattern = at.route if at else ""
    said = [re.sub(r"<[^>]*>", "", part).strip(".") for part in pattern.removeprefix("api/").split("/")]
    words = [word for word in said if word]
    if known and at and "action" in at.kwargs:
        words.append(at.kwargs["action"])
    if request.method == "GET":
        words.append("read")
    return ":".join(words).lower().replace("-", "_") or "site", request.path.removeprefix("/api").rstrip(
        "/"
    ) or "/"


def as_json(refused: Refused) -> dict[str, object]:
    return {
        "allowed": False,
        "reasons": [
            {"rule": reason.rule, "message": reason.message, "mend": reason.mend}
            for reason in refused.reasons
        ],
    }
