"""The doors of reconciliation that the calendar and other flows open."""

from celery import shared_task

from reconciliation.flows import advance
from unipay import clock


@shared_task(name="reconciliation.advance", ignore_result=True)
def advance_run(run_no: str) -> None:
    """Take one run as far as it goes."""
    advance.advance(run_no, now=clock.now)


@shared_task(name="reconciliation.sweep", ignore_result=True)
def sweep() -> None:
    """Take up every run that may have something to do: what crashed, what failed, what waited for its turn."""
    for run_no in advance.unfinished(now=clock.now()):
        advance_run.delay(run_no)
