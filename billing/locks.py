"""What billing locks, and in which order: bills first, then recharges, then ledger accounts, each ascending."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from billing.models import Recharge

_BILLS_OF = """
    SELECT bill.id FROM billing_bill bill
    WHERE bill.id IN (
        SELECT settlement.bill_id FROM billing_billsettlement settlement WHERE settlement.recharge_id IN ({query})
    ) ORDER BY bill.id FOR NO KEY UPDATE
"""
_RECHARGES = """
    SELECT recharge.id FROM billing_recharge recharge
    WHERE recharge.id IN ({query}) ORDER BY recharge.id FOR NO KEY UPDATE
"""


def lock_recharges(*, query: str, given: Mapping[str, Any], with_bills: bool = False) -> list[int]:
    """Hold the recharges of the query (SQL of ids), after the bills they settled if asked for; return their ids."""
    with connection.cursor() as cursor:
        if with_bills:
            cursor.execute(_BILLS_OF.format(query=query), given)
        cursor.execute(_RECHARGES.format(query=query), given)
        return [recharge_id for (recharge_id,) in cursor.fetchall()]


def lock_recharge(recharge_no: str) -> Recharge:
    """Hold one recharge and the bills it settled, and return it as it now is; raises Recharge.DoesNotExist."""
    query = "SELECT id FROM billing_recharge WHERE recharge_no = %(recharge_no)s"
    lock_recharges(query=query, given={"recharge_no": recharge_no}, with_bills=True)
    return Recharge.objects.select_related("bank", "province").get(recharge_no=recharge_no)
