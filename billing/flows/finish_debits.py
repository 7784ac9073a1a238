"""What happens when the request files of a run are out (domain.md C3): one that its bank refused as a whole is written
anew, a batch whose items all have their end is closed, and a run without an open batch too.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from billing.flows import write_requests
from billing.flows.debit_stage import Work, locked
from billing.models import DebitBatch, DebitItem, DebitRun
from billing.states import BATCH_AWAITS, ITEM_OPEN, BatchState, ItemState, RunState


def finish(work: Work) -> bool:
    """Do what is left to do for the run; tells whether it is closed."""
    if not work.run.is_stopped:
        for batch in _refused(work.run):
            write_requests.write_anew(batch, now=work.now())
    return close_what_is_answered(work.run, now=work.now())


@transaction.atomic
def close_what_is_answered(seen: DebitRun, *, now: datetime) -> bool:
    """Close the batches whose items all have their end, and with the last one the run; tells whether that is closed."""
    run = locked(seen.run_no)
    unanswered = DebitItem.objects.filter(batch=OuterRef("pk"), state=ItemState.SENT)
    answered = DebitBatch.objects.filter(~Exists(unanswered), run=run, state__in=BATCH_AWAITS)
    for batch in answered.select_for_update(of=["self"], no_key=True).order_by("pk"):
        batch.close(now=now)
        batch.save()
    if run.state != RunState.SENT or DebitItem.objects.filter(run=run, state__in=ITEM_OPEN).exists():
        return False
    run.close(now=now)
    run.save()
    return True


def _refused(run: DebitRun) -> QuerySet[DebitBatch]:
    """The refused batches of the run that no other one took the place of."""
    waiting = DebitItem.objects.filter(batch=OuterRef("pk"), state=ItemState.SENT)
    refused = DebitBatch.objects.filter(Exists(waiting), run=run, state=BatchState.SUPERSEDED)
    return refused.select_related("run").order_by("pk")
