import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0011_signatures_made_void'),
    ]

    operations = [
        migrations.AddField(
            model_name='retentionapproval',
            name='agreement',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='retention_approvals', to='agreements.agreement'),
        ),
        migrations.AddField(
            model_name='retentionapproval',
            name='given_by',
            field=models.CharField(blank=True, default='', max_length=120),
            preserve_default=False,
        ),
    ]
