"""A write that is sent again acts once: its Idempotency-Key finds the answer that was given."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.policy.decision import Reason, Refused
from charteroak.site.middleware import GetResponse, as_json
from charteroak.site.models import KeptAnswer
from charteroak.site.tokens import token_of

KEPT = timedelta(days=1)
LONGEST_KEY = 100
APART = (
    "/api/tokens/",
    "/api/webhooks/",
    "/api/submissions/",
)  # words that are shown once; files, which have receipts of their own


def repeated(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponseBase]:
    """Below /api/: the first request with a key acts, the asker's further ones get its answer, for a day."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key", "")
        apart = not request.path.startswith("/api/") or request.path.startswith(APART)
        if not key or apart or request.method != "POST" or not isinstance(request.user, Person):
            return get_response(request)
        if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
            return _refused(400, "key_unfit", _("An Idempotency-Key has 1 to 100 printable characters."))
        key = _own(key, request.user)
        asked = hashlib.sha256(
            f"{request.method} {request.get_full_path()}\n".encode() + request.body
        ).hexdigest()
        kept = _begun(request.user.username, key, asked)
        if kept is not None:
            return _again(kept, asked)
        return _kept(get_response(request), request.user.username, key)

    return answer


def _own(key: str, person: Person) -> str:
    """Apart for each token and each office filled for another: what one may read, the other may not."""
    token, cover = token_of(person), person.acting
    scope = f"{token.pk if token else ''}:{cover.pk if cover else ''}"
    return hashlib.sha256(f"{scope}:{key}".encode()).hexdigest()


def _begun(by: str, key: str, asked: str) -> KeptAnswer | None:
    """None for the first request with this key, whose turn is now on record; else what is known of the first."""
    KeptAnswer.objects.filter(by=by, at__lt=clock.real_now() - KEPT).delete()
    try:
        with transaction.atomic():
            KeptAnswer.objects.create(by=by, key=key, asked=asked, at=clock.real_now())
    except IntegrityError:
        return KeptAnswer.objects.get(by=by, key=key)
    return None


def _again(kept: KeptAnswer, asked: str) -> HttpResponse:
    if kept.asked != asked:
        return _refused(422, "key_used_before", _("This Idempotency-Key came with another request."))
    if kept.status is None:
        return _refused(409, "still_at_work", _("The first request with this key is still at work."))
    said = HttpResponse(bytes(kept.body), status=kept.status, content_type="application/json; charset=utf-8")
    said.headers["Idempotency-Replayed"] = "true"
    return said


def _kept(said: HttpResponseBase, by: str, key: str) -> HttpResponseBase:
    """What failed by our own fault may be tried again with the same key."""
    found = KeptAnswer.objects.filter(by=by, key=key)
    if said.status_code >= 500 or said.streaming or not isinstance(said, HttpResponse):
        found.delete()
    else:
        found.update(status=said.status_code, body=said.content)
    return said


def _refused(status: int, rule: str, message: str) -> JsonResponse:
    return JsonResponse(as_json(Refused((Reason(rule, message),))), status=status)
