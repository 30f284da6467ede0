"""Destruction on the clock: each process destroys its own keys and objects; together they make a certificate."""

from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from charteroak.adapters import clock, stores
from charteroak.adapters.environment import process
from charteroak.adapters.keys import Destroyed, KeyUnavailable, key_id
from charteroak.adapters.stores import HUB_KEYS, OPENED_BY, Store
from charteroak.adapters.vault import ObjectId
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.audit import actions as audit
from charteroak.hub import queries
from charteroak.hub.models import Extract, LinkRun
from charteroak.policy import extract as extract_rules
from charteroak.policy.delivery import FileKind
from charteroak.policy.roles import Role
from charteroak.submissions import actions as submissions

What = DestructionDuty.What
STORES: dict[str, tuple[Store, ...]] = {
    What.IDENTIFIERS: (Store.IDENTITY, Store.CROSSWALK),
    What.PAYLOAD: (Store.PAYLOAD,),
    What.EXTRACT: (Store.EXTRACT,),
}
KINDS = {What.IDENTIFIERS: FileKind.MATCHING, What.PAYLOAD: FileKind.ANALYSIS}


def owners(what: str) -> list[str]:
    """The processes that hold the keys, in order: all of them must act."""
    return sorted({OPENED_BY[store].value for store in STORES[what]})


def order(record: Agreement, what: str) -> None:
    """Ask every process that holds a key; within the caller's transaction."""
    for queue in owners(what):
        app.configure_task("hub:destroy", queue=queue).defer(agreement=record.pk, what=what)


def destroy(agreement: int, what: str) -> None:
    """Destroy this process's part. Safe to repeat: what is gone stays gone, and the certificate is made once."""
    record = Agreement.objects.get(pk=agreement)
    duty = record.duties.get(what=what)
    mine = [store for store in STORES[what] if OPENED_BY[store] is process()]
    if not mine or process() in (duty.certificate or {}).get("parts", {}):
        return
    planned = _plan(record, what, mine)
    gone = stores.destroy_project_keys(record.number, mine)
    for name in planned["objects"]:
        object_id = ObjectId.parse(name)
        stores.vault(Store(object_id.store)).delete(object_id)
    _note_deliveries(record, what)
    _answer(duty.pk, planned, gone)


def _plan(record: Agreement, what: str, mine: list[Store]) -> dict[str, Any]:
    """What will be destroyed, written down first: a destroyed key can no longer be named."""
    with transaction.atomic():
        duty = DestructionDuty.objects.select_for_update().get(agreement=record, what=what)
        certificate = duty.certificate or {"plans": {}, "parts": {}}
        if process() not in certificate["plans"]:
            certificate["plans"][process()] = {
                "objects": sorted(str(found) for found in _objects(record, what, mine)),
                "keys": [name for store in mine if (name := _key(record.number, store))],
            }
            duty.certificate = certificate
            duty.save()
    return dict(certificate["plans"][process()])


def _key(number: str, store: Store) -> str | None:
    try:
        return key_id(number, store, stores.keyring(store).public(number, store))
    except KeyUnavailable:
        return None


def _objects(record: Agreement, what: str, mine: list[Store]) -> list[ObjectId]:
    """Objects of this process's stores, and the ciphertexts that its age key opens."""
    found: list[ObjectId] = []
    run, extract = queries.run_of(record), queries.extract_of(record)
    if Store.IDENTITY in mine:
        found += [
            ObjectId(Store.IDENTITY, one.pairs)
            for one in LinkRun.objects.filter(agreement=record)
            if one.pairs
        ]
    if Store.CROSSWALK in mine and run and run.crosswalk:
        found.append(ObjectId(Store.CROSSWALK, run.crosswalk))
    if Store.EXTRACT in mine and extract:
        found += [ObjectId(Store.EXTRACT, name) for name in extract.stored.values()]
    if what in KINDS and HUB_KEYS[KINDS[What(what)]] is process():
        kind = KINDS[What(what)]
        for sent in record.deliveries.filter(kind=kind):
            found.append(ObjectId(Store.INCOMING, sent.ciphertext))
            found += [ObjectId(submissions.STORES[kind], sent.stored)] if sent.stored else []
    if what == What.IDENTIFIERS and Store.IDENTITY in mine:
        lists = record.finder_lists.exclude(ciphertext="")
        found += [ObjectId(Store.INCOMING, one.ciphertext) for one in lists]
    return found


def _note_deliveries(record: Agreement, what: str) -> None:
    if what in KINDS and HUB_KEYS[KINDS[What(what)]] is process():
        for sent in record.deliveries.filter(kind=KINDS[What(what)]).exclude(status="quarantined"):
            submissions.destroy(pk=sent.pk, by=process())


@transaction.atomic
def _answer(duty_pk: int, planned: dict[str, Any], gone: dict[str, Destroyed]) -> None:
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
    if set(certificate["parts"]) == set(owners(duty.what)):
        _complete(duty)
    duty.save()
    part = certificate["parts"][process()]
    audit.record(
        "hub:destruction:complete" if duty.done_at else "hub:destruction:part",
        by=process(),
        subject=duty,
        number=duty.agreement.number,
        what=duty.what,
        keys=part["keys"],
        objects=part["objects"],
        sealed_until=duty.sealed_until.isoformat() if duty.sealed_until else None,
    )


def _complete(duty: DestructionDuty) -> None:
    parts = (duty.certificate or {})["parts"].values()
    until = [part["restorable_until"] for part in parts if part["restorable_until"]]
    duty.done_at = clock.now()
    duty.sealed_until = datetime.fromisoformat(max(until)) if until else None
    extract = queries.extract_of(duty.agreement)
    if duty.what == What.EXTRACT and extract is not None:
        _destroyed(extract)


def _destroyed(record: Extract) -> None:
    rules, status = extract_rules.LIFECYCLE, extract_rules.Status(record.status)
    facts = queries.extract_facts(record)
    rules.may(status, extract_rules.Action.DESTROY, {Role.SYSTEM}, facts).require()
    record.status = rules.after(status, extract_rules.Action.DESTROY)
    record.save()


def due() -> list[DestructionDuty]:
    """What this room must destroy today or should have destroyed before."""
    found = DestructionDuty.objects.filter(what__in=STORES, due_on__lte=clock.today(), done_at__isnull=True)
    return list(found.select_related("agreement"))
