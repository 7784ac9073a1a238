"""What happens when a run was approved (domain.md C3, C4): its items go to the bank in request files of at most so many
lines, one transaction each, so that a crash loses no more than the file it broke off and none is written twice.

What is no longer fit to be debited by then (a contract that ended, a bill that was paid) is withdrawn. Bills of an
arrangement that settles at export are settled with the file that asks for them.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from billing.debit_days import working_days_after
from billing.debit_errors import DEBIT_RUN_STAGE
from billing.flows import request_file, take_in, withdraw_items
from billing.flows.debit_stage import Work, locked, moving, require_stage
from billing.flows.take_in import TAKEN, execute
from billing.flows.withdraw_items import FREE_BILLS, WITHDRAW
from billing.models import Arrangement, DebitBatch, DebitItem, DebitRun
from billing.states import (
    BillState,
    EntryKind,
    ItemState,
    MandateState,
    RunState,
)
from signing.states import ContractState
from unipay import check_digit, clock
from unipay.errors import Refusal

_CHOSEN = "debit_chosen"
_CHOOSE = f"""
    SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL jit = off;
    DROP TABLE IF EXISTS pg_temp.{_CHOSEN};
    CREATE TEMP TABLE {_CHOSEN} ON COMMIT DROP AS
    SELECT id AS item_id FROM billing_debititem WHERE run_id = %(run)s AND state = '{ItemState.SELECTED}'
    ORDER BY id LIMIT %(most)s;
    ANALYZE {_CHOSEN}
"""
_CHOOSE_AGAIN = f"""
    SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL jit = off;
    DROP TABLE IF EXISTS pg_temp.{_CHOSEN};
    CREATE TEMP TABLE {_CHOSEN} ON COMMIT DROP AS
    SELECT id AS item_id FROM billing_debititem WHERE batch_id = %(batch)s AND state = '{ItemState.SENT}'
"""
_IDS = f"SELECT item_id FROM {_CHOSEN}"
_UNFIT = f"""
    SELECT item.id FROM billing_debititem item JOIN {_CHOSEN} chosen ON chosen.item_id = item.id
    LEFT JOIN signing_contract contract ON contract.id = item.contract_id
    LEFT JOIN billing_mandate mandate ON mandate.id = item.mandate_id
    WHERE contract.state <> '{ContractState.ACTIVE}' OR mandate.state <> '{MandateState.ACTIVE}'
"""
_SET_ASIDE_AGAIN = f"CREATE TEMP TABLE debit_unfit ON COMMIT DROP AS {_UNFIT}"
_SET_ASIDE = f"""{_SET_ASIDE_AGAIN} OR EXISTS (
        SELECT FROM billing_debitshare share JOIN billing_bill bill ON bill.id = share.bill_id
        WHERE share.item_id = item.id
            AND (bill.state <> '{BillState.DUE}' OR bill.amount_fen - bill.settled_fen < share.asked_fen)
    )
"""
_ASIDE = "SELECT id FROM debit_unfit"
_DROP_UNFIT = f"DELETE FROM {_CHOSEN} WHERE item_id IN ({_ASIDE})"
_SEND = f"""
    UPDATE billing_debititem SET state = '{ItemState.SENT}', batch_id = %(batch)s WHERE id IN ({_IDS})
"""
_OF_CHOSEN = f"SELECT bill_id FROM billing_debitshare WHERE item_id IN ({_IDS})"
_LOCK_BILLS = f"""
    SELECT count(*) FROM (
        SELECT id FROM billing_bill WHERE id IN ({_OF_CHOSEN}) ORDER BY id FOR NO KEY UPDATE
    ) AS held
"""
_COUNT_ATTEMPTS = f"UPDATE billing_bill SET attempts = attempts + 1 WHERE id IN ({_OF_CHOSEN})"
_TAKE_CHOSEN = f"""
    INSERT INTO {TAKEN} (item_id, amount_fen)
    SELECT id, asked_fen FROM billing_debititem WHERE id IN ({_IDS})
