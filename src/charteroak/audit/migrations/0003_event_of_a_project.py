"""What happened under one project is found in an index of the events, which stay as they are, byte for byte."""

from django.db import migrations, models

PROJECT = """
-- the number of the project that an event tells of, '' for none: as its facts say it, or its first clause, or its own
-- number without what comes after the project's
CREATE FUNCTION audit_project(leaf bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    facts jsonb := convert_from(leaf, 'UTF8')::jsonb->'facts';
BEGIN
    RETURN split_part(COALESCE(
        NULLIF(facts->>'request', ''), NULLIF(split_part(facts->'clauses'->>0, '/', 1), ''), facts->>'number', ''
    ), '-', 1);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_event_of_a_time")]

    operations = [
        migrations.RunSQL(PROJECT, "DROP FUNCTION audit_project(bytea);"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.Func(models.F("leaf"), function="audit_project", output_field=models.TextField()),
                models.F("index"),
                name="audit_event_of_a_project",
            ),
        ),
    ]
