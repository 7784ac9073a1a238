"""What happens when money of debit items comes in (domain.md C3, C4): a recharge each with its ledger entry, their
bills settled oldest first, and the provinces asked to credit them; for any number of items at once, in the caller's
transaction.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from billing import accounts
from billing.deadline import refund_by
from billing.flows import landing, post
from billing.locks import pay_on_day
from billing.models import Arrangement
from billing.posting import OF_A_BANK, POSTINGS
from billing.states import AccountRole, BillState, EntryKind, RechargeState

TAKEN = "debit_taken"
"""A temporary table of (item_id, amount_fen, bank_transaction_no) that the caller fills before."""

CREATE = f"""
    DROP TABLE IF EXISTS pg_temp.{TAKEN};
    CREATE TEMP TABLE {TAKEN} (
        item_id bigint PRIMARY KEY, amount_fen bigint NOT NULL, bank_transaction_no text NOT NULL DEFAULT '',
        entry_id bigint
    ) ON COMMIT DROP
"""
_ALLOTTED = "debit_allotted"
_OF_TAKEN = f"""
    FROM {TAKEN} taken JOIN billing_debitshare share ON share.item_id = taken.item_id AND share.is_open
    JOIN billing_bill bill ON bill.id = share.bill_id
"""
_LOCK_BILLS = f"""
    SELECT count(*) FROM (
        SELECT bill.id FROM billing_bill bill WHERE bill.id IN (SELECT share.bill_id {_OF_TAKEN})
        ORDER BY bill.id FOR NO KEY UPDATE OF bill
    ) AS held
