"""Webhooks: made, ended and resumed by their holder; the log is their outbox, and each remembers how far it is."""

import base64
import json
import logging
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Max, Model, QuerySet

from charteroak.adapters import clock, news_key, webhooks
from charteroak.adapters.environment import process
from charteroak.agencies.models import Agency, Person
from charteroak.agreements.queries import visible_to as agreements
from charteroak.audit import actions as audit
from charteroak.audit.models import Event
from charteroak.exceptions.queries import visible_to as matters
from charteroak.outputs.queries import visible_to as release_requests
from charteroak.policy import webhook as rules
from charteroak.policy.decision import Decision
from charteroak.policy.webhook import Action, Status
from charteroak.requests.queries import visible_to as requests
from charteroak.site.models import Webhook, WebhookSecret
from charteroak.site.tokens import offices_at, token_of

# of which records news is sent, and who may see them
SEEN: dict[str, Callable[[Person], QuerySet[Any]]] = {
    "requests.datarequest": requests,
    "agreements.agreement": agreements,
    "exceptions.matter": matters,
    "outputs.releaserequest": release_requests,
}
AT_A_TIME = 200  # events looked at for one webhook before the next has its turn
TURN, ROUND = (
    10.0,
    30.0,
)  # seconds after which one webhook, and all, begin nothing more: mail waits behind them
CLAIM = timedelta(minutes=2)  # nobody else sends for it meanwhile; after a crash it is tried again
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
ATTEMPTS = 20  # about three days of them; then it stops until its holder resumes it


log = logging.getLogger(__name__)


def visible_to(person: Person) -> QuerySet[Webhook]:
    """A person's own webhooks; with a token for one agency, those made for that agency."""
    own = Webhook.objects.filter(person=person).select_related("agency")
    return own if person.within is None else own.filter(agency=person.within)


def _facts(person: Person, agency: Agency | None, url: str, **known: Any) -> rules.Facts:
    there = agency is None or agency in offices_at(person)
    return rules.Facts(
        office_there=there,
        account_open=person.is_active and not person.left,
        address=webhooks.judged(url),
        **known,
    )


def may_create(by: Person, agency: Agency | None, url: str) -> Decision:
    """Whether this person may have news sent to that address."""
    active = visible_to(by).exclude(status=Status.ENDED).count()
    known = _facts(by, agency, url, active=active, by_token=token_of(by) is not None)
    return rules.LIFECYCLE.may(None, Action.CREATE, by.roles(clock.today()), known)


def may(record: Webhook, action: Action, by: Person) -> Decision:
    """Whether this person may end or resume it; of sending, whether its holder still may have news."""
    own = record.person_id == by.pk and (by.within is None or by.within.pk == record.agency_id)
    known = _facts(by, record.agency, record.url, own=own)
    return rules.LIFECYCLE.may(Status(record.status), action, by.roles(clock.today()), known)


@transaction.atomic
def create(*, by: Person, label: str, url: str, agency: str | None) -> tuple[Webhook, str]:
    """News from now on; returned with the secret that signs it, which is shown once."""
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    at = Agency.objects.get(code=agency) if agency else None
    may_create(by, at, url).require()
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    last = Event.objects.aggregate(last=Max("index"))["last"]
    record = Webhook.objects.create(
        person=by, label=label, url=url, agency=at, created_at=clock.now(),
        next_index=0 if last is None else last + 1, next_attempt_at=clock.real_now(),
    )  # fmt: skip
    WebhookSecret(webhook=record, sealed=news_key.seal(secret)).save(force_insert=True)
    audit.record("site:webhook:create", by=by, subject=record, agency=agency or "all")
    return record, secret


@transaction.atomic
def end(*, pk: int, by: Person) -> Webhook:
    """No more news."""
    record = Webhook.objects.select_for_update(of=("self",)).get(pk=pk)
    may(record, Action.END, by).require()
    record.status, record.ended_by, record.ended_at = Status.ENDED, by, clock.now()
    record.save(update_fields=["status", "ended_by", "ended_at"])
    audit.record("site:webhook:end", by=by, subject=record)
    return record


@transaction.atomic
def resume(*, pk: int, by: Person) -> Webhook:
    """Go on where it stopped: what happened meanwhile is sent too."""
    record = Webhook.objects.select_for_update(of=("self",)).get(pk=pk)
    may(record, Action.RESUME, by).require()
    record.status, record.attempts, record.failure = Status.ACTIVE, 0, ""
    record.next_attempt_at = clock.real_now()
    record.save(update_fields=["status", "attempts", "failure", "next_attempt_at"])
    audit.record("site:webhook:resume", by=by, subject=record)
    return record


