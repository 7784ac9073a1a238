"""Our own layouts for debits, for every bank that has none of its own: lines between bars, marked H, D and T."""

from datetime import date

from django.db import migrations

HEADER = ("partner_code", "business_date", "cut_off_at", "file_no")
COUNTED, SUMMED = ("row_count",), ("row_count", "total_fen")
WAYS = {
    "batch_debit": "Batch debit",
    "collection": "Collection",
    "offline": "Offline collection",
    "one_card": "One-card",
    "head_office": "Head-office link",
}
REQUEST = (
    "batch_no",
    "item_no",
    "msisdn",
    "agreement_no",
    "bank_contract_no",
    "account_number",
    "account_mask",
    "holder_name",
    "asked_fen",
    "attempt",
    "billing_month",
)
RETURN = ("batch_no", "item_no", "result_code", "debited_fen", "bank_transaction_no", "reason_text")
MANDATES = (
    "change",
    "mandate_no",
    "agreement_no",
    "msisdn",
    "account_number",
    "holder_name",
    "signed_at",
)
FAILURES = (
    "batch_no",
    "item_no",
    "msisdn",
    "agreement_no",
    "account_mask",
    "asked_fen",
    "result_code",
    "reason",
    "follow_up",
)

LAYOUTS = {
    **{f"{way}_request": (f"{title}: request file", REQUEST, SUMMED) for way, title in WAYS.items()},
    **{f"{way}_return": (f"{title}: return file", RETURN, SUMMED) for way, title in WAYS.items()},
    "bank_mandates": ("Mandates of a bank", MANDATES, COUNTED),
    "debit_failures": ("Failed debits", FAILURES, SUMMED),
}


def ship(apps, schema_editor):
    FileLayout = apps.get_model("exchange", "FileLayout")
    LayoutColumn = apps.get_model("exchange", "LayoutColumn")
    for kind, (title, fields, trailer) in LAYOUTS.items():
        layout = FileLayout.objects.create(
            code=f"neutral_{kind}",
            version=1,
            title=title,
            kind=kind,
            state="PUBLISHED",
            effective_from=date(2020, 1, 1),
            delimiter="|",
            header_mark="H",
            detail_mark="D",
            trailer_mark="T",
            file_name_pattern="{kind}_{partner}_{business_date:%Y%m%d}_{sequence}.txt",
        )
        LayoutColumn.objects.bulk_create(
            LayoutColumn(layout=layout, section=section, position=position, field=field)
            for section, names in (("HEADER", HEADER), ("DETAIL", fields), ("TRAILER", trailer))
            for position, field in enumerate(names, start=1)
        )


def take_back(apps, schema_editor):
    codes = [f"neutral_{kind}" for kind in LAYOUTS]
    apps.get_model("exchange", "FileLayout").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_let_another_day_be_empty_too")]

    operations = [migrations.RunPython(ship, take_back)]
