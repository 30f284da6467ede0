"""What the web process leaves open because another process decides it; the database holds it to that.

Grants say which columns the web may change. Here stands what its new rows may not claim: that a file was scanned, that
a release request was checked, that a file may come in which the enclave did not let pass. While the checks of a release
request stand, it leaves them, the request's files and whether it is for the public as they were judged.
"""

from django.apps import apps
from django.db import connection
from psycopg import sql

from charteroak.adapters.environment import Process
from charteroak.adapters.postgres import role
from charteroak.policy.release_request import Status

# Blank in a row that the web adds; afterwards it may blank them again, where the grants let it, and no more.
UNDECIDED = {
    "inputs.inputrequest": ("scanned_at", "findings"),
    "outputs.releaserequest": ("checks", "checked_at"),
    "outputs.outputfile": ("verdict", "summary", "protected_id", "statistics", "fewest"),
}

# Before its checks a release request is the web's to change; afterwards the files are as judged.
OPEN = (Status.DRAFT, Status.SUBMITTED, Status.INTERRUPTED, Status.RETURNED)
JUDGED = tuple(status for status in Status if status not in (*OPEN, Status.WITHDRAWN))

GUARD = """
CREATE OR REPLACE FUNCTION charteroak_undecided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    IF current_user <> {web} THEN
        RETURN NEW;
    END IF;
    FOREACH said IN ARRAY TG_ARGV LOOP
        IF coalesce(to_jsonb(NEW) ->> said, '') NOT IN ('', '[]')
            AND (TG_OP = 'INSERT' OR to_jsonb(NEW) -> said IS DISTINCT FROM to_jsonb(OLD) -> said) THEN
            RAISE EXCEPTION '% is not for % to decide: %.', TG_TABLE_NAME, current_user, said
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION charteroak_scanned_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = {web} AND NOT EXISTS (
        SELECT 1 FROM inputs_inputrequest asked
        WHERE (asked.workspace_id, asked.name, asked.sha256, asked.size, asked.stored)
            = (NEW.workspace_id, NEW.name, NEW.sha256, NEW.size, NEW.stored)
            AND asked.scanned_at IS NOT NULL AND NOT asked.findings @> '[{{"verdict": "fail"}}]'
    ) THEN
        RAISE EXCEPTION 'The enclave has let no such file pass.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION charteroak_checks_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = {web} AND NEW.status = ANY ({judged}) AND (
        TG_OP = 'INSERT' OR OLD.status <> ALL ({judged})
        OR (NEW.checks, NEW.checked_at, NEW.public) IS DISTINCT FROM (OLD.checks, OLD.checked_at, OLD.public)
    ) THEN
        RAISE EXCEPTION 'The checks of % stand, or fail, as they were made.', NEW.number
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER charteroak_checks_stand BEFORE INSERT OR UPDATE ON outputs_releaserequest
    FOR EACH ROW EXECUTE FUNCTION charteroak_checks_stand();

CREATE OR REPLACE FUNCTION charteroak_judged_files_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = {web} AND EXISTS (
        SELECT 1 FROM outputs_releaserequest record
        WHERE record.id IN (OLD.release_request_id, NEW.release_request_id) AND record.status <> ALL ({open})
    ) THEN
        RAISE EXCEPTION 'The checks of this file stand.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE OR REPLACE TRIGGER charteroak_judged_files_stay BEFORE INSERT OR UPDATE OR DELETE ON outputs_outputfile
    FOR EACH ROW EXECUTE FUNCTION charteroak_judged_files_stay();

CREATE OR REPLACE FUNCTION charteroak_moved_on_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = {web} AND (NEW.employer_id, NEW.employer_kind)
        IS DISTINCT FROM (OLD.employer_id, OLD.employer_kind) AND NOT EXISTS (
        SELECT 1 FROM agencies_employment move
        WHERE move.person_id = NEW.id AND move.kind = NEW.employer_kind
            AND move.employer_id IS NOT DISTINCT FROM NEW.employer_id
            AND move.id = (SELECT max(id) FROM agencies_employment WHERE person_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'No move of this person is on record.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER charteroak_moved_on_record BEFORE UPDATE ON agencies_person
    FOR EACH ROW EXECUTE FUNCTION charteroak_moved_on_record();

CREATE OR REPLACE FUNCTION charteroak_details_on_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = {web} AND (NEW.name, NEW.email) IS DISTINCT FROM (OLD.name, OLD.email) AND NOT EXISTS (
        SELECT 1 FROM agencies_detailschange change
        WHERE change.person_id = NEW.id AND (change.name, change.email) = (NEW.name, NEW.email)
            AND change.id = (SELECT max(id) FROM agencies_detailschange WHERE person_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'No change of this person''s details is on record.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER charteroak_details_on_record BEFORE UPDATE ON agencies_person
    FOR EACH ROW EXECUTE FUNCTION charteroak_details_on_record();

CREATE OR REPLACE FUNCTION charteroak_invited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF session_user = {web} AND (
        NEW.password NOT LIKE '!%' OR NEW.last_login IS NOT NULL OR NOT NEW.is_active
        OR NOT EXISTS (SELECT 1 FROM agencies_invitation key WHERE key.person_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'A new person comes in by invitation.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS charteroak_invited ON agencies_person;
CREATE CONSTRAINT TRIGGER charteroak_invited AFTER INSERT ON agencies_person DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION charteroak_invited();

CREATE OR REPLACE TRIGGER charteroak_scanned_first BEFORE INSERT ON workspaces_input
    FOR EACH ROW EXECUTE FUNCTION charteroak_scanned_first();
"""
GUARDED = """
CREATE OR REPLACE TRIGGER charteroak_undecided BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION charteroak_undecided({columns});
"""


def apply() -> None:
    """Have the database refuse it. As the owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(GUARD).format(
                web=sql.Literal(role(Process.WEB)),
                open=sql.Literal(list(map(str, OPEN))),
                judged=sql.Literal(list(map(str, JUDGED))),
            )
        )
        for model, columns in UNDECIDED.items():
            command = sql.SQL(GUARDED).format(
                table=sql.Identifier(apps.get_model(model)._meta.db_table),
                columns=sql.SQL(", ").join(map(sql.Literal, columns)),
            )
            cursor.execute(command)
