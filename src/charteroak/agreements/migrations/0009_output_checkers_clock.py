from django.db import migrations, models

from charteroak.policy import clocks
from charteroak.policy.lifecycle import choices


class Migration(migrations.Migration):
    dependencies = [("agreements", "0008_after_signature")]

    operations = [
        migrations.AlterField(
            model_name="clockfigure",
            name="party",
            field=models.CharField(choices=choices(clocks.Party), max_length=20),
        ),
    ]
