"""Every write and every refusal becomes an event: in the same transaction, last of all."""

from typing import Protocol

from django.db import connection, transaction
from django.db.models import F, Model
from django.db.transaction import TransactionManagementError

from charteroak.adapters import clock
from charteroak.audit import leaf, merkle
from charteroak.audit.models import AnonymousRefusals, Event
from charteroak.policy.decision import Refused

LOCK = 7_236_042  # any constant, the same for every writer


class Actor(Protocol):
    """A person, by username; a visitor without a sign-in has none."""

    @property
    def username(self) -> str: ...


def record(name: str, /, *, by: Actor | str, subject: Model | str, **facts: leaf.Fact) -> Event:
    """Append one event; the last statement of its transaction, for until it ends every other writer waits.

    `by` is a person or a process ("linker"); `subject` a record or its id. Facts are ids, hashes, numbers and
    plain codes. Raises NotForTheLog for anything else, TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{name} is recorded outside the transaction that it tells of.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = Event.objects.order_by("-index").only("leaf_hash").first()
    acts_for = "" if isinstance(by, str) else getattr(by, "acts_for", "")
    if acts_for:
        facts["for"] = acts_for  # done by a delegate in an office holder's place
    event = Event(
        index=last.index + 1 if last else 0,
        name=name,
        by=by if isinstance(by, str) else by.username,
        subject=subject if isinstance(subject, str) else subject_of(subject),
        domain_at=clock.now(),
        real_at=clock.real_now(),
    )
    event.leaf = leaf.encode(
        index=event.index,
        previous=bytes(last.leaf_hash).hex() if last else leaf.NO_EVENT,
        name=event.name,
        by=event.by,
        subject=event.subject,
        domain_at=event.domain_at,
        real_at=event.real_at,
        facts=facts,
    )
    event.leaf_hash = merkle.leaf_hash(event.leaf)
    event.save(force_insert=True)
    return event


def subject_of(record: Model) -> str:
    """How the log names a record: `requests.datarequest:7`."""
    return f"{record._meta.label_lower}:{record.pk}"


def record_refusal(refused: Refused, *, action: str, by: Actor | None, subject: Model | str) -> None:
    """Record that `action` was refused and by which rules, once the refused transaction is rolled back.

    Visitors without a sign-in are only counted, per day and action, or anyone could fill the log.
    """
    if by is None or not by.username:
        _count_anonymous(action)
        return
    if isinstance(subject, str) and not leaf.is_plain(subject):
        subject = "unnamed"  # what a visitor typed into an address is not for the log
    rules = [reason.rule for reason in refused.reasons]
    with transaction.atomic(durable=True):  # inside the refused transaction it would be rolled back with it
        record(f"{action}:refused", by=by, subject=subject, rules=rules)


def _count_anonymous(action: str) -> None:
    with transaction.atomic(durable=True):
        counter, _ = AnonymousRefusals.objects.get_or_create(day=clock.today(), action=action)
        AnonymousRefusals.objects.filter(pk=counter.pk).update(count=F("count") + 1)


def close_days(by: str) -> int:
    """Turn the counts of days that are over into events, one per day and action; returns how many.

    A refusal counted while its day was being closed starts a new count, and a second event for the rest.
    """
    closed = 0
    for pk in list(AnonymousRefusals.objects.filter(day__lt=clock.today()).values_list("pk", flat=True)):
        with transaction.atomic():
            counter = AnonymousRefusals.objects.select_for_update().filter(pk=pk).first()
            if counter is None:
                continue
            counter.delete()
            day = f"day:{counter.day.isoformat()}"
            record(f"{counter.action}:refused", by=by, subject=day, anonymous=counter.count)
            closed += 1
    return closed
