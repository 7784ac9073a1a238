"""Gives the roles their rights to bills, recharges, debits and the ledger."""

from django.db import migrations

from unipay.backoffice.grants import grant
from unipay.backoffice.roles import ROLES


def grant_new_rights(apps, schema_editor):
    rights = frozenset().union(*(role.rights for role in ROLES))
    grant(apps, rights={right for right in rights if right.startswith("billing.")})


class Migration(migrations.Migration):

    dependencies = [
        ("backoffice", "0009_grant_the_rights_to_files_and_runs"),
        ("billing", "0001_keep_ledger_bills_recharges_and_debits"),
    ]

    operations = [migrations.RunPython(grant_new_rights, migrations.RunPython.noop)]
