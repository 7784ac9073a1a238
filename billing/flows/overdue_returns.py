"""What happens when a bank leaves a request file unanswered too long (domain.md C3): operations hear of it."""

from datetime import datetime

from django.db.models import QuerySet

from billing import alarms
from billing.models import DebitBatch
from billing.states import BATCH_AWAITS


def overdue(*, now: datetime) -> QuerySet[DebitBatch]:
    """Return the batches whose answer is due and not complete."""
    waiting = DebitBatch.objects.filter(state__in=BATCH_AWAITS, answer_due_at__lte=now)
    return waiting.select_related("run__arrangement__bank").order_by("answer_due_at", "pk")


def sound(*, now: datetime) -> int:
    """Raise the alarm for each of them, and return how many there are."""
    late = list(overdue(now=now))
    for batch in late:
        bank = batch.run.arrangement.bank.code
        alarms.sound("debit_return_overdue", partner=bank, batch_no=batch.batch_no, state=batch.state)
    return len(late)
