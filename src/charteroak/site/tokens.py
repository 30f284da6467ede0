"""Tokens: made and revoked by their holder, and used below /api/ in place of a session."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person, RoleHeld
from charteroak.agencies.queries import roles_held
from charteroak.audit import actions as audit
from charteroak.policy import token as rules
from charteroak.policy.decision import Decision, Refused
from charteroak.policy.token import Action, Status
from charteroak.site.middleware import GetResponse, as_json
from charteroak.site.models import Token

BEGIN = "oak_"
DELIVERS = re.compile(r"/api/submissions/[^/]+/deliver")
READS = ("GET", "HEAD", "OPTIONS")


def visible_to(person: Person) -> QuerySet[Token]:
    """A person's own tokens."""
    return Token.objects.filter(person=person).select_related("agency")


def offices_at(person: Person) -> list[Agency]:
    """The agencies for which a person holds an office today."""
    held: QuerySet[RoleHeld] = roles_held(person)
    return list(Agency.objects.filter(pk__in=held.values("agency")).order_by("code"))


def may_create(by: Person, agency: Agency | None, last_day: date) -> Decision:
    """Whether this person may have a token for that agency until that day."""
    today = clock.today()
    known = rules.Facts(
        days=(last_day - today).days,
        active=visible_to(by).filter(status=Status.ACTIVE, last_day__gte=today).count(),
        office_there=agency is None or agency in offices_at(by),
        by_token=token_of(by) is not None,
    )
    return rules.LIFECYCLE.may(None, Action.CREATE, by.roles(today), known)


def may_revoke(record: Token, by: Person) -> Decision:
    """Whether this person may revoke the token now."""
    known = rules.Facts(own=record.person_id == by.pk)
    return rules.LIFECYCLE.may(Status(record.status), Action.REVOKE, by.roles(clock.today()), known)


def may_use(record: Token, *, writes: bool, delivers: bool = False) -> Decision:
    """Whether the token still stands for its holder today: it ends with the holder's access."""
    today, person = clock.today(), record.person
    known = rules.Facts(
        account_open=person.is_active and not person.left,
        expired=record.last_day < today,
        writes=writes,
        reads_only=record.reads_only,
        delivers=delivers,
        delivers_only=record.delivers_only,
    )
    return rules.LIFECYCLE.may(Status(record.status), Action.USE, person.roles(today), known)


def token_of(person: Person) -> Token | None:
    """The token with which this person's program asks, if one does."""
    return person.token if isinstance(person.token, Token) else None


@transaction.atomic
def create(
    *,
    by: Person,
    label: str,
    agency: str | None,
    last_day: date,
    reads_only: bool,
    second_factor: bool,
    delivers_only: bool = False,
) -> tuple[Token, str]:
    """Make a token; its words are returned and kept nowhere."""
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    at = Agency.objects.get(code=agency) if agency else None
    may_create(by, at, last_day).require()
    words = BEGIN + secrets.token_urlsafe(32)
    record = Token.objects.create(
        person=by, label=label, agency=at, reads_only=reads_only and not delivers_only,
        second_factor=second_factor, digest=_digest(words),
        begins_with=words[:8], created_at=clock.now(), last_day=last_day, delivers_only=delivers_only,
    )  # fmt: skip
    audit.record(
        "site:token:create", by=by, subject=record, agency=agency or "all", last_day=last_day.isoformat(),
        may="deliver" if delivers_only else "read" if reads_only else "write",
    )  # fmt: skip
    return record, words


@transaction.atomic
def revoke(*, pk: int, by: Person) -> Token:
    """From now on it opens nothing."""
    record = Token.objects.select_for_update().get(pk=pk)
    may_revoke(record, by).require()
    record.status = Status.REVOKED
    record.revoked_by, record.revoked_at = by, clock.now()
    record.save(update_fields=["status", "revoked_by", "revoked_at"])
    audit.record("site:token:revoke", by=by, subject=record)
    return record


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def named_in(said: str) -> Token | None:
    """The token that an Authorization header names, whether or not it still stands."""
    if not said.startswith("Bearer "):
        return None
    found = Token.objects.filter(digest=_digest(said.removeprefix("Bearer ").strip()))
    return found.select_related("person", "agency").first()


def standing_for(record: Token) -> Person:
    """Its holder, with the offices held for its agency alone."""
    person: Person = record.person
    person.within, person.token = record.agency, record
    return person


def bearer(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponseBase]:
    """Below /api/ a token stands for its holder, with the offices held for its agency; a wrong one opens nothing.

    What a token may not is said before any address is looked up: the answer tells of no record whether it exists.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        said = request.headers.get("Authorization", "")
        if not said.startswith("Bearer ") or not request.path.startswith("/api/"):
            return get_response(request)
        record = named_in(said)
        if record is None:
            audit.record_refusal(Refused(()), action="site:token:use", by=None, subject="unnamed")
            return _closed({"detail": "There is no such token."})
        delivers = request.method == "POST" and bool(DELIVERS.fullmatch(request.path))
        allowed = may_use(record, writes=request.method not in READS, delivers=delivers)
        if not allowed:
            refused = Refused(allowed.reasons)
            audit.record_refusal(refused, action="site:token:use", by=record.person, subject=record)
            stands = {reason.rule for reason in allowed.reasons} <= {"reads_only", "delivers_only"}
            return JsonResponse(as_json(refused), status=403) if stands else _closed(as_json(refused))
        request.user = standing_for(record)
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined] # no browser sends this header by itself
        return get_response(request)

    return answer


def _closed(said: dict[str, object]) -> JsonResponse:
    return JsonResponse(said, status=401, headers={"WWW-Authenticate": "Bearer"})
