"""Figures count events of a name within a time: from the index alone, however long the log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["name", "domain_at"], name="audit_event_of_a_time"),
        ),
    ]
