"""All that belongs to one project, found by its links, and everything that the log tells of it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField, F, ForeignKey, Model, QuerySet

from charteroak.audit.actions import subject_of
from charteroak.audit.models import Event
from charteroak.requests.changes import family
from charteroak.requests.models import DataRequest

# where a project's records end: what is everybody's is no part of a case
SHARED = {"agencies", "catalog", "audit", "site"}
Encoder = DjangoJSONEncoder


def records(record: DataRequest) -> list[Model]:
    """The request, its changes, and every record that points to them, or to one that does, whichever room keeps it."""
    found = _found(record, lambda rows: ((row.pk, row) for row in rows))
    return [row for rows in found.values() for row in rows.values()]


def subjects(record: DataRequest) -> list[str]:
    """How the log names each of `records`, without reading more of them than their keys."""
    found = _found(record, lambda rows: ((key, key) for key in rows.order_by().values_list("pk", flat=True)))
    return [f"{model._meta.label_lower}:{key}" for model, keys in found.items() for key in keys]


def _found(
    record: DataRequest, read: Callable[[QuerySet[Any]], Iterable[tuple[Any, Any]]]
) -> dict[type[Model], dict[Any, Any]]:
    """By table, by key, what `read` takes of each record."""
    found: dict[type[Model], dict[Any, Any]] = {DataRequest: dict(read(family(record).order_by("pk")))}
    for model in _ordered():
        rows: dict[Any, Any] = {}
        for link in _links(model):
            if link.related_model in found:
                held = list(found[link.related_model])
                rows.update(read(model._default_manager.filter(**{f"{link.name}__in": held})))
        if rows:
            found[model] = {key: rows[key] for key in sorted(rows)}
    return found


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
    return told_of([subject_of(one) for one in found])


def told_of(subjects: list[str]) -> QuerySet[Event]:
    """What the log tells of these, in order; found by what it tells of, also where a page of it is asked for.

    Ordered by the bare index, the database would look for a page's rows from the log's first event on, which for a
    young project of an old log is through nearly all of it.
    """
    told = Event.objects.filter(subject__in=subjects)
    return told.order_by(F("index") + 0)


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
