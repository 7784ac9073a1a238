from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('unipay', '0001_create_heartbeats'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaskRun',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False, verbose_name='name')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='asked for')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('duration_ms', models.PositiveIntegerField(blank=True, null=True, verbose_name='duration (ms)')),
                ('outcome', models.CharField(blank=True, choices=[('DONE', 'done'), ('FAILED', 'failed')], max_length=8, verbose_name='outcome')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
            ],
            options={
                'verbose_name': 'last run of a task',
                'verbose_name_plural': 'last runs of tasks',
            },
        ),
    ]