"""


def write(work: Work) -> bool:
    """Write every request file of the run, and say that they are out."""
    while _write_next(work.run, now=work.now()):
        pass
    with moving(work.run, RunState.APPROVED) as run:
        run.send(now=work.now())
        run.save()
    return True


def _write_next(seen: DebitRun, *, now: datetime) -> bool:
    """Write the next file in one transaction; tells whether there was one to write."""
    with moving(seen, RunState.APPROVED) as run:
        _require_going(run)
        layout = request_file.layout_of(run)
        execute(_CHOOSE, {"run": run.pk, "most": min(run.arrangement.split_rows, layout.max_rows)})
        if not _count():
            return False
        _withdraw_unfit(now)
        if _count():
            _write_batch(run, now)
        return True


def write_anew(refused: DebitBatch, *, now: datetime) -> DebitBatch | None:
    """Write the items of a file that its bank refused as a whole into another one.

    Those whose contract or mandate ended meanwhile are withdrawn; where all did, there is no other file.
    """
    with transaction.atomic():
        run = locked(refused.run.run_no)
        require_stage(run, RunState.SENT)
        _require_going(run)
        execute(_CHOOSE_AGAIN, {"batch": refused.pk})
        _withdraw_unfit_again(run, now)
        if not _count():
            return None
        batch_no = check_digit.new_number("DB")
        file = request_file.send(run, batch_no, _IDS, now=now)
        batch = _enter(run, batch_no, refused.sequence, file, now)
        DebitItem.objects.filter(batch=refused, state=ItemState.SENT).update(batch=batch)
        return batch


def _write_batch(run: DebitRun, now: datetime) -> None:
    """The file first, as it takes longest and changes nothing; then what it means."""
    batch_no = check_digit.new_number("DB")
    file = request_file.send(run, batch_no, _IDS, now=now)
    last = DebitBatch.objects.filter(run=run).aggregate(last=Max("sequence"))["last"] or 0
    batch = _enter(run, batch_no, last + 1, file, now)
    execute(_SEND, {"batch": batch.pk})
    execute(_LOCK_BILLS, {})
    execute(_COUNT_ATTEMPTS, {})
    if run.arrangement.settles_at_export:
        _settle_at_export(run.arrangement, batch, now)


def _settle_at_export(arrangement: Arrangement, batch: DebitBatch, now: datetime) -> None:
    execute(take_in.CREATE, {})
    execute(_TAKE_CHOSEN, {})
    take_in.take_in(
        EntryKind.EXPORTED,
        arrangement,
        key=batch.pk,
        business_date=clock.business_date(now),
        stays_open=True,
        now=now,
    )


def _withdraw_unfit(now: datetime) -> None:
    execute("DROP TABLE IF EXISTS pg_temp.debit_unfit", {})
    if execute(_SET_ASIDE, {}):
        execute(FREE_BILLS.format(items=_ASIDE), {})
        execute(WITHDRAW.format(items=_ASIDE), {"now": now})
        execute(_DROP_UNFIT, {})


def _withdraw_unfit_again(run: DebitRun, now: datetime) -> None:
    execute("DROP TABLE IF EXISTS pg_temp.debit_unfit", {})
    if execute(_SET_ASIDE_AGAIN, {}):
        with translation.override(settings.LANGUAGE_CODE):
            reason = _("It may not be debited any more.")
        withdraw_items.withdraw(run, items=_ASIDE, given={"now": now}, reason=reason, now=now)
        execute(_DROP_UNFIT, {})


def _enter(
    run: DebitRun, batch_no: str, sequence: int, file: request_file.SentFile, now: datetime
) -> DebitBatch:
    return DebitBatch.objects.create(
        batch_no=batch_no,
        run=run,
        sequence=sequence,
        sent_file=file,
        item_count=file.row_count,
        asked_fen=file.total_fen or 0,
        answer_due_at=_answer_due(run, now),
        written_at=now,
    )


def _answer_due(run: DebitRun, now: datetime) -> datetime:
    """The end of the last day that the bank has to answer, counted from the debit date or a later writing."""
    begins = max(run.debit_date, clock.business_date(now))
    last: date = working_days_after(begins, run.arrangement.days_to_answer, clock.is_working_day)
    return clock.business_day_start(last + timedelta(days=1))


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_CHOSEN}")
        return int(cursor.fetchone()[0])


def _require_going(run: DebitRun) -> None:
    if run.is_stopped:
        raise Refusal(DEBIT_RUN_STAGE)
