"""A change of request 042 carried as far as a test needs it, by its people, through the real actions."""

from typing import Any

from apps import way
from charteroak.adapters import clock
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement
from charteroak.policy.agency_review import Choice, Status
from charteroak.policy.request_change import Kind
from charteroak.requests import actions as requests
from charteroak.requests import queries, steward
from charteroak.requests.models import DataRequest


def begun(kind: Kind, by: str = "maya.ortiz") -> DataRequest:
    record = DataRequest.objects.get(number="001")
    return requests.change(pk=record.pk, by=way.person(by), kind=kind, because="The wages came late.")


def sent(record: DataRequest) -> DataRequest:
    """Accepted, sent and found complete."""
    maya = way.person("maya.ortiz")
    requests.accept_terms(pk=record.pk, by=maya)
    requests.submit(pk=record.pk, by=maya)
    requests.accept_as_complete(pk=record.pk, by=way.person("sam.reyes"))
    return fresh(record)


def approved(record: DataRequest) -> DataRequest:
    """Each agency has allowed what it had to decide anew, and the board has carried the motion."""
    for review in sent(record).reviews.filter(status=Status.WAITING).select_related("agency"):
        choices = {column.pk: (Choice.ALLOW, "") for column in queries.columns_to_decide(review)}
        steward.decide(pk=review.pk, by=way.person(way.STEWARDS[review.agency.code]), choices=choices)
    return way.carried(fresh(record))


def amendment(record: DataRequest) -> Agreement:
    """Drafted by counsel."""
    way.hub_keys()
    return agreements.draft(data_request_pk=approved(record).pk, by=way.person("ann.weiss"))


def fresh(record: DataRequest) -> DataRequest:
    return DataRequest.objects.get(pk=record.pk)


def reread(record: Agreement) -> Agreement:
    return Agreement.every.get(pk=record.pk)


def signed_but_for_the_last(record: Agreement) -> dict[str, Any]:
    """By every party of an opened text but one; with what that one would sign."""
    record = reread(record)
    said: dict[str, Any] = {
        "text_hash": record.text_hash,
        "intent": "I sign.",
        "confirmed_at": clock.real_now(),
    }
    *others, last = [
        said | {"party": one.pk, "by": one.signatory} for one in record.parties.select_related("signatory")
    ]
    for one in others:
        agreements.sign(**one)
    return last
