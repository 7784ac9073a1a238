"""TRUNCATE, which passes the triggers of rows, is refused for the journal of signing transactions."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("signing", "0008_let_contracts_be_debited_again")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="signingtransaction",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF current_setting('unipay.may_empty_tables', true) IS DISTINCT FROM 'on' THEN\n        RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NULL;\n",
                    hash="bbd30e6b256bcb0f5e231b2ab5cff8459f1c0f8a",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_bd746",
                    table="signing_signingtransaction",
                    when="BEFORE",
                ),
            ),
        ),
    ]
