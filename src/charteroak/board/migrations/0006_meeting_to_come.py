"""The few meetings that are not closed are found without a look at those of all years."""

from django.db import migrations, models

from charteroak.policy import meeting


class Migration(migrations.Migration):
    dependencies = [("board", "0005_meeting_by_day")]

    operations = [
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(
                fields=["starts_at", "id"],
                condition=~models.Q(status=meeting.Status.CLOSED),
                name="board_meeting_to_come",
            ),
        ),
    ]
