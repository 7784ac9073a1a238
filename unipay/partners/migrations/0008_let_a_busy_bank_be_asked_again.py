"""In a return file a bank that was busy did not debit: that is an answer, unlike the same code on the wire."""

from typing import Any

from django.db import migrations

KEY = {"kind": "BANK", "partner": None, "direction": "ANSWER", "operation": "debit", "code": "9998"}
MEANING = {"reason_code": "bank_busy", "finality": "FINAL_FAILURE", "remark": "银行系统忙，本次未扣款"}


def know(apps: Any, schema_editor: Any) -> None:
    codes = apps.get_model("partners", "ResultCode").objects
    # A database that has no codes yet gets them all from the fixture.
    if codes.filter(kind="BANK").exists():
        codes.get_or_create(**KEY, defaults=MEANING)


def forget(apps: Any, schema_editor: Any) -> None:
    apps.get_model("partners", "ResultCode").objects.filter(**KEY).delete()


class Migration(migrations.Migration):
    dependencies = [("partners", "0007_know_the_result_codes_of_money")]

    operations = [migrations.RunPython(know, forget)]
