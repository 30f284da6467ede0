"""All that belongs to one project, found by its links, and everything that the log tells of it."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField, ForeignKey, Model, QuerySet

from charteroak.audit.actions import subject_of
from charteroak.audit.models import Event
from charteroak.requests.changes import family
from charteroak.requests.models import DataRequest

# where a project's records end: what is everybody's is no part of a case
SHARED = {"agencies", "catalog", "audit", "site"}
Encoder = DjangoJSONEncoder


def records(record: DataRequest) -> list[Model]:
    """The request, its changes, and every record that points to them, or to one that does, whichever room keeps it."""
    found: dict[type[Model], list[Model]] = {DataRequest: list(family(record).order_by("pk"))}
    for model in _ordered():
        links = [link for link in _links(model) if link.related_model in found]
        rows: dict[Any, Model] = {}
        for link in links:
            held = [one.pk for one in found[link.related_model]]
            rows |= {row.pk: row for row in model._default_manager.filter(**{f"{link.name}__in": held})}
        if rows:
            found[model] = [rows[pk] for pk in sorted(rows)]
    return [row for rows in found.values() for row in rows]


def _ordered() -> Iterator[type[Model]]:
    """The rooms' tables, each after those that it points to. Raises LookupError where two point to one another."""
    left = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("charteroak.")
        and model._meta.app_label not in SHARED
        and model is not DataRequest
    ]
    while left:
        free = [
            model
            for model in left
            if not {one.related_model for one in _links(model)} & (set(left) - {model})
        ]
        if not free:
            raise LookupError(
                f"These tables point to one another: {', '.join(one.__name__ for one in left)}."
            )
        yield from free
        left = [model for model in left if model not in free]


def _links(model: type[Model]) -> Iterator["ForeignKey[Any, Any]"]:
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey):
            yield field


def events(found: list[Model]) -> QuerySet[Event]:
    """What the log tells of these records, in order."""
    return Event.objects.filter(subject__in=[subject_of(one) for one in found]).order_by("index")


def as_json(found: list[Model]) -> dict[str, list[dict[str, Any]]]:
    """The records by their tables, column by column; files that a record holds are given apart."""
    told: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        columns = {
            field.attname: getattr(one, field.attname)
            for field in one._meta.concrete_fields
            if not isinstance(field, BinaryField)
        }
        told.setdefault(one._meta.label_lower, []).append(columns)
    return told
