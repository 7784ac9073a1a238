"""What happens to the ledger and the bills when recharges go back: opposite entries, set-based (domain.md C11)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from billing import messages
from billing.accounts import accounts_for, lock_accounts
from billing.flows import post
from billing.flows.unsettle import unsettle
from billing.models import JournalEntry, Recharge
from billing.posting import POSTINGS
from billing.states import EntryKind, RechargeState
from unipay import clock

_ACCOUNTS = """
    SELECT DISTINCT line.account_id FROM billing_recharge recharge
    JOIN billing_ledgerline line ON line.entry_id IN (recharge.paid_entry_id, recharge.landed_entry_id)
    WHERE recharge.id = ANY(%(ids)s)
"""
# The opposite of an entry takes its own accounts: its credit (position 2) is debited.
_OPPOSITE = f"""
    SELECT {post.next_entry_id_sql()} AS entry_id, 'recharge:' || recharge.recharge_no AS subject,
        %(business_date)s::date AS business_date, entry.amount_fen, credited.account_id AS debit_id,
        debited.account_id AS credit_id, entry.id AS reverses_id
    FROM billing_recharge recharge
    JOIN billing_journalentry entry ON entry.id = recharge.{{entry}}
    JOIN billing_ledgerline debited ON debited.entry_id = entry.id AND debited.position = 1
    JOIN billing_ledgerline credited ON credited.entry_id = entry.id AND credited.position = 2
    WHERE recharge.id = ANY(%(ids)s)
"""
_REVERSED = f"""
    UPDATE billing_recharge SET state = '{RechargeState.REVERSED}', over_at = %(now)s, next_landing_at = NULL,
        back_reason = coalesce(nullif(%(reason)s, ''), back_reason)
    WHERE id = ANY(%(ids)s) AND state IN ('{RechargeState.PAID}', '{RechargeState.TAKING_BACK}')
"""


def take_from_province(recharge_ids: Sequence[int], *, now: datetime) -> int:
    """Undo the credits these recharges made, as far as they made any; return how many."""
    return _oppose(EntryKind.TAKEN_BACK, "landed_entry_id", recharge_ids, now)


def reverse(recharge_ids: Sequence[int], *, reason: str, now: datetime) -> int:
    """End recharges that the province has let go, or never had, as if they had never been: entries, states, bills.

    The caller holds their bills and them (`locks.lock_recharges(with_bills=True)`), and knows their states.
    """
    if not recharge_ids:
        return 0
    given: dict[str, Any] = {"ids": list(recharge_ids), "now": now, "reason": reason[:200]}
    unsettle(query="SELECT unnest(%(ids)s::bigint[])", given=given, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_REVERSED, given)
    hold_accounts(recharge_ids)
    take_from_province(recharge_ids, now=now)
    return _oppose(EntryKind.REVERSED, "paid_entry_id", recharge_ids, now)


def owe(recharge: Recharge, *, now: datetime) -> Recharge:
    """Owe the money of a recharge that the province has let go, or never had; the bank is asked to give it back.

    The caller holds the bills and the recharge (`locks.lock_recharge`), which has its `back_no` and `back_reason`.
    """
    unsettle(query="SELECT %(id)s::bigint", given={"id": recharge.pk}, now=now)
    recharge.owe_refund(reason=recharge.back_reason)
    recharge.save()
    owed = POSTINGS[EntryKind.REFUND_OWED]
    owners = {owed.debit: recharge.province_id, owed.credit: recharge.bank_id}
    hold_accounts([recharge.pk], *accounts_for(owners, key=recharge.subject).values())
    take_from_province([recharge.pk], now=now)
    post_again(EntryKind.REFUND_OWED, recharge, now=now)
    messages.ask_to_refund(recharge, now=now)
    return recharge


def post_again(kind: EntryKind, recharge: Recharge, *, now: datetime) -> JournalEntry:
    """Post a later leg of a recharge, on the business day of the moment."""
    return post.post(
        kind,
        subject=recharge.subject,
        amount_fen=recharge.amount_fen,
        bank_id=recharge.bank_id,
        province_id=recharge.province_id,
        business_date=clock.business_date(now),
        now=now,
    )


def hold_accounts(recharge_ids: Sequence[int], *others: int) -> None:
    """Hold the accounts that these recharges moved, and others, for a transaction that posts several entries."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, {"ids": list(recharge_ids)})
        moved = [account_id for (account_id,) in cursor.fetchall()]
    lock_accounts([*moved, *others])


def _oppose(kind: EntryKind, entry: str, recharge_ids: Sequence[int], now: datetime) -> int:
    given = {"ids": list(recharge_ids), "business_date": clock.business_date(now)}
    return post.post_each(kind, query=_OPPOSITE.format(entry=entry), given=given, now=now) // 2
