"""What happens when people end debits that their bank never answered (domain.md C3, C4): the bills are free again, what
was settled at export is reversed, and whatever the bank still says of them is left to people.
"""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from billing import debit_wake
from billing.debit_errors import (
    DEBIT_CODE_WAITS,
    DEBIT_FILE_NOT_OUT,
    DEBIT_ITEM_OVER,
    DEBIT_NOT_OVERDUE,
    DEBIT_RUN_IS_BUSY,
    DEBIT_SILENCE_MEANS_PAID,
)
from billing.flows import debit_stage, withdraw_items
from billing.flows.take_in import execute
from billing.models import DebitBatch, DebitItem, DebitReturn, DebitRun, ReturnLine
from billing.reasons import UNANSWERED
from billing.states import BATCH_AWAITS, BatchState, ItemState, LineEffect, ReturnState
from unipay.errors import Reason, Refusal
from unipay.exchange.models import SentState

_THESE = "SELECT unnest(%(ids)s::bigint[])"
_SAY_WHY = f"UPDATE billing_debititem SET reason_code = %(reason)s WHERE id IN ({_THESE})"
_WITH_THE_BANK = Q(state__in=[BatchState.DELIVERED, BatchState.RETURNED]) | Q(
    sent_file__state__in=[SentState.DELIVERED, SentState.ACKNOWLEDGED]
)
_WAITS = Q(returned__state=ReturnState.OPEN, effect__in=[LineEffect.NONE, LineEffect.UNKNOWN_CODE])


def overdue_batches(run: DebitRun, *, now: datetime) -> list[int]:
    """Return the ids of the run's batches that their bank has had and should have answered by now.

    Where a bank names failures only, one with any return is left out: its silence says that it debited.
    """
    late = DebitBatch.objects.filter(_WITH_THE_BANK, run=run, state__in=BATCH_AWAITS, answer_due_at__lte=now)
    if run.arrangement.answers_failures_only:
        late = late.exclude(Exists(DebitReturn.objects.filter(batch=OuterRef("pk"))))
    return list(late.order_by("pk").values_list("pk", flat=True))


def never_spoken_of(batch_ids: list[int]) -> QuerySet[DebitItem]:
    """Return the open items of these batches that no file of their bank has named."""
    lines = ReturnLine.objects.filter(item_no=OuterRef("item_no"), returned__bank=OuterRef("bank"))
    return DebitItem.objects.filter(~Exists(lines), batch__in=batch_ids, state=ItemState.SENT)


def amount_of(items: QuerySet[DebitItem]) -> tuple[int, int]:
    """Return how many items these are, and what they ask for in fen."""
    sums = items.order_by().aggregate(count=Count("pk"), fen=Sum("asked_fen"))
    return sums["count"], sums["fen"] or 0


def why_not(item: DebitItem, *, now: datetime) -> Reason | None:
    """Return why the item can't be ended now, None where it can; `item` is fetched with its batch and file.

    One whose bank said something that people had to look at can: they have looked.
    """
    batch = item.batch
    if item.state != ItemState.SENT or batch is None:
        return DEBIT_ITEM_OVER
    if not DebitBatch.objects.filter(_WITH_THE_BANK, pk=batch.pk, state__in=BATCH_AWAITS).exists():
        return DEBIT_FILE_NOT_OUT
    if batch.answer_due_at > now:
        return DEBIT_NOT_OVERDUE
    if item.run.arrangement.answers_failures_only and DebitReturn.objects.filter(batch=batch).exists():
        return DEBIT_SILENCE_MEANS_PAID
    return DEBIT_CODE_WAITS if lines_about(item).filter(_WAITS).exists() else None


def lines_about(item: DebitItem) -> QuerySet[ReturnLine]:
    """Return what files of the item's bank have said of it."""
    return ReturnLine.objects.filter(item_no=item.item_no, returned__bank=item.bank_id)


def end(run: DebitRun, items: QuerySet[DebitItem], *, remark: str, now: datetime) -> int:
    """End these items of the run, which the caller has locked; return how many were still open.

    Raises Refusal while a worker settles what the bank answers: it may be about them.
    """
    if not debit_stage.hold_until_commit(run.pk):
        raise Refusal(DEBIT_RUN_IS_BUSY)
    batches = DebitBatch.objects.filter(pk__in=items.order_by().values("batch"))
    list(batches.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    open_items = items.select_for_update(of=["self"], no_key=True).order_by("pk")
    given: dict[str, Any] = {"ids": list(open_items.values_list("pk", flat=True)), "now": now}
    if given["ids"]:
        withdraw_items.withdraw(run, items=_THESE, given=given, reason=remark, now=now)
        execute(_SAY_WHY, {**given, "reason": UNANSWERED})
        debit_wake.after_commit(debit_wake.RUN, run.run_no)
    return len(given["ids"])
