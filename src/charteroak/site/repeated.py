"""A write that is sent again acts once: its Idempotency-Key finds the answer that was given."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.audit.models import Event
from charteroak.policy.decision import Reason, Refused
from charteroak.site.middleware import GetResponse, as_json
from charteroak.site.models import KeptAnswer
from charteroak.site.tokens import token_of

KEPT = timedelta(days=1)
LONGEST_KEY = 100
LOCK = 7_236_046  # any constant of its own: one request at a time with one key
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
        by = request.user.username
        with _at_work(by, key) as mine:
            kept = _begun(by, key, asked, mine=mine)
            if kept is not None:
                return _again(kept, asked, mine=mine)
            return _kept(get_response(request), by, key)

    return answer


@contextmanager
def _at_work(by: str, key: str) -> Iterator[bool]:
    """Whether the turn is this request's: whoever answers holds a lock, which ends with its process however it ends."""
    claim: tuple[int, str] = (LOCK, f"{by}:{key}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", claim)
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", claim)


def _own(key: str, person: Person) -> str:
    """Apart for each token and each office filled for another: what one may read, the other may not."""
    token, cover = token_of(person), person.acting
    scope = f"{token.pk if token else ''}:{cover.pk if cover else ''}"
    return hashlib.sha256(f"{scope}:{key}".encode()).hexdigest()


def _begun(by: str, key: str, asked: str, *, mine: bool) -> KeptAnswer | None:
    """None for the first request with this key, whose turn is now on record; else what is known of the first.

    One that was killed is at work no more: the next acts in its place, unless the asker has acted since, for then
    it may have been killed between its act and its answer.
    """
    KeptAnswer.objects.filter(by=by, at__lt=clock.real_now() - KEPT).delete()
    try:
        with transaction.atomic():
            KeptAnswer.objects.create(by=by, key=key, asked=asked, at=clock.real_now())
    except IntegrityError:
        kept = KeptAnswer.objects.get(by=by, key=key)
        killed = mine and kept.status is None and kept.asked == asked
        return None if killed and not _acted(kept) else kept
    return None


def _acted(kept: KeptAnswer) -> bool:
    """Whether the asker has done anything since the first request with this key."""
    done = Event.objects.filter(by=kept.by).exclude(name__endswith=":refused")
    last = done.order_by("-index").values_list("real_at", flat=True).first()
    return last is not None and last >= kept.at


def _again(kept: KeptAnswer, asked: str, *, mine: bool) -> HttpResponse:
    if kept.asked != asked:
        return _refused(422, "key_used_before", _("This Idempotency-Key came with another request."))
    if kept.status is None and mine:
        told = _("The first request with this key was cut off, and may have acted.")
        return _refused(409, "may_have_acted", told, _("Read the record; if it did not, send another key."))
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


def _refused(status: int, rule: str, message: str, mend: str = "") -> JsonResponse:
    return JsonResponse(as_json(Refused((Reason(rule, message, mend),))), status=status)
