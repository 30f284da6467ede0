"""What happened to one record is found by kind, however often the log tells of that kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_event_of_a_project")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["subject", "name"], name="audit_event_of_a_record"),
        ),
    ]
