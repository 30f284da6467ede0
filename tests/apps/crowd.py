"""Many projects like the one of the scene, and much within one: rows copied in bulk, as the owner of the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model
from django.db.models.fields import CharField

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person, RoleHeld
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.audit.actions import subject_of
from charteroak.audit.models import Event
from charteroak.board.models import Meeting
from charteroak.outputs.models import OutputFile, ReleaseRequest
from charteroak.policy.roles import Role
from charteroak.requests.models import DataRequest
from charteroak.workspaces.models import Workspace

GIVEN = {"agencies", "catalog", "audit"}  # one for all projects
FIRST = 10_000  # number of the first copy
BATCH = 100  # projects copied at a time


def _ours() -> list[type[Model]]:
    """Every room's tables that belong to one project, each after those it points to."""
    left = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("charteroak.") and model._meta.app_label not in GIVEN | {"site"}
    ]
    ordered: list[type[Model]] = []
    while left:
        free = [
            model for model in left if not {f.related_model for f in _links(model)} & (set(left) - {model})
        ]
        assert free, f"tables that point to each other: {left}"
        ordered += free
        left = [model for model in left if model not in free]
    return ordered


def _links(model: type[Model]) -> Iterator[ForeignKey[Any, Any]]:
    for found in model._meta.concrete_fields:
        if isinstance(found, ForeignKey):
            yield found


def _tree() -> dict[type[Model], list[Model]]:
    """The rows of the scene's project and of its meetings."""
    found: dict[type[Model], list[Model]] = {
        DataRequest: list(DataRequest.objects.filter(number="001")),
        Meeting: list(Meeting.objects.filter(motions__isnull=False).distinct()),
    }
    for model in _ours():
        if model in found:
            continue
        links = [link for link in _links(model) if link.related_model in found]
        inside = {link.attname: {row.pk for row in found[link.related_model]} for link in links}
        rows = [
            row
            for row in model._default_manager.order_by("pk")
            if any(getattr(row, name) in keys for name, keys in inside.items())
        ]
        if links and rows:
            found[model] = rows
    return {model: found[model] for model in _ours() if model in found}


