"""A webhook's secret in a table of its own, which the web fills and only the process that sends reads."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("site", "0003_webhook")]

    operations = [
        migrations.CreateModel(
            name="WebhookSecret",
            fields=[
                (
                    "webhook",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="secret",
                        serialize=False,
                        to="site.webhook",
                    ),
                ),
                ("words", models.CharField(max_length=80)),
            ],
        ),
        migrations.RunSQL(
            "INSERT INTO site_webhooksecret (webhook_id, words) SELECT id, secret FROM site_webhook",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name="webhook", name="secret"),
    ]
