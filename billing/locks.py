"""What billing locks, and in which order: a bank's day, bills, then recharges, then ledger accounts, each ascending."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from billing.models import Recharge

_BANK_DAYS = 52  # keeps these advisory locks apart from those of other subjects
# Looked at in a statement of its own, which sees what was committed while the lock was waited for.
_PAY_ON_DAY = f"""
    SELECT pg_advisory_xact_lock_shared({_BANK_DAYS}, hashtext(%(day)s));
    SELECT NOT EXISTS (
        SELECT FROM billing_reconciledday WHERE bank_id = %(bank)s AND business_date = %(business_date)s
    )
"""
_CLOSE_DAY = f"SELECT pg_advisory_xact_lock({_BANK_DAYS}, hashtext(%s))"

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


def pay_on_day(bank_id: int, business_date: date) -> bool:
    """Let nobody confirm the bank's day before this payment is committed; payments do not wait for each other. Returns
    whether the day is still open."""
    day = f"{bank_id}:{business_date}"
    with connection.cursor() as cursor:
        cursor.execute(_PAY_ON_DAY, {"day": day, "bank": bank_id, "business_date": business_date})
        (is_open,) = cursor.fetchone()
    return bool(is_open)


def close_day(bank_id: int, business_date: date) -> None:
    """Wait for the payments under way on the bank's day, and let none begin before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_DAY, [f"{bank_id}:{business_date}"])


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
