import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backoffice', '0001_grant_the_right_to_reveal_personal_data'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='right',
            options={'default_permissions': (), 'managed': False, 'permissions': [('reveal_personal_data', 'Can see personal data unmasked'), ('export_lists', 'Can take lists out as files')]},
        ),
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='disclosed')),
                ('subject_type', models.CharField(max_length=64, verbose_name='kind of record')),
                ('subject_id', models.CharField(blank=True, max_length=64, verbose_name='record id')),
                ('subject', models.CharField(max_length=300, verbose_name='record')),
                ('msisdn', models.CharField(blank=True, max_length=11, verbose_name='mobile number')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None, verbose_name='what was shown')),
                ('rows', models.PositiveIntegerField(default=1, verbose_name='rows')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='trace id')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'disclosure of personal data',
                'verbose_name_plural': 'disclosures of personal data',
                'default_permissions': ('view',),
                'indexes': [models.Index(condition=models.Q(('msisdn', ''), _negated=True), fields=['msisdn', '-id'], name='disclosure_by_msisdn'), models.Index(fields=['person', '-id'], name='disclosure_by_person'), models.Index(fields=['subject_type', 'subject_id', '-id'], name='disclosure_by_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='disclosure_has_a_reason')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disclosure',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='983ea99cebcc92487a0070e0c96db6eee0729f4a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9e3cd', table='backoffice_disclosure', when='BEFORE')),
        ),
    ]
