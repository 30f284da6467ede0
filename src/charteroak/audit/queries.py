"""Reading the log: who may see which events, and finding them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db.models import Model, QuerySet

from charteroak.adapters import clock
from charteroak.audit import merkle
from charteroak.audit.actions import Actor, subject_of
from charteroak.audit.models import PROJECT, Checkpoint, Event
from charteroak.audit.receipt import Receipt
from charteroak.policy.roles import Role

NO_DEED = ("refused", "look", "show_pairs", "download")  # on record, yet nothing that a person finished


class NotYetSigned(LookupError):
    """No checkpoint covers what is asked for; the notary signs within seconds."""


def visible_to(person: Actor, roles: Iterable[Role]) -> QuerySet[Event]:
    """Auditors see every event, anyone else their own acts."""
    if Role.AUDITOR in roles:
        return Event.objects.all()
    return Event.objects.filter(by=person.username)


def search(
    events: QuerySet[Event],
    *,
    name: str | None = None,
    by: str | None = None,
    subject: str | None = None,
    day: date | None = None,
) -> QuerySet[Event]:
    """Events whose name begins so, by this person or process, about this record, on this day (state time)."""
    if name:
        events = events.filter(name__startswith=name)
    if by:
        events = events.filter(by=by)
    if subject:
        events = events.filter(subject=subject)
    if day:
        after = clock.midnight(day + timedelta(days=1))
        events = events.filter(domain_at__gte=clock.midnight(day), domain_at__lt=after)
    return events.order_by("index")


def events_about(subject: Model | str) -> QuerySet[Event]:
    """What happened to one record, in order."""
    name = subject if isinstance(subject, str) else subject_of(subject)
    return Event.objects.filter(subject=name).order_by("index")


def told_of(projects: Iterable[str], names: Iterable[str]) -> QuerySet[Event]:
    """Events of these names that tell of projects with these numbers, in no order; found by their own index."""
    return Event.objects.alias(project=PROJECT).filter(project__in=list(projects), name__in=list(names))


def done_by(person: Actor, *, since: datetime, most: int = 8) -> list[tuple[datetime, Model]]:
    """What a person did lately, newest first: (when last, record), once per record that still has a page."""
    acts = Event.objects.filter(by=person.username, domain_at__gte=since)
    acts = acts.exclude(name__regex=f":({'|'.join(NO_DEED)})$")
    last: dict[str, datetime] = {}
    for at, subject in acts.order_by("-index").values_list("domain_at", "subject")[: most * 20]:
        last.setdefault(subject, at)
    found = records_of(last)
    return [
        (at, found[subject])
        for subject, at in last.items()
        if subject in found and hasattr(found[subject], "get_absolute_url")
    ][:most]


def records_of(subjects: Iterable[str]) -> dict[str, Model]:
    """The records of these names that are there still, each table asked once."""
    keys: dict[str, set[str]] = {}
    for subject in subjects:
        label, _, key = subject.rpartition(":")
        keys.setdefault(label, set()).add(key)
    found: dict[str, Model] = {}
    for label, of in keys.items():
        try:
            rows = apps.get_model(label)._default_manager.filter(pk__in=of)
            found |= {f"{label}:{row.pk}": row for row in rows}
        except (LookupError, ValueError):  # a process, a day, a key of another kind
            continue
    return found


def newest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def make_receipt(index: int) -> Receipt:
    """The proof that event `index` is in the log, up to the newest checkpoint; raises NotYetSigned.

    Reads the hash of every event covered: 32 bytes each.
    """
    checkpoint = newest_checkpoint()
    if checkpoint is None or checkpoint.size <= index:
        raise NotYetSigned(f"No checkpoint covers event {index} yet; try again in a few seconds.")
    covered = Event.objects.filter(index__lt=checkpoint.size).order_by("index")
    hashes = [bytes(hashed) for hashed in covered.values_list("leaf_hash", flat=True)]
    return Receipt(
        index=index,
        leaf=Event.objects.get(index=index).text,
        proof=tuple(merkle.inclusion_proof(hashes, index)),
        checkpoint=checkpoint.note,
    )
