"""Destruction on the clock: each process destroys its own keys and objects; together they make a certificate.

A room that holds something under a duty says what (`Holding`); when and how it goes is the same for all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from procrastinate.contrib.django import app

from charteroak.adapters import clock, stores
from charteroak.adapters.calendar import closed_days
from charteroak.adapters.environment import process
from charteroak.adapters.keys import Destroyed, KeyUnavailable, key_id
from charteroak.adapters.stores import OPENED_BY, Store
from charteroak.adapters.vault import ObjectId
from charteroak.agreements.disclosures import hand_over
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.agreements.queries import contributors
from charteroak.agreements.retention import cited
from charteroak.audit import actions as audit
from charteroak.exceptions.queries import held, may_destroy
from charteroak.policy.deadlines import identifiers_due
from charteroak.policy.decision import refuse


def nothing(_record: Agreement) -> Iterable[Any]:
    return ()


@dataclass(frozen=True)
class Holding:
    """What a room holds under one duty. The functions speak for the process that asks."""

    room: str
    stores: tuple[Store, ...]
    beside: Callable[[Agreement], Iterable[ObjectId]] = nothing  # objects that no project's key seals
    clear: Callable[[Agreement], Iterable[str]] = nothing  # what else goes, named as the certificate shows it
    completed: Callable[[Agreement], object] = nothing  # once every process has answered; same transaction

    def owners(self) -> list[str]:
        """The processes that hold the keys, in order: all of them must act."""
        return sorted({OPENED_BY[store].value for store in self.stores})

    def mine(self) -> list[Store]:
        return [store for store in self.stores if OPENED_BY[store] is process()]


def order(record: Agreement, what: str, holding: Holding) -> None:
    """Ask every process that holds a key; within the caller's transaction. Raises Refused under a legal hold."""
    may_destroy(record.number, what).require()
    for queue in holding.owners():
        app.configure_task(f"{holding.room}:destroy", queue=queue).defer(agreement=record.pk, what=what)


def start_identifiers(record: Agreement, confirmed_on: date) -> date:
    """The stewards confirmed the match on that day: the last day for the identifiers, by the text that holds."""
    said = record.held.clauses.get(kind="destruction").terms
    days = int(said["identifiers_business_days"])
    last_day = identifiers_due(confirmed_on, contributors(record), days, closed_days())
    record.duties.filter(what=DestructionDuty.What.IDENTIFIERS, done_at__isnull=True).update(
        began_on=confirmed_on, due_on=last_day, reason=noop("The stewards confirmed the match.")
    )
    return last_day


def due(whats: Iterable[str]) -> list[DestructionDuty]:
    """What must be destroyed today or should have been before, of these kinds.

    A clock that never started (a match that nobody confirmed) ends with the last one of an agreement that expired.
    One that a legal hold stops is not due.
    """
    today = clock.today()
    never_started = Q(due_on__isnull=True, agreement__ends_on__lt=today, agreement__duties__due_on__lte=today)
    found = DestructionDuty.objects.filter(
        Q(due_on__lte=today) | never_started, what__in=whats, done_at__isnull=True
    )
    stopped = held()
    return [
        duty
        for duty in found.select_related("agreement").distinct()
        if (duty.agreement.number, duty.what) not in stopped
    ]


def destroy(agreement: int, what: str, holding: Holding) -> None:
    """Destroy this process's part. Safe to repeat: what is gone stays gone, and the certificate is made once.

    Whoever asks, nothing goes before the day that is on record. Raises Refused.
    """
    record = Agreement.objects.get(pk=agreement)
    duty = record.duties.get(what=what)
    if not holding.mine() or process() in (duty.certificate or {}).get("parts", {}):
        return
    may_destroy(record.number, what).require()
    if duty not in due([what]):
        refuse("not_due", _("This is not due for destruction.")).require()
    hand_over(record, what)
    planned = plan(record, what, holding)
    gone = stores.destroy_project_keys(record.number, holding.mine())
    for name in planned["objects"]:
        object_id = ObjectId.parse(name)
        stores.vault(Store(object_id.store)).delete(object_id)
    planned["also"] = list(holding.clear(record))
    _answer(duty.pk, planned, gone, holding)


def plan(record: Agreement, what: str, holding: Holding) -> dict[str, Any]:
    """What will be destroyed, written down first: a destroyed key can no longer be named."""
    with transaction.atomic():
        duty = DestructionDuty.objects.select_for_update().get(agreement=record, what=what)
        certificate = duty.certificate or {"plans": {}, "parts": {}, "retention": cited(what, record)}
        if process() not in certificate["plans"]:
            found = {str(one) for one in holding.beside(record)}
            for store in holding.mine():
                found |= {str(one) for one in stores.vault(store).of_project(record.number, store)}
            certificate["plans"][process()] = {
                "objects": sorted(found),
                "keys": [name for store in holding.mine() if (name := _key(record.number, store))],
            }
            duty.certificate = certificate
            duty.save()
    return dict(certificate["plans"][process()])


def _key(number: str, store: Store) -> str | None:
    try:
        return key_id(number, store, stores.keyring(store).public(number, store))
    except KeyUnavailable:
        return None


@transaction.atomic
def _answer(duty_pk: int, planned: dict[str, Any], gone: dict[str, Destroyed], holding: Holding) -> None:
    duty = DestructionDuty.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=duty_pk)
    certificate = dict(duty.certificate or {})
    if process() in certificate["parts"]:
        return
    until = [found.restorable_until for found in gone.values() if found.restorable_until]
    certificate["parts"][process()] = {
        **planned,
        "at": max(found.at for found in gone.values()).isoformat(),
        "restorable_until": max(until).isoformat() if until else None,
        "how": sorted({found.how for found in gone.values()}),
    }
    duty.certificate = certificate
    if set(certificate["parts"]) == set(holding.owners()):
        _complete(duty, holding)
    duty.save()
    audit.record(
        f"{holding.room}:destruction:{'complete' if duty.done_at else 'part'}",
        by=process(),
        subject=duty,
        number=duty.agreement.number,
        what=duty.what,
        keys=planned["keys"],
        objects=planned["objects"],
        approval=((duty.certificate or {}).get("retention") or {}).get("id"),
        sealed_until=duty.sealed_until.isoformat() if duty.sealed_until else None,
    )


def _complete(duty: DestructionDuty, holding: Holding) -> None:
    parts = (duty.certificate or {})["parts"].values()
    until = [part["restorable_until"] for part in parts if part["restorable_until"]]
    duty.done_at = clock.now()
    duty.sealed_until = datetime.fromisoformat(max(until)) if until else None
    holding.completed(duty.agreement)
