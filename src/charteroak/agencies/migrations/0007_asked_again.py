import charteroak.policy.membership
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0006_employment'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agency',
            name='status',
            field=models.CharField(choices=[('requested', 'requested'), ('recommended', 'recommended'), ('admitted', 'admitted'), ('participating', 'participating'), ('suspended', 'suspended'), ('left', 'left'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default=charteroak.policy.membership.Status['PARTICIPATING'], max_length=15),
        ),
        migrations.AlterField(
            model_name='memberword',
            name='act',
            field=models.CharField(choices=[('ask_to_join', 'ask to join'), ('recommend', 'recommend'), ('refuse', 'refuse'), ('withdraw', 'withdraw'), ('agree', 'agree'), ('admit', 'admit'), ('sign', 'sign'), ('join', 'join'), ('suspend', 'suspend'), ('reinstate', 'reinstate'), ('leave', 'leave'), ('ask_again', 'ask again')], max_length=15),
        ),
        migrations.AlterField(
            model_name='joiningrequest',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='joining_requests', to='agencies.agency'),
        ),
        migrations.AlterModelOptions(
            name='joiningrequest',
            options={'ordering': ['pk']},
        ),
        migrations.AddField(
            model_name='joiningrequest',
            name='member_from',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='joiningrequest',
            name='member_until',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='memberword',
            name='joining_request',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='words', to='agencies.joiningrequest'),
        ),
        migrations.AlterModelOptions(
            name='memberword',
            options={'ordering': ['at', 'pk']},
        ),
    ]
