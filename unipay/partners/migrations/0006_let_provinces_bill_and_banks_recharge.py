"""Banks and provinces connected before there was money get the rights new ones get, and banks their codes of debits."""

from typing import Any

from django.db import migrations

OPERATIONS = {
    "BANK": ("recharges.create", "recharges.read", "recharges.reverse", "recharges.refund"),
    "PROVINCE": ("bills.create", "bills.amend", "bills.cancel", "bills.read"),
}


def grant(apps: Any, schema_editor: Any) -> None:
    permissions = apps.get_model("partners", "PartnerPermission").objects
    for kind, operations in OPERATIONS.items():
        partners = apps.get_model("partners", "Partner").objects.filter(kind=kind)
        # A partner without any right was not connected yet: it gets those of its kind when it is.
        connected = partners.filter(permissions__isnull=False).distinct().values_list("pk", flat=True)
        permissions.bulk_create(
            [
                permissions.model(partner_id=partner_id, operation=operation)
                for partner_id in connected
                for operation in operations
            ],
            ignore_conflicts=True,
        )


def withdraw(apps: Any, schema_editor: Any) -> None:
    every = [operation for operations in OPERATIONS.values() for operation in operations]
    apps.get_model("partners", "PartnerPermission").objects.filter(operation__in=every).delete()


class Migration(migrations.Migration):
    dependencies = [("partners", "0005_let_banks_and_provinces_exchange_files")]

    operations = [migrations.RunPython(grant, withdraw)]
