"""The chart of accounts, and what follows the reasons for which banks refuse debits."""

from django.db import migrations

CHART = (
    ("BANK_CLEARING", "1012", "银行清算款", "Bank clearing", "DEBIT", "BANK", 16),
    ("OFFLINE_OUTSTANDING", "1122", "非联网托收在途", "Exported, not confirmed", "DEBIT", "BANK", 4),
    ("PROVINCE_PAYABLE", "2202", "应付省公司款", "Province payable", "CREDIT", "PROVINCE", 16),
    ("AGENT_DEPOSIT", "2203", "代理商预存款", "Agent deposit", "CREDIT", "AGENT", 1),
    ("IN_TRANSIT", "2241", "已扣未落地款", "Taken, not yet credited", "CREDIT", "PROVINCE", 16),
    ("SUSPENSE", "2242", "待查款", "Suspense", "CREDIT", "BANK", 1),
    ("REFUNDS_PAYABLE", "2243", "应退款", "Refunds payable", "CREDIT", "BANK", 4),
)
RULES = (
    ("insufficient_funds", "余额不足", "Not enough money in the account", "RETRY"),
    ("limit_exceeded", "超过扣款限额", "Over the account's limit", "RETRY"),
    ("bank_busy", "银行系统忙", "The bank was too busy", "RETRY"),
    ("account_closed", "账户已销户", "Account closed", "SUSPEND"),
    ("account_frozen", "账户冻结", "Account frozen", "RETRY"),
    ("account_unknown", "账号不存在", "No such account", "SUSPEND"),
    ("holder_mismatch", "户名不符", "Another holder", "CASE"),
    ("contract_unknown", "银行无此签约关系", "The bank has no such contract", "CASE"),
    ("debit_stopped", "客户止付", "The customer stopped the debit", "GIVE_UP"),
)


def draw_up(apps, schema_editor):
    line = apps.get_model("billing", "ChartLine")
    names = ("role", "code", "title", "title_en", "side", "per", "shards")
    line.objects.bulk_create(line(**dict(zip(names, each))) for each in CHART)
    rule = apps.get_model("billing", "FailureRule")
    names = ("reason_code", "title", "title_en", "follow_up")
    rule.objects.bulk_create(rule(**dict(zip(names, each))) for each in RULES)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_keep_ledger_bills_recharges_and_debits")]

    operations = [migrations.RunPython(draw_up, migrations.RunPython.noop)]
