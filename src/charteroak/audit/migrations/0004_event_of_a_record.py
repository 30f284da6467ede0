"""What happened to one record is found by kind, and what somebody did last by when, however long the log is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_event_of_a_project")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["subject", "name"], name="audit_event_of_a_record"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["by", "index"], name="audit_event_of_a_person"),
        ),
    ]
