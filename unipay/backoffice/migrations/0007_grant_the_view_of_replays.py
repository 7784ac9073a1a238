"""Gives the roles their rights to tables that came after the roles."""

from django.db import migrations

from unipay.backoffice.grants import grant


def grant_new_rights(apps, schema_editor):
    grant(apps, rights={'messaging.view_replayrun', 'signing.check_manualcase'})


class Migration(migrations.Migration):

    dependencies = [
        ('backoffice', '0006_keep_filters_of_lists'),
        ('messaging', '0006_replay_everything_dead_of_a_partner'),
    ]

    operations = [migrations.RunPython(grant_new_rights, migrations.RunPython.noop)]
