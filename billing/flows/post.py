"""What happens when money moves: an entry with its lines is posted, once and for ever (domain.md C1).

The database keeps the balances with the lines, and refuses at commit an entry that does not sum to zero.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from billing.accounts import accounts_for
from billing.models import JournalEntry
from billing.posting import OF_A_BANK, OF_A_PROVINCE, POSTINGS
from billing.states import AccountRole, EntryKind

# An entry and its lines are one statement, so that they agree whenever somebody checks.
_POST_ONE = """
    WITH entry AS (
        INSERT INTO billing_journalentry (kind, subject, business_date, posted_at, amount_fen, line_count,
            reverses_id, remark)
        VALUES (%(kind)s, %(subject)s, %(business_date)s, %(posted_at)s, %(amount_fen)s, %(line_count)s,
            %(reverses)s, '')
        RETURNING id
    ), lines AS (
        INSERT INTO billing_ledgerline (entry_id, position, account_id, amount_fen)
        SELECT entry.id, line.position, line.account_id, line.amount_fen
        FROM entry CROSS JOIN unnest(%(accounts)s::bigint[], %(amounts)s::bigint[]) WITH ORDINALITY
            AS line (account_id, amount_fen, position)
    )
    SELECT id FROM entry
"""
_POST_EACH = """
    WITH posted AS ({query}),
    entries AS (
        INSERT INTO billing_journalentry (id, kind, subject, business_date, posted_at, amount_fen, line_count,
            reverses_id, remark)
        SELECT entry_id, %(kind)s, subject, business_date, %(posted_at)s, amount_fen, 2, reverses_id, ''
        FROM posted
    )
    INSERT INTO billing_ledgerline (entry_id, position, account_id, amount_fen)
    SELECT entry_id, side.position, CASE side.position WHEN 1 THEN debit_id ELSE credit_id END,
        CASE side.position WHEN 1 THEN amount_fen ELSE -amount_fen END
    FROM posted CROSS JOIN (VALUES (1), (2)) AS side (position)
"""


def post(
    kind: EntryKind,
    *,
    subject: str,
    amount_fen: int,
    bank_id: int | None = None,
    province_id: int | None = None,
    business_date: date,
    now: datetime,
) -> JournalEntry:
    """Post the entry of one event between the accounts that `posting.POSTINGS` names, and return it.

    `subject` names the business row; the caller keeps the entry there, in the same transaction.
    """
    _require_transaction()
    posting = POSTINGS[kind]
    owners = {"bank_id": bank_id, "province_id": province_id}
    roles = (posting.debit, posting.credit)
    found = accounts_for({role: _owner(role, **owners) for role in roles}, key=subject)
    accounts = [found[role] for role in roles]
    entry = JournalEntry(
        kind=kind, subject=subject, business_date=business_date, posted_at=now, amount_fen=amount_fen
    )
    return _written(entry, [(accounts[0], amount_fen), (accounts[1], -amount_fen)])


def reverse(
    entry: JournalEntry, *, kind: EntryKind, subject: str, business_date: date, now: datetime
) -> JournalEntry:
    """Post the opposite of an entry on its own accounts; an entry that was reversed already raises IntegrityError."""
    _require_transaction()
    lines = list(entry.lines.order_by("position").values_list("account_id", "amount_fen"))
    opposite = JournalEntry(
        kind=kind,
        subject=subject,
        business_date=business_date,
        posted_at=now,
        amount_fen=entry.amount_fen,
        line_count=len(lines),
        reverses=entry,
    )
    return _written(opposite, [(account_id, -amount_fen) for account_id, amount_fen in lines])


def post_each(kind: EntryKind, *, query: str, given: Mapping[str, Any], now: datetime) -> int:
    """Post an entry of two lines for each row of the query, in one statement; return how many lines that made.

    `query`: SQL whose rows are (entry_id, subject, business_date, amount_fen, debit_id, credit_id, reverses_id), the
    entry ids drawn from `next_entry_id_sql`, the accounts opened (`accounts.open_accounts`, `account_sql`).
    """
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_POST_EACH.format(query=query), {**given, "kind": str(kind), "posted_at": now})
        return int(cursor.rowcount)


def next_entry_id_sql() -> str:
    """Return SQL for the id of an entry about to be posted, so that its business row can name it."""
    return "nextval('billing_journalentry_id_seq')"


def _written(entry: JournalEntry, lines: list[tuple[int, int]]) -> JournalEntry:
    given: dict[str, Any] = {
        "kind": str(entry.kind),
        "subject": entry.subject,
        "business_date": entry.business_date,
        "posted_at": entry.posted_at,
        "amount_fen": entry.amount_fen,
        "line_count": len(lines),
        "reverses": entry.reverses_id,
        "accounts": [account_id for account_id, _amount_fen in lines],
        "amounts": [amount_fen for _account_id, amount_fen in lines],
    }
    with connection.cursor() as cursor:
        cursor.execute(_POST_ONE, given)
        (entry.pk,) = cursor.fetchone()
    entry._state.adding = False
    return entry


def _owner(role: AccountRole, *, bank_id: int | None, province_id: int | None) -> int | None:
    owner = bank_id if role in OF_A_BANK else province_id if role in OF_A_PROVINCE else None
    if owner is None:
        raise ValueError(f"an account of {role} belongs to a partner")
    return owner


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("Money is posted inside the transaction that moves it.")
