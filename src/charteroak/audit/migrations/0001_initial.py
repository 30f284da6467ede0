"""The log's tables, and what the database itself holds them to."""

from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- the transaction that it tells of, which the database knows best
ALTER TABLE audit_event ADD COLUMN transaction xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_event_transaction ON audit_event (transaction);

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

-- an event takes the next number, its hash is its leaf's, and the columns say what the leaf says
CREATE FUNCTION audit_accept_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said jsonb := convert_from(NEW.leaf, 'UTF8')::jsonb;
BEGIN
    IF NEW.index <> COALESCE((SELECT max(index) + 1 FROM audit_event), 0) THEN
        RAISE EXCEPTION 'Event % is not the next of the log.', NEW.index USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.leaf_hash <> sha256('\\x00'::bytea || NEW.leaf)
        OR (said->>'index', said->>'name', said->>'by', said->>'subject',
            (said->>'domain_at')::timestamptz, (said->>'real_at')::timestamptz)
            IS DISTINCT FROM (NEW.index::text, NEW.name, NEW."by", NEW.subject, NEW.domain_at, NEW.real_at) THEN
        RAISE EXCEPTION 'Event % does not say what its leaf says.', NEW.index USING ERRCODE = 'check_violation';
    END IF;
    NEW.transaction := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE TRIGGER audit_event_accept BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_accept_event();
"""

REVERSE = """
DROP TRIGGER audit_event_accept ON audit_event;
DROP TRIGGER audit_event_append_only ON audit_event;
DROP TRIGGER audit_checkpoint_append_only ON audit_checkpoint;
DROP FUNCTION audit_accept_event();
ALTER TABLE audit_event DROP COLUMN transaction;
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("leaf", models.BinaryField()),
                ("leaf_hash", models.BinaryField(max_length=32)),
                ("name", models.CharField(db_index=True, max_length=120)),
                ("by", models.CharField(db_index=True, max_length=150)),
                ("subject", models.CharField(db_index=True, max_length=200)),
                ("domain_at", models.DateTimeField(db_index=True)),
                ("real_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("index__gte", 0)), name="audit_event_counts_from_zero"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                ("frontier", models.BinaryField()),
                ("note", models.TextField()),
                ("signed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AnonymousRefusals",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("action", models.CharField(max_length=120)),
                ("count", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "action"), name="audit_one_count_per_day_and_action")
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, REVERSE),
    ]
