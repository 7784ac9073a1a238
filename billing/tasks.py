"""The doors of billing that the calendar and other flows open."""

from datetime import timedelta

from celery import shared_task

from billing.flows import (
    debit_calendar,
    debit_run,
    landing_sweep,
    last_day,
    overdue_returns,
    settle_return,
    take_up_debits,
    trial_balance,
)
from unipay import clock


@shared_task(name="billing.sweep_landings", ignore_result=True)
def sweep_landings() -> None:
    """Ask every province about recharges whose credit is in doubt, a task for each."""
    for province_id in landing_sweep.provinces_with_due(clock.now()):
        sweep_province.delay(province_id)


@shared_task(name="billing.sweep_province", ignore_result=True)
def sweep_province(province_id: int) -> None:
    """Ask one province about what is in doubt there; what is left is the next minute's."""
    landing_sweep.sweep(province_id, now=clock.now())


@shared_task(name="billing.refund_what_was_refused", ignore_result=True)
def refund_what_was_refused() -> None:
    """Give back what provinces refused to credit, once its last day has come."""
    now = clock.now()
    for recharge_no in last_day.refused_until_now(now):
        last_day.try_refund(recharge_no, now=now)


@shared_task(name="billing.advance_debit_run", ignore_result=True)
def advance_debit_run(run_no: str) -> None:
    """Take one debit run as far as it goes."""
    debit_run.advance(run_no, now=clock.now)


@shared_task(name="billing.settle_return", ignore_result=True)
def settle_one_return(return_no: str) -> None:
    """Settle one return file as far as it goes, and then its run."""
    returned = settle_return.settle(return_no, now=clock.now)
    if returned.batch is not None:
        debit_run.advance(returned.batch.run.run_no, now=clock.now)


@shared_task(name="billing.take_up_debits", ignore_result=True)
def take_up_run(run_no: str) -> None:
    """Settle what is open of one run's returns, and take the run further."""
    take_up_debits.take_up(run_no, now=clock.now)


@shared_task(name="billing.sweep_debits", ignore_result=True)
def sweep_debits() -> None:
    """Take up every debit run that may have something to do: what crashed, failed, or lost its wake-up."""
    for run_no in take_up_debits.waiting(now=clock.now()):
        take_up_run.delay(run_no)


@shared_task(name="billing.plan_debit_dates", ignore_result=True)
def plan_debit_dates() -> None:
    """Write down the debit dates of the next two months."""
    debit_calendar.plan(now=clock.now())


@shared_task(name="billing.open_debit_runs", ignore_result=True)
def open_debit_runs() -> None:
    """Open the debit runs of the day."""
    debit_calendar.open_due(now=clock.now())


@shared_task(name="billing.watch_debit_returns", ignore_result=True)
def watch_debit_returns() -> None:
    """Raise the alarm for request files that their banks left unanswered too long."""
    overdue_returns.sound(now=clock.now())


@shared_task(name="billing.take_trial_balance", ignore_result=True)
def take_trial_balance() -> None:
    """Check the ledger as it stands, and yesterday's lines."""
    now = clock.now()
    trial_balance.take(business_date=clock.business_date(now) - timedelta(days=1), now=now)
