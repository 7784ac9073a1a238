"""One chunk of a return file, in one transaction: what each line says of its item becomes true once (domain.md C3, C4).

Contracts to be suspended and cases come first, then items, shares, bills, recharges and accounts: the order in which
everybody locks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from billing import return_verdicts as verdicts
from billing.accounts import open_accounts, shard_ids
from billing.flows import debit_follow_ups, going_back, post, reversal, take_in, unsettle
from billing.flows.take_in import TAKEN, execute
from billing.flows.withdraw_items import FREE_BILLS
from billing.locks import lock_recharges
from billing.models import Arrangement, DebitReturn
from billing.posting import POSTINGS
from billing.return_verdicts import JUDGED
from billing.states import AccountRole, BatchState, EntryKind, LineEffect
from unipay import clock
from unipay.exchange.flows.note_faults import note_faults

CHUNK = 4000
"""Lines that are settled in one transaction; a crash loses no more than one chunk."""

MOST_FAULTS = 1000
UNKNOWN_ITEM = "unknown_item"

_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL jit = off"
_ANSWERABLE = [BatchState.WRITTEN, BatchState.DELIVERED, BatchState.RETURNED, BatchState.CLOSED]
_TAKE = f"INSERT INTO {TAKEN} (item_id, amount_fen, bank_transaction_no) {verdicts.TAKEN_ITEMS}"
_CLOSE_SHARES = (
    f"UPDATE billing_debitshare SET is_open = FALSE WHERE item_id IN ({verdicts.SETTLED_ITEMS}) AND is_open"
)
_FAILED_RECHARGES = f"SELECT id FROM billing_recharge WHERE item_id IN ({verdicts.FAILED_ITEMS})"
_THESE = "SELECT unnest(%(ids)s::bigint[])"
_ENTRIES_OF_ITEMS = f"""
    SELECT {post.next_entry_id_sql()} AS entry_id, 'debit_item:' || item.item_no AS subject,
        %(business_date)s::date AS business_date, {{amount}} AS amount_fen, %(debit)s::bigint AS debit_id,
        %(credit)s::bigint AS credit_id, NULL::bigint AS reverses_id
    FROM {JUDGED} judged JOIN billing_debititem item ON item.id = judged.item_id
    WHERE judged.item_id IN ({{items}}) AND judged.verdict = '{LineEffect.SETTLED}'
"""
_UNKNOWN = f"""
    SELECT line_no FROM {JUDGED} WHERE verdict = '{LineEffect.UNKNOWN_ITEM}' ORDER BY line_no LIMIT {MOST_FAULTS}
"""


@dataclass(frozen=True)
class Meaning:
    """What a bank's result code means of a debit, and what follows a failure."""

    code: str
    finality: str
    reason_code: str
    follow_up: str


def settle_lines(returned: DebitReturn, meanings: Sequence[Meaning], *, now: datetime) -> int:
    """Settle the next lines of the return, and return how many those were."""
    return _settle(returned, verdicts.JUDGE, {"meanings": json.dumps([vars(each) for each in meanings])}, now)


def settle_silence(returned: DebitReturn, *, now: datetime) -> int:
    """Confirm the next items that a bank which names failures only said nothing of; return how many those were."""
    return _settle(returned, verdicts.JUDGE_SILENCE, {}, now)


@transaction.atomic
def _settle(returned: DebitReturn, judge: str, more: Mapping[str, Any], now: datetime) -> int:
    arrangement = _arrangement(returned)
    execute(_AT_ONCE, {})
    execute(verdicts.CREATE, {})
    given: dict[str, Any] = {
        "returned": returned.pk,
        "batch": returned.batch_id,
        "run": _batch(returned).run_id,
        "answerable": _ANSWERABLE,
        "allows_partial": arrangement.allows_partial and not arrangement.settles_at_export,
        "most": CHUNK,
        "now": now,
        "excess": _excess_remark(),
    }
    execute(judge, {**given, **more})
    ((settled, settled_fen, failed, repeated, odd, lines),) = _rows(verdicts.COUNTS)
    if not lines:
        return 0
    debit_follow_ups.carry_out(returned, arrangement, now=now)
    execute(verdicts.ITEMS, given)
    key = _key()
    if arrangement.settles_at_export:
        _settle_exported(arrangement, key=key, now=now)
    else:
        _settle_online(arrangement, key=key, now=now)
    execute(verdicts.EFFECTS, given)
    _note_unknown(returned)
    DebitReturn.objects.filter(pk=returned.pk).update(
        settled_count=F("settled_count") + settled,
        settled_fen=F("settled_fen") + settled_fen,
        failed_count=F("failed_count") + failed,
        repeated_count=F("repeated_count") + repeated,
        odd_count=F("odd_count") + odd,
    )
    return int(lines)


