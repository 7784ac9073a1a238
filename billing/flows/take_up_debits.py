"""What happens when the calendar takes up what a crash, a failure or a lost wake-up left of debits (domain.md C3): run
by run, first the returns that are still open, then the run itself, so that neither stands in the other's way.
"""

from contextlib import suppress
from datetime import datetime

from django.db.models import Q

from billing.flows import debit_run, settle_return
from billing.flows.debit_stage import Clock
from billing.models import DebitReturn, DebitRun
from billing.states import ReturnState


def waiting(*, now: datetime) -> list[str]:
    """Return the numbers of the runs that may have something to do, for a task each."""
    returning = DebitReturn.objects.filter(state=ReturnState.OPEN, batch__isnull=False)
    runs = DebitRun.objects.filter(
        Q(pk__in=debit_run.due(now=now).values("pk")) | Q(pk__in=returning.values("batch__run"))
    )
    return list(runs.order_by("pk").values_list("run_no", flat=True))


def take_up(run_no: str, *, now: Clock) -> None:
    """Settle the run's open returns as far as they go, and take the run itself further where it is due."""
    for return_no in settle_return.unsettled(run_no):
        # What fails is noted on the return and tried again; the others, and the run, don't wait for it.
        with suppress(Exception):
            settle_return.settle(return_no, now=now)
    if debit_run.due(now=now()).filter(run_no=run_no).exists():
        debit_run.advance(run_no, now=now)
