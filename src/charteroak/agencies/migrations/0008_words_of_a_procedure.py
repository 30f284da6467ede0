from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery


def name_the_request(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django's
    """Until now an agency asked once: every word said of it is of that procedure."""
    asked = apps.get_model("agencies", "JoiningRequest").objects.filter(agency=OuterRef("agency"))
    words = apps.get_model("agencies", "MemberWord").objects
    words.update(joining_request=Subquery(asked.values("pk")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0007_asked_again'),
    ]

    operations = [
        migrations.RunPython(name_the_request, migrations.RunPython.noop),
    ]
