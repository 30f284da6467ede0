from django.db import migrations, models

from charteroak.policy import clocks
from charteroak.policy.lifecycle import choices


class Migration(migrations.Migration):
    dependencies = [("agreements", "0007_keeping")]

    operations = [
        migrations.AlterField(
            model_name="clockfigure",
            name="stage",
            field=models.CharField(choices=choices(clocks.Stage), max_length=40),
        ),
    ]
