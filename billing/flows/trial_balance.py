"""What happens every night: the whole ledger is checked against itself and against the business rows (domain.md C1).

Everything is asked in one statement, so that all figures are of one moment although money goes on moving. Whatever
is uneven raises an alarm; nothing is ever put right by itself.
"""

import json
from datetime import date, datetime

from django.db import connection, transaction

from billing import alarms
from billing.models import TrialBalance
from billing.trial_sql import TAKE

MOST_FAULTS = 200


def take(*, business_date: date, now: datetime) -> TrialBalance:
    """Check the ledger and keep what was found; `business_date` is the day whose lines are added up again."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Compiling the statement would take longer than running it on most nights.
        cursor.execute("SELECT set_config('jit', 'off', true)")
        cursor.execute(TAKE, {"day": business_date, "most": MOST_FAULTS})
        debit_fen, credit_fen, accounts, faults = cursor.fetchone()
        taken = TrialBalance.objects.create(
            business_date=business_date,
            taken_at=now,
            debit_fen=debit_fen,
            credit_fen=credit_fen,
            account_count=accounts,
            faults=json.loads(faults) if isinstance(faults, str) else faults,
        )
    if not taken.is_even:
        alarms.sound("ledger_uneven", business_date=f"{business_date}", faults=taken.faults[:5])
    return taken
