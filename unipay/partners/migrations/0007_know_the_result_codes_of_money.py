"""The codes of credits, refunds and debits, where the usual result codes are loaded already; a new database loads all."""

from django.db import migrations

# fmt: off
CODES = (
    ("PROVINCE", "", "5001", "credit_spent", "FINAL_FAILURE", "入账金额已使用，不能退回"),
    ("PROVINCE", "", "5002", "credit_unknown", "FINAL_FAILURE", "省侧无此入账"),
    ("PROVINCE", "take_back_recharge", "5002", "credit_unknown", "SUCCESS", "省侧从未入账：退回视为成功"),
    ("PROVINCE", "", "5003", "landing_refused", "FINAL_FAILURE", "省侧拒绝入账"),
    ("BANK", "", "4003", "refund_refused", "FINAL_FAILURE", "银行拒绝退款"),
    ("BANK", "", "4004", "payment_unknown", "FINAL_FAILURE", "银行无此笔扣款"),
    ("BANK", "debit", "1001", "insufficient_funds", "FINAL_FAILURE", "余额不足"),
    ("BANK", "debit", "1002", "limit_exceeded", "FINAL_FAILURE", "超过限额"),
    ("BANK", "debit", "1003", "account_frozen", "FINAL_FAILURE", "账户冻结"),
    ("BANK", "debit", "1004", "account_closed", "FINAL_FAILURE", "账户已销户"),
    ("BANK", "debit", "1005", "account_unknown", "FINAL_FAILURE", "无此账户"),
    ("BANK", "debit", "1006", "holder_mismatch", "FINAL_FAILURE", "户名不符"),
    ("BANK", "debit", "1007", "debit_stopped", "FINAL_FAILURE", "客户已停止扣款"),
    ("BANK", "debit", "1008", "contract_unknown", "FINAL_FAILURE", "无此签约关系"),
)
# fmt: on


def know(apps, schema_editor):
    ResultCode = apps.get_model("partners", "ResultCode")
    loaded = set(ResultCode.objects.filter(partner=None).values_list("kind", flat=True))
    ResultCode.objects.bulk_create(
        (
            ResultCode(
                kind=kind,
                direction="ANSWER",
                operation=operation,
                code=code,
                reason_code=reason,
                finality=finality,
                remark=remark,
            )
            for kind, operation, code, reason, finality, remark in CODES
            if kind in loaded
        ),
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("partners", "0006_let_provinces_bill_and_banks_recharge")]

    operations = [migrations.RunPython(know, migrations.RunPython.noop)]
