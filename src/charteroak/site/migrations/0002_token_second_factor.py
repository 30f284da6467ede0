from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('site', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='token',
            name='second_factor',
            field=models.BooleanField(default=False),
        ),
    ]
