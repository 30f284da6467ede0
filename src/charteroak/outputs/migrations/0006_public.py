from django.db import migrations, models


class Migration(migrations.Migration):
    """Whatever was put forward before is for the register, as it was; a constant default rewrites no row."""

    dependencies = [("outputs", "0005_said_of_files")]

    operations = [
        migrations.AddField("releaserequest", "public", models.BooleanField(default=True)),
    ]
