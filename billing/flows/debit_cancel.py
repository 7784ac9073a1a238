"""What happens when people take a run back before any bank has a file of it: its bills are free again, and what was
settled at export is reversed (domain.md C4).
"""

from datetime import datetime

from django.db.models import QuerySet

from billing.debit_errors import DEBIT_RUN_DELIVERED, DEBIT_RUN_IS_BUSY
from billing.flows import withdraw_items
from billing.models import DebitBatch, DebitRun
from billing.states import BATCH_AWAITS, BatchState
from unipay.errors import Refusal
from unipay.exchange.flows import acknowledge
from unipay.exchange.models import SentFile, SentState


def lock_files(run_no: str) -> None:
    """Lock the run's files before the run itself: whoever delivers one holds it while its batch hears of it."""
    files = SentFile.objects.filter(pk__in=_batches(run_no).values("sent_file_id")).order_by("pk")
    list(files.select_for_update(of=["self"], no_key=True).values_list("pk", flat=True))


def require_undelivered(run: DebitRun) -> None:
    """Raise Refusal where a bank has a file of the run."""
    files = SentFile.objects.filter(pk__in=_batches(run.run_no).values("sent_file_id"))
    if files.filter(state__in=[SentState.DELIVERED, SentState.ACKNOWLEDGED]).exists():
        raise Refusal(DEBIT_RUN_DELIVERED)


def cancel(run: DebitRun, *, remark: str, by_id: int, now: datetime) -> DebitRun:
    """Cancel a run that the caller has locked, after its files; raises Refusal where a bank has one of them."""
    require_undelivered(run)
    batches = list(_batches(run.run_no).select_for_update(of=["self"], no_key=True).order_by("pk"))
    for batch in batches:
        if batch.state in (BatchState.CLOSED, BatchState.RETURNED):
            raise Refusal(DEBIT_RUN_DELIVERED)
        if batch.state in BATCH_AWAITS:
            _take_back(batch, now)
    withdraw_items.withdraw_all(run, reason=remark, now=now)
    run.approved_by_id = by_id
    run.cancel(remark=remark, now=now)
    run.save()
    return run


def _take_back(batch: DebitBatch, now: datetime) -> None:
    if batch.sent_file is None:
        raise Refusal(DEBIT_RUN_IS_BUSY)
    acknowledge.cancel(batch.sent_file, now=now)
    batch.cancel(now=now)
    batch.save()


def _batches(run_no: str) -> QuerySet[DebitBatch]:
    return DebitBatch.objects.filter(run__run_no=run_no)
