import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0003_keep_maintenance_windows_apart'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnmappedCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('ANSWER', 'answer to our call'), ('NOTICE', 'notice to us')], max_length=8, verbose_name='direction')),
                ('operation', models.CharField(blank=True, max_length=64, verbose_name='operation')),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='times')),
                ('first_seen_at', models.DateTimeField(verbose_name='first seen')),
                ('last_seen_at', models.DateTimeField(verbose_name='last seen')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partners.partner', verbose_name='partner')),
            ],
            options={
                'verbose_name': 'unmapped code',
                'verbose_name_plural': 'unmapped codes',
                'constraints': [models.UniqueConstraint(fields=('partner', 'direction', 'operation', 'code'), name='one_row_per_unmapped_code')],
            },
        ),
    ]
