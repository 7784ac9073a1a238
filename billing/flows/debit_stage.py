"""The transaction in which a debit run moves from one stage to the next, and what its stages are told."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.debit_errors import DEBIT_RUN_NOT_FOUND, DEBIT_RUN_STAGE
from billing.models import DebitRun
from unipay import exclusive
from unipay.errors import Refusal

Clock = Callable[[], datetime]

_NAMESPACE = 51  # keeps these advisory locks apart from those of other subjects


@dataclass(frozen=True)
class Work:
    """A run to take further, as it stood when the stage began."""

    run: DebitRun
    now: Clock


def exclusively(run_id: int) -> AbstractContextManager[bool]:
    """Hold the run, its batches and its returns while the block runs; yields False where another worker does."""
    return exclusive.exclusively(_NAMESPACE, run_id)


def hold_until_commit(run_id: int) -> bool:
    """Hold the same until the transaction at hand ends; False where a worker does."""
    return exclusive.hold_until_commit(_NAMESPACE, run_id)


def locked(run_no: str) -> DebitRun:
    """Return the run's row, locked; raises Refusal where there is none."""
    rows = DebitRun.objects.select_for_update(of=["self"], no_key=True).select_related("arrangement__bank")
    run = rows.filter(run_no=run_no).first()
    if run is None:
        raise Refusal(DEBIT_RUN_NOT_FOUND)
    return run


def require_stage(run: DebitRun, *states: str) -> None:
    """Raise Refusal when the run is at none of these stages any more."""
    if run.state not in states:
        raise Refusal(DEBIT_RUN_STAGE, _("It is: %(state)s.") % {"state": run.get_state_display()})


@contextmanager
def moving(run: DebitRun, *states: str) -> Iterator[DebitRun]:
    """Yield the run's row, locked, inside a transaction; raises Refusal when it is at none of these stages any more."""
    with transaction.atomic():
        current = locked(run.run_no)
        require_stage(current, *states)
        yield current
        if current.attempts:
            DebitRun.objects.filter(pk=run.pk).update(attempts=0, next_attempt_at=None, last_error="")
