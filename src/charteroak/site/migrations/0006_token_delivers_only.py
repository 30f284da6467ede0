from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('site', '0005_sealed_webhook_secrets'),
    ]

    operations = [
        migrations.AddField(
            model_name='token',
            name='delivers_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='token',
            constraint=models.CheckConstraint(condition=models.Q(('reads_only', False), ('delivers_only', False), _connector='OR'), name='token_reads_or_delivers'),
        ),
    ]
