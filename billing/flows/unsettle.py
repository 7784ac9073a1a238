"""What happens to bills when what paid them goes back: the settlements are reversed, once, and the bills fall due again
(domain.md C4, 反销账)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from billing.states import BillState

_LOCK_BILLS = """
    SELECT bill.id FROM billing_bill bill
    WHERE bill.id IN (
        SELECT settlement.bill_id FROM billing_billsettlement settlement
        WHERE settlement.recharge_id IN ({query}) AND settlement.reversed_at IS NULL
    ) ORDER BY bill.id FOR NO KEY UPDATE
"""
_UNSETTLE = f"""
    WITH undone AS (
        UPDATE billing_billsettlement settlement SET reversed_at = %(now)s
        WHERE settlement.recharge_id IN ({{query}}) AND settlement.reversed_at IS NULL
        RETURNING settlement.bill_id, settlement.amount_fen
    )
    UPDATE billing_bill bill SET settled_fen = bill.settled_fen - back.amount_fen,
        state = CASE bill.state WHEN '{BillState.SETTLED}' THEN '{BillState.DUE}' ELSE bill.state END,
        settled_at = CASE bill.state WHEN '{BillState.SETTLED}' THEN NULL ELSE bill.settled_at END
    FROM (SELECT bill_id, sum(amount_fen)::bigint AS amount_fen FROM undone GROUP BY bill_id) AS back
    WHERE bill.id = back.bill_id
"""


def unsettle(*, query: str, given: Mapping[str, Any], now: datetime) -> int:
    """Reverse what these recharges (SQL of ids) settled; return how many bills are open again.

    Runs in the caller's transaction, which holds no lock of a recharge or account that it did not take after the
    bills' (`locks.lock_recharges(with_bills=True)`).
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_BILLS.format(query=query), given)
        cursor.execute(_UNSETTLE.format(query=query), {**given, "now": now})
        return int(cursor.rowcount)
