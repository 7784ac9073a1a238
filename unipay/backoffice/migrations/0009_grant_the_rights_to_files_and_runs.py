"""Gives the roles their rights to files and to reconciliation."""

from django.db import migrations

from unipay.backoffice.grants import grant
from unipay.backoffice.roles import ROLES


def grant_new_rights(apps, schema_editor):
    rights = frozenset().union(*(role.rights for role in ROLES))
    grant(apps, rights={right for right in rights if right.startswith(('exchange.', 'reconciliation.'))})


class Migration(migrations.Migration):

    dependencies = [
        ('backoffice', '0008_note_ended_break_glass_of_colleagues'),
        ('exchange', '0002_name_the_rights_to_publish_and_download'),
        ('reconciliation', '0001_keep_runs_and_discrepancies'),
    ]

    operations = [migrations.RunPython(grant_new_rights, migrations.RunPython.noop)]