@contextmanager
def unwatched() -> Iterator[None]:
    """Rows that nobody wrote have no events of anybody, and events no leaf of their own."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def of_projects(times: int, first_of_all: int = 0) -> None:
    """Further whole projects, numbered from 10000, until there are `times` of them."""
    tree = _tree()
    with unwatched():
        for first in range(first_of_all, times, BATCH):
            _copied(tree, range(first, min(first + BATCH, times)))


def of_stages(undrafted: str, unopened: str, destroyed: str) -> None:
    """Three more projects: approved, without an agreement; with an extract, without a workspace; with nothing left."""
    tree = _tree()
    stages = {
        undrafted: {"requests", "board"},
        unopened: {one._meta.app_label for one in tree} - {"workspaces", "outputs", "inputs"},
        destroyed: {one._meta.app_label for one in tree},
    }
    with unwatched():
        for number, rooms in stages.items():
            at = int(number) - FIRST
            _copied(
                {model: rows for model, rows in tree.items() if model._meta.app_label in rooms},
                range(at, at + 1),
            )
        DestructionDuty.objects.filter(agreement__number=destroyed).update(
            done_at=clock.now(), certificate={}
        )


def of_history(number: str, times: int) -> None:
    """The scene's own events about each of its project's records, over and over, for the copy of this number."""
    pairs = [
        (subject_of(one), subject_of(other))
        for one, other in zip(_records("001"), _records(number), strict=True)
    ]
    following = Event.objects.latest("index").index + 1
    with unwatched(), connection.cursor() as cursor:
        for old, new in pairs:
            cursor.execute(
                'INSERT INTO audit_event ("index", leaf, leaf_hash, name, "by", subject, domain_at, real_at,'
                " transaction) SELECT %s + row_number() OVER (),"
                " convert_to(replace(convert_from(leaf, 'UTF8'), '\"001', %s), 'UTF8'),"
                ' leaf_hash, name, "by", %s, domain_at, real_at, transaction FROM ('
                " SELECT e.* FROM generate_series(1, %s) n CROSS JOIN audit_event e"
                ' WHERE e.subject = %s AND e."index" < 10000 ORDER BY n, e."index" LIMIT %s) told',
                [following - 1, f'"{number}', new, times, old, times],
            )
            following += cursor.rowcount


def _records(number: str) -> list[Model]:
    """Those of a project that have a page."""
    agreement = Agreement.objects.get(number=number)
    return [
        agreement.data_request, agreement, agreement.link_runs.latest("pk"),
        *ReleaseRequest.objects.filter(number__startswith=f"{number}-").order_by("number"),
        Workspace.objects.get(extract__link_run__agreement=agreement),
    ]  # fmt: skip


def _copied(tree: dict[type[Model], list[Model]], copies: range) -> None:
    became: dict[tuple[type[Model], Any, int], Any] = {}
    for model, rows in tree.items():
        made = [(row.pk, at, _like(model, row, at, became)) for at in copies for row in rows]
        model._default_manager.bulk_create([one for _, _, one in made], batch_size=2_000)
        became |= {(model, pk, at): one.pk for pk, at, one in made}


def _like(model: type[Model], row: Model, at: int, became: dict[tuple[type[Model], Any, int], Any]) -> Model:
    values = {}
    for field in model._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.primary_key:
            continue
        if isinstance(field, ForeignKey):
            value = became.get((field.related_model, value, at), value)
        elif isinstance(field, CharField) and isinstance(value, str):
            value = re.sub(r"\b001(?=$|-)", str(FIRST + at), value)
        if field.unique and isinstance(value, str) and len(value) == 64:
            value = f"{at:08x}{value[8:]}"  # a hash that must be one's own
        elif field.unique and isinstance(value, str) and value and value == getattr(row, field.attname):
            value = f"{at:x}-{value}"[: field.max_length or 200]  # a name that must be one's own
        elif field.unique and isinstance(value, int) and not isinstance(field, ForeignKey):
            value += 1 + at
        elif field.unique and isinstance(value, UUID):
            value = UUID(int=value.int ^ (1 + at))
        values[field.attname] = value
    return model(**values)


def of_events(subject: str, times: int, name: str = "") -> None:
    """As many further events (of this name) about this record; the log is not verified afterwards."""
    last = Event.objects.order_by("-index")[0]
    about = Event.objects.filter(subject=subject, name__startswith=name).order_by("index").first() or last
    made = (
        Event(
            index=last.index + 1 + at, leaf=about.leaf, leaf_hash=about.leaf_hash, name=about.name, by=about.by,
            subject=subject, domain_at=last.domain_at, real_at=last.real_at,
        )
        for at in range(times)
    )  # fmt: skip
    with unwatched():
        Event.objects.bulk_create(made, batch_size=2_000)


def of_files(release: ReleaseRequest, times: int) -> None:
    """Files put forward with a release request, until there are this many."""
    like = release.files.order_by("pk").first()
    assert like is not None
    made = [
        OutputFile(**_values(like) | {"name": f"table-{at}.csv"})
        for at in range(release.files.count(), times)
    ]
    with unwatched():
        OutputFile.objects.bulk_create(made, batch_size=2_000)


def _values(row: Model) -> dict[str, Any]:
    fields = (field for field in row._meta.concrete_fields if not field.primary_key)
    return {field.attname: getattr(row, field.attname) for field in fields}


def of_agencies(agencies: int, people: int) -> None:
    """Further agencies, each with its people and their stewards."""
    like, today = Agency.objects.get(code="SDE"), clock.today()
    made = [
        Agency(**_values(like) | {"code": f"A{at:03}", "name": f"Agency {at:03}"}) for at in range(agencies)
    ]
    Agency.objects.bulk_create(made)
    colleagues = [
        Person(
            username=f"person.{at}", name=f"Person {at}", employer=made[at % agencies], employer_kind="state"
        )
        for at in range(people)
    ]
    Person.objects.bulk_create(colleagues)
    RoleHeld.objects.bulk_create(
        RoleHeld(person=one, role=Role.DATA_STEWARD.value, agency=one.employer, since=today)
        for one in colleagues
    )


def of_the_log(times: int) -> None:
    """Events of every kind that the log has, over and over, until there are this many; not verified afterwards.

    One in forty is about the scene's own records; the others are about, and tell of, other projects.
    """
    have = Event.objects.count()
    with unwatched(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO audit_event ("index", leaf, leaf_hash, name, "by", subject, domain_at, real_at, transaction)'
            " SELECT n, CASE WHEN n %% 40 = 0 THEN leaf ELSE convert_to("
            "   replace(convert_from(leaf, 'UTF8'), '\"001', '\"' || (10000 + n %% 5000)), 'UTF8') END,"
            ' leaf_hash, name, "by", CASE WHEN n %% 40 = 0 THEN subject'
            " ELSE 'requests.datarequest:' || (100000 + n %% 25000) END, domain_at, real_at, transaction"
            ' FROM generate_series(%s, %s) n JOIN audit_event e ON e."index" = n %% %s',
            [have, times - 1, have],
        )
