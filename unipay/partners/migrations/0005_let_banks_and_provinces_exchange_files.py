"""Banks and provinces connected before there was an exchange of files get the rights new ones get."""

from typing import Any

from django.db import migrations

OPERATIONS = ("files.create", "files.read", "files.acknowledge")


def grant(apps: Any, schema_editor: Any) -> None:
    partners = apps.get_model("partners", "Partner").objects.filter(kind__in=["BANK", "PROVINCE"])
    permissions = apps.get_model("partners", "PartnerPermission").objects
    # A partner without any right was not connected yet: it gets those of its kind when it is.
    connected = partners.filter(permissions__isnull=False).distinct().values_list("pk", flat=True)
    permissions.bulk_create(
        [
            permissions.model(partner_id=partner_id, operation=operation)
            for partner_id in connected
            for operation in OPERATIONS
        ],
        ignore_conflicts=True,
    )


def withdraw(apps: Any, schema_editor: Any) -> None:
    apps.get_model("partners", "PartnerPermission").objects.filter(operation__in=OPERATIONS).delete()


class Migration(migrations.Migration):
    dependencies = [("partners", "0004_keep_unmapped_codes")]

    operations = [migrations.RunPython(grant, withdraw)]
