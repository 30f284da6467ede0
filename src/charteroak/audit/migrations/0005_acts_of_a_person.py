"""How much somebody did is counted in an index alone; two that others serve beside it are not kept up any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_event_of_a_record")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="audit_event_of_a_person"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["by", "index"], include=["name"], name="audit_event_of_a_person"),
        ),
        migrations.AlterField("event", "by", models.CharField(max_length=150)),
        migrations.AlterField("event", "subject", models.CharField(max_length=200)),
    ]
