"""Our own layouts, for every partner that has none of its own: lines between bars, marked H, D and T."""

from datetime import date

from django.db import migrations

HEADER = ("partner_code", "business_date", "cut_off_at", "file_no")
TRAILER = ("row_count",)
NUMBERS = ("msisdn", "secondary_msisdns")
TERMS = ("recharge_threshold_fen", "recharge_amount_fen", "auto_pay")
ACCOUNT = ("account_number", "account_mask", "account_type", "holder_name", "identity_no")

LAYOUTS = {
    "bank_contract_increment": (
        "Bank's daily contract increment",
        ("change", "bank_contract_no", *NUMBERS, *ACCOUNT, *TERMS, "occurred_at"),
    ),
    "bank_contract_full": (
        "Bank's monthly contract list",
        ("bank_contract_no", *NUMBERS, *ACCOUNT, *TERMS, "signed_at"),
    ),
    "province_contract_increment": (
        "Province's daily contract increment",
        ("change", "contract_no", *NUMBERS, "bank_code", "account_mask", *TERMS, "occurred_at"),
    ),
    "province_contract_full": (
        "Province's monthly contract list",
        ("contract_no", *NUMBERS, "bank_code", "account_mask", *TERMS),
    ),
    "province_correction": (
        "Correction file for a province",
        (
            "run_no",
            "order_no",
            "action",
            "contract_no",
            *NUMBERS,
            "bank_code",
            "bank_contract_no",
            "account_mask",
        )
        + (*TERMS, "signed_at"),
    ),
    "province_correction_result": (
        "Province's answer to a correction file",
        ("run_no", "order_no", "result", "reason_code", "reason_text"),
    ),
    "bank_discrepancies": (
        "Lines given back to a bank",
        ("run_no", "line_no", "bank_contract_no", "msisdn", "difference"),
    ),
}


def ship(apps, schema_editor):
    FileLayout = apps.get_model("exchange", "FileLayout")
    LayoutColumn = apps.get_model("exchange", "LayoutColumn")
    for kind, (title, fields) in LAYOUTS.items():
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
            for section, names in (("HEADER", HEADER), ("DETAIL", fields), ("TRAILER", TRAILER))
            for position, field in enumerate(names, start=1)
        )


def take_back(apps, schema_editor):
    apps.get_model("exchange", "FileLayout").objects.filter(code__startswith="neutral_").delete()


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_name_the_rights_to_publish_and_download")]

    operations = [migrations.RunPython(ship, take_back)]