def send_waiting() -> int:
    """Send what waits, webhook by webhook; how many pieces of news were taken by their receivers."""
    until = monotonic() + ROUND
    due = Webhook.objects.filter(status=Status.ACTIVE, next_attempt_at__lte=clock.real_now())
    sent = 0
    for pk in due.order_by("next_attempt_at", "pk").values_list("pk", flat=True):
        if monotonic() > until:
            break
        try:
            sent += _send(pk, until)
        except Exception as why:  # one webhook's fault is not the others'; its words may name people
            log.error("webhook %s: %s", pk, type(why).__name__)
            _failed(pk, "unexpected")
    return sent


@transaction.atomic
def _claimed(pk: int) -> Webhook | None:
    """The webhook, if it is due and nobody else sends for it; it is not locked while its receiver is talked to."""
    found = Webhook.objects.select_for_update(skip_locked=True, of=("self",)).select_related("agency")
    now = clock.real_now()
    record = found.filter(pk=pk, status=Status.ACTIVE, next_attempt_at__lte=now).first()
    if record is not None:
        record.next_attempt_at = now + CLAIM
        record.save(update_fields=["next_attempt_at"])
    return record


def _send(pk: int, until: float) -> int:
    """One webhook's next events, in order; the first that is not taken waits, and so does what follows."""
    record = _claimed(pk)
    if record is None:
        return 0
    person = Person.objects.get(pk=record.person_id)
    person.within = record.agency
    if not may(record, Action.SEND, person):
        _failed(pk, "access_ended", stops=True)
        return 0
    sent, until = 0, min(until, monotonic() + TURN)
    for index, body in _news(record, person):
        if body is not None:
            if monotonic() > until:
                break
            try:
                webhooks.send(
                    record.url,
                    secret=news_key.opened(record.secret.sealed),
                    name=f"event-{index}",
                    body=body,
                    at=clock.real_now(),
                )
            except webhooks.NotDelivered as why:
                _failed(pk, str(why))
                return sent
            sent += 1
            if not _taken(pk, next_index=index + 1):
                break  # ended meanwhile
        record.next_index = index + 1
    _taken(pk, next_index=record.next_index, next_attempt_at=clock.real_now())
    return sent


def _taken(pk: int, **known: Any) -> bool:
    """Note how far it is, unless it was ended meanwhile."""
    active = Webhook.objects.filter(pk=pk, status=Status.ACTIVE)
    return active.update(attempts=0, failure="", **known) == 1


@transaction.atomic
def _failed(pk: int, why: str, *, stops: bool = False) -> None:
    """Try again after a pause that grows; after many, or when its holder may no more, not until it is resumed."""
    record = Webhook.objects.select_for_update(of=("self",)).filter(pk=pk, status=Status.ACTIVE).first()
    if record is None:
        return
    record.attempts += 1
    record.failure = why
    record.next_attempt_at = clock.real_now() + min(
        FIRST_PAUSE * 2 ** min(record.attempts, 12), LONGEST_PAUSE
    )
    stops = stops or record.attempts >= ATTEMPTS
    if stops:
        record.status = Status.STOPPED
    record.save(update_fields=["attempts", "failure", "next_attempt_at", "status"])
    if stops:
        audit.record("site:webhook:stop", by=process(), subject=record, because=why)


def _news(record: Webhook, person: Person) -> Iterator[tuple[int, str | None]]:
    """Each event since, with what is sent of it; nothing of refusals and of what this person may not see."""
    events = Event.objects.filter(index__gte=record.next_index).order_by("index")[:AT_A_TIME]
    for event in events:
        label, _colon, key = event.subject.rpartition(":")
        seen = SEEN.get(label)
        told: Model | None = None
        if seen is not None and key.isdigit() and not event.name.endswith(":refused"):
            told = seen(person).filter(pk=int(key)).first()
        yield event.index, _body(event, told) if told is not None else None


def _body(event: Event, of: Any) -> str:
    """What happened to which record; who did it, and with which words, is read on the site."""
    said = {
        "type": event.name.replace(":", "."),
        "timestamp": event.domain_at.isoformat(),
        "data": {"event": event.index, "number": str(of.number), "address": of.get_absolute_url()},
    }
    return json.dumps(said)