"""
_STILL_OPEN = f"""CASE WHEN bill.state = '{BillState.DUE}'
            THEN least(share.asked_fen, bill.amount_fen - bill.settled_fen) ELSE 0 END"""
# As `allocation` does for one payment: oldest first, then by agreement, then by user.
_ALLOT = f"""
    DROP TABLE IF EXISTS pg_temp.{_ALLOTTED};
    CREATE TEMP TABLE {_ALLOTTED} ON COMMIT DROP AS
    SELECT item_id, share_id, bill_id,
        least(open_fen, greatest(amount_fen - coalesce(before_fen, 0), 0)) AS settled_fen
    FROM (
        SELECT *, sum(open_fen) OVER (
            PARTITION BY item_id ORDER BY billing_month, due_date, agreement_no, msisdn, bill_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before_fen
        FROM (
            SELECT taken.item_id, taken.amount_fen, share.id AS share_id, share.bill_id, bill.billing_month,
                bill.due_date, bill.agreement_no, bill.msisdn, {_STILL_OPEN} AS open_fen
            {_OF_TAKEN}
        ) AS asked
    ) AS summed;
    ANALYZE {_ALLOTTED}
"""
_SHARES = f"""
    UPDATE billing_debitshare share SET settled_fen = allotted.settled_fen, is_open = %(stays_open)s
    FROM {_ALLOTTED} allotted WHERE share.id = allotted.share_id
"""
_BILLS = f"""
    UPDATE billing_bill bill SET settled_fen = bill.settled_fen + allotted.settled_fen,
        state = CASE WHEN bill.settled_fen + allotted.settled_fen = bill.amount_fen
            THEN '{BillState.SETTLED}' ELSE bill.state END,
        settled_at = CASE WHEN bill.settled_fen + allotted.settled_fen = bill.amount_fen THEN %(now)s END
    FROM {_ALLOTTED} allotted WHERE bill.id = allotted.bill_id AND allotted.settled_fen > 0
"""
_NUMBER_ENTRIES = f"UPDATE {TAKEN} SET entry_id = {post.next_entry_id_sql()}"
_RECHARGES = f"""
    INSERT INTO billing_recharge (recharge_no, source, bank_id, province_id, msisdn, agreement_no, amount_fen,
        request_no, bank_transaction_no, item_id, business_date, paid_at, state, landing_attempts, landing_error,
        next_landing_at, refund_by, back_no, way_back, back_reason, paid_entry_id)
    SELECT 'D-' || item.item_no, %(way)s, item.bank_id, item.province_id, item.msisdn, item.agreement_no,
        taken.amount_fen, '', taken.bank_transaction_no, item.id, %(business_date)s, %(now)s, '{RechargeState.PAID}',
        1, '', %(look_again)s, %(refund_by)s, '', '', '', taken.entry_id
    FROM {TAKEN} taken JOIN billing_debititem item ON item.id = taken.item_id ORDER BY item.id
"""
_SETTLEMENTS = f"""
    INSERT INTO billing_billsettlement (bill_id, recharge_id, amount_fen, settled_at)
    SELECT allotted.bill_id, recharge.id, allotted.settled_fen, %(now)s
    FROM {_ALLOTTED} allotted JOIN billing_recharge recharge ON recharge.item_id = allotted.item_id
    WHERE allotted.settled_fen > 0 ORDER BY allotted.share_id
"""
_PROVINCES = f"""
    SELECT DISTINCT item.province_id FROM {TAKEN} taken JOIN billing_debititem item ON item.id = taken.item_id
"""
RECHARGES_OF_TAKEN = f"""
    SELECT recharge.id FROM billing_recharge recharge JOIN {TAKEN} taken ON taken.item_id = recharge.item_id
"""


def take_in(
    kind: EntryKind,
    arrangement: Arrangement,
    *,
    key: int,
    business_date: date,
    stays_open: bool,
    also: tuple[AccountRole, ...] = (),
    now: datetime,
) -> int:
    """Take in what TAKEN says, and return of how many items; `kind` is PAID or EXPORTED.

    `key` chooses the shard of all accounts concerned; `stays_open`: whether the bills stay in flight, as those settled
    at export do. `also`: further accounts that the caller posts on afterwards.
    """
    # Finance may have confirmed the day while this began before midnight.
    while not pay_on_day(arrangement.bank_id, business_date):
        business_date += timedelta(days=1)
    given: dict[str, Any] = {
        "way": arrangement.way,
        "business_date": business_date,
        "stays_open": stays_open,
        "now": now,
        "look_again": now + landing.LOOK_AGAIN,
        "refund_by": refund_by(business_date),
    }
    for statement in (_LOCK_BILLS, _ALLOT, _SHARES, _BILLS, _NUMBER_ENTRIES):
        execute(statement, given)
    posting = POSTINGS[kind]
    lock_shard(arrangement.bank_id, roles=(posting.debit, posting.credit, *also), key=key)
    count = _post(kind, key=key, business_date=business_date, now=now)
    execute(_RECHARGES, given)
    execute(_SETTLEMENTS, given)
    landing.promise_landings(query=RECHARGES_OF_TAKEN, given={}, now=now)
    return count


def _post(kind: EntryKind, *, key: int, business_date: date, now: datetime) -> int:
    posting = POSTINGS[kind]
    query = f"""
        SELECT taken.entry_id, 'recharge:D-' || item.item_no AS subject, %(business_date)s::date AS business_date,
            taken.amount_fen, {_account(posting.debit)} AS debit_id, {_account(posting.credit)} AS credit_id,
            NULL::bigint AS reverses_id
        FROM {TAKEN} taken JOIN billing_debititem item ON item.id = taken.item_id
    """
    given = {"business_date": business_date, "key": key}
    return post.post_each(kind, query=query, given=given, now=now) // 2


def lock_shard(bank_id: int, *, roles: tuple[AccountRole, ...], key: int) -> None:
    """Open and lock, ascending, the shard `key` of the bank's and the taken items' provinces' accounts."""
    with connection.cursor() as cursor:
        cursor.execute(_PROVINCES)
        province_ids = [province_id for (province_id,) in cursor.fetchall()]
    wanted: list[int] = []
    for role in roles:
        owners = [bank_id] if role in OF_A_BANK else province_ids
        accounts.open_accounts(role, owners)
        wanted += accounts.shard_ids(role, owners, key=key)
    accounts.lock_accounts(wanted)


def _account(role: AccountRole) -> str:
    partner = "item.bank_id" if role in OF_A_BANK else "item.province_id"
    return accounts.account_sql(role, partner=partner, key="%(key)s::bigint")


def execute(statement: str, given: Mapping[str, Any]) -> int:
    """Run a statement of the settlement, and return how many rows it concerned."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(given) or None)
        return int(cursor.rowcount)
