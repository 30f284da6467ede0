"""What is written in a person's name: only by the person signed in, and never without an event in that name.

Every column that says by whom something was done is watched by the database. A row that names somebody needs an
event of the same room by the same person in the same transaction; and while a request of a signed-in person is
answered, the row may name nobody else. A process that is taken over can claim to be somebody; it cannot do so
without an entry in the log that the person, and everyone who reads the log, can find.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey
from django.http import HttpRequest, HttpResponseBase
from psycopg import sql

from charteroak.adapters.environment import Process
from charteroak.adapters.postgres import role
from charteroak.agencies.models import Person
from charteroak.site.middleware import GetResponse

# Names of people who did not act but are spoken of; every other link to a person is an act.
SPOKEN_OF = {
    "agencies.roleheld.person", "agreements.letter.person", "agreements.party.signatory",
    "agreements.recipient.person", "board.seat.person", "board.standin.person", "requests.teammember.person",
    "agencies.cover.delegate", "agencies.departurenotice.person", "agencies.employment.person",
    "agencies.detailschange.person", "agencies.invitation.person",
    "exceptions.matter.owner", "exceptions.matter.person",
}  # fmt: skip
# Where nobody is named only by `oak setup`: whatever else adds a row, or changes one, does it in somebody's name.
WHO = {
    "agencies.authority.recorded_by": "somebody", "agencies.instrument.recorded_by": "somebody",
    "agencies.agency.changed_by": "every change", "agencies.roleheld.changed_by": "every change",
    "board.seat.changed_by": "every change",
}  # fmt: skip

WATCH = """
CREATE OR REPLACE FUNCTION charteroak_in_person() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    named bigint := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    signed_in text := current_setting('charteroak.person', true);
BEGIN
    IF session_user = {owner} OR (named IS NULL AND TG_ARGV[2] = 'or nobody')
        OR (TG_OP = 'UPDATE' AND TG_ARGV[2] <> 'every change'
            AND named IS NOT DISTINCT FROM (to_jsonb(OLD) ->> TG_ARGV[1])::bigint) THEN
        RETURN NULL;
    END IF;
    IF named IS NULL THEN
        RAISE EXCEPTION '% names nobody.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF signed_in <> '' AND signed_in <> named::text THEN
        RAISE EXCEPTION '% names another person than the one who is signed in.', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM audit_event event JOIN agencies_person person ON person.username = event."by"
        WHERE event.transaction = pg_current_xact_id() AND event.real_at > now() - interval '1 day'
            AND person.id = named AND event.name LIKE TG_ARGV[0] || ':%'
    ) THEN
        RAISE EXCEPTION '% names a person without an event in that person''s name.', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
"""
UNWATCHED = "DROP TRIGGER IF EXISTS {trigger} ON {table}"
WATCHED = """
CREATE CONSTRAINT TRIGGER {trigger} AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION charteroak_in_person({room}, {column}, {who});
"""


def acts() -> Iterator["ForeignKey[Person, Person]"]:
    """Every column that says who did something."""
    return (field for field in _links() if name_of(field) not in SPOKEN_OF)


def _links() -> Iterator["ForeignKey[Person, Person]"]:
    """Every column that names a person."""
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("charteroak."):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is Person:
                yield field


def name_of(field: "Field[Any, Any]") -> str:
    return f"{field.model._meta.label_lower}.{field.name}"


def apply() -> None:
    """Have the database watch every such column, and no other. As the owner."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(WATCH).format(owner=sql.Literal(role(Process.OWNER))))
        for field in _links():
            meta = field.model._meta
            trigger, table = sql.Identifier(f"in_person_{field.column}"), sql.Identifier(meta.db_table)
            cursor.execute(sql.SQL(UNWATCHED).format(trigger=trigger, table=table))
            if name_of(field) not in SPOKEN_OF:
                cursor.execute(
                    sql.SQL(WATCHED).format(
                        trigger=trigger,
                        table=table,
                        room=sql.Literal(meta.app_label),
                        column=sql.Literal(field.column),
                        who=sql.Literal(WHO.get(name_of(field), "or nobody")),
                    )
                )


def in_person(get_response: GetResponse) -> GetResponse:
    """Tells the database who is signed in, for as long as something may be written."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method in ("GET", "HEAD", "OPTIONS") or not isinstance(request.user, Person):
            return get_response(request)
        _say(str(request.user.pk))
        try:
            return get_response(request)
        finally:
            _say("")

    return answer


def _say(person: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('charteroak.person', %s, false)", [person])
