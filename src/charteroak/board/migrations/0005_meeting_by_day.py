"""The meetings to come are found by their day, however many there were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("board", "0004_classes_of_outputs")]

    operations = [
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["starts_at", "id"], name="board_meeting_by_day"),
        ),
    ]
