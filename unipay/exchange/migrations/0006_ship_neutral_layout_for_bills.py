"""Our own layout for the bills of provinces: lines between bars, marked H, D and T."""

from datetime import date

from django.db import migrations

HEADER = ("partner_code", "business_date", "cut_off_at", "file_no")
TRAILER = ("row_count", "total_fen")
BILLS = (
    "change",
    "province_bill_no",
    "msisdn",
    "agreement_no",
    "billing_month",
    "amount_fen",
    "due_date",
    "joined_network_at",
)


def ship(apps, schema_editor):
    layout = apps.get_model("exchange", "FileLayout").objects.create(
        code="neutral_province_bills",
        version=1,
        title="Province's bills",
        kind="province_bills",
        state="PUBLISHED",
        effective_from=date(2020, 1, 1),
        delimiter="|",
        header_mark="H",
        detail_mark="D",
        trailer_mark="T",
        file_name_pattern="{kind}_{partner}_{business_date:%Y%m%d}_{sequence}.txt",
    )
    LayoutColumn = apps.get_model("exchange", "LayoutColumn")
    LayoutColumn.objects.bulk_create(
        LayoutColumn(layout=layout, section=section, position=position, field=field)
        for section, names in (("HEADER", HEADER), ("DETAIL", BILLS), ("TRAILER", TRAILER))
        for position, field in enumerate(names, start=1)
    )


def take_back(apps, schema_editor):
    apps.get_model("exchange", "FileLayout").objects.filter(code="neutral_province_bills").delete()


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_ship_neutral_layouts_for_debits")]

    operations = [migrations.RunPython(ship, take_back)]