def _settle_online(arrangement: Arrangement, *, key: int, now: datetime) -> None:
    execute(FREE_BILLS.format(items=verdicts.FAILED_ITEMS), {})
    execute(take_in.CREATE, {})
    if not execute(_TAKE, {}):
        return
    has_excess = bool(_rows(verdicts.EXCESS))
    take_in.take_in(
        EntryKind.PAID,
        arrangement,
        key=key,
        business_date=clock.business_date(now),
        stays_open=False,
        also=(AccountRole.SUSPENSE,) if has_excess else (),
        now=now,
    )
    if has_excess:
        _post(EntryKind.EXCESS, arrangement, key=key, now=now)


def _settle_exported(arrangement: Arrangement, *, key: int, now: datetime) -> None:
    """What was settled at export is confirmed, or goes back and falls due again."""
    execute(_CLOSE_SHARES, {})
    execute(FREE_BILLS.format(items=verdicts.FAILED_ITEMS), {})
    failed = lock_recharges(query=_FAILED_RECHARGES, given={}, with_bills=True)
    going_back.hold_accounts(failed, *_accounts(arrangement, key=key))
    if failed:
        given = {"ids": failed}
        unsettle.unsettle(query=_THESE, given=given, now=now)
        reversal.reverse_debited(query=_THESE, given=given, reason=_failed_reason(), now=now)
    if _rows(verdicts.SETTLED_ITEMS):
        _post(EntryKind.CONFIRMED, arrangement, key=key, now=now)
    if _rows(verdicts.EXCESS):
        _post(EntryKind.EXCESS, arrangement, key=key, now=now)


def _post(kind: EntryKind, arrangement: Arrangement, *, key: int, now: datetime) -> None:
    """Post entries about the items themselves, between accounts of the bank."""
    is_excess = kind == EntryKind.EXCESS
    query = _ENTRIES_OF_ITEMS.format(
        amount="judged.said_fen - judged.asked_fen" if is_excess else "judged.asked_fen",
        items=verdicts.EXCESS if is_excess else verdicts.SETTLED_ITEMS,
    )
    posting = POSTINGS[kind]
    debit, credit = (_account(arrangement, role, key) for role in (posting.debit, posting.credit))
    given = {"business_date": clock.business_date(now), "debit": debit, "credit": credit}
    post.post_each(kind, query=query, given=given, now=now)


def _accounts(arrangement: Arrangement, *, key: int) -> list[int]:
    roles = (AccountRole.BANK_CLEARING, AccountRole.OFFLINE_OUTSTANDING, AccountRole.SUSPENSE)
    return [_account(arrangement, role, key) for role in roles]


def _account(arrangement: Arrangement, role: AccountRole, key: int) -> int:
    open_accounts(role, [arrangement.bank_id])
    (account_id,) = shard_ids(role, [arrangement.bank_id], key=key)
    return account_id


def _key() -> int:
    """One shard of each account for all that is settled at once, so that others go on beside it."""
    ((least,),) = _rows(f"SELECT coalesce(min(coalesce(line_id, item_id)), 0) FROM {JUDGED}")
    return int(least) // CHUNK


def _note_unknown(returned: DebitReturn) -> None:
    unknown = [(int(line_no), "item_no", UNKNOWN_ITEM) for (line_no,) in _rows(_UNKNOWN)]
    if unknown:
        note_faults(returned.file, unknown)


def _arrangement(returned: DebitReturn) -> Arrangement:
    arrangement: Arrangement = _batch(returned).run.arrangement
    return arrangement


def _batch(returned: DebitReturn) -> Any:
    if returned.batch is None:
        raise ValueError(f"{returned.return_no} answers no batch")
    return returned.batch


def _excess_remark() -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return _("The bank took more than was asked; the rest stands in suspense.")


def _failed_reason() -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return _("The bank could not debit it.")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
