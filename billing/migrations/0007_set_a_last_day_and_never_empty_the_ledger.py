"""A last day for money that was taken: what hangs now gets one from today, since people may be at it. And TRUNCATE, which passes
the triggers of rows, is refused for entries and lines."""

from typing import Any

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def set_last_days(apps: Any, schema_editor: Any) -> None:
    """Only what is not credited yet needs one."""
    schema_editor.execute(
        "UPDATE billing_recharge SET refund_by = greatest(business_date, current_date) + %s"
        " WHERE state = 'PAID' AND refund_by IS NULL",
        [settings.UNIPAY_RECHARGE_REFUND_DAYS],
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_keep_what_files_meant_while_runs_are_open")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="journalentry",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF current_setting('unipay.may_empty_tables', true) IS DISTINCT FROM 'on' THEN\n        RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NULL;\n",
                    hash="d3830547231e11abd20a21febdc58cfbad3c68e2",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_49212",
                    table="billing_journalentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ledgerline",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF current_setting('unipay.may_empty_tables', true) IS DISTINCT FROM 'on' THEN\n        RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NULL;\n",
                    hash="2acbb456171db7a8a70a0806ffeac674cf86b3b1",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_33970",
                    table="billing_ledgerline",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="recharge",
            name="refund_by",
            field=models.DateField(blank=True, null=True, verbose_name="credited or given back by"),
        ),
        migrations.RunPython(set_last_days, migrations.RunPython.noop),
    ]
