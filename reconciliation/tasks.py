"""The doors of reconciliation that the calendar and other flows open."""

from celery import shared_task

from reconciliation.flows import advance, resend, run_figures
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


@shared_task(name="reconciliation.resend", ignore_result=True)
def resend_corrections() -> None:
    """Send provinces again what they left unanswered, a task for each run."""
    for run_no in resend.due(now=clock.now()):
        resend_run.delay(run_no)


@shared_task(name="reconciliation.resend_run", ignore_result=True)
def resend_run(run_no: str) -> None:
    """Send one province again what it left unanswered in one run."""
    resend.resend(run_no, now=clock.now())


@shared_task(name="reconciliation.refresh_figures", ignore_result=True)
def refresh_figures() -> None:
    """Count what the runs that moved have found."""
    run_figures.refresh(now=clock.now())
