"""What carries a motion is a rule of each board; each motion keeps the one by which it was declared."""

import charteroak.policy.motion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('board', '0007_cancelled_meetings'),
    ]

    operations = [
        migrations.AddField(
            model_name='board',
            name='majority',
            field=models.CharField(choices=[('unanimity', 'unanimity'), ('two_thirds', 'two thirds'), ('more_than_half', 'more than half')], default=charteroak.policy.motion.Majority['UNANIMITY'], max_length=20),
        ),
        migrations.AddField(
            model_name='motion',
            name='majority',
            field=models.CharField(choices=[('unanimity', 'unanimity'), ('two_thirds', 'two thirds'), ('more_than_half', 'more than half')], default=charteroak.policy.motion.Majority['UNANIMITY'], max_length=20),
        ),
    ]
