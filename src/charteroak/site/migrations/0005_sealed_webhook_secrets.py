"""A webhook's secret is sealed to the process that sends: those that stood there in words too."""

from typing import Any

from django.db import migrations, models

from charteroak.adapters import news_key

SEALED = "-----BEGIN AGE ENCRYPTED FILE-----"


def seal(apps: Any, _schema: Any) -> None:
    """Each as it is; a few for each person, so row by row."""
    secrets = apps.get_model("site", "WebhookSecret").objects
    for pk, words in secrets.exclude(sealed__startswith=SEALED).values_list("pk", "sealed"):
        secrets.filter(pk=pk).update(sealed=news_key.seal(words))


class Migration(migrations.Migration):
    dependencies = [("site", "0004_webhook_secret")]

    operations = [
        migrations.RenameField("webhooksecret", "words", "sealed"),
        migrations.AlterField("webhooksecret", "sealed", models.TextField()),
        migrations.RunPython(seal),
        migrations.AddConstraint(
            "webhooksecret",
            models.CheckConstraint(
                condition=models.Q(("sealed__startswith", SEALED)), name="webhook_secret_is_sealed"
            ),
        ),
    ]
