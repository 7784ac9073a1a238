"""The doors that the calendar opens for the simulated partners; there are none where the sandbox is not installed."""

from celery import shared_task

from unipay import clock
from unipay.sandbox import by_itself


@shared_task(name=by_itself.PROVINCES_BILL, ignore_result=True)
def provinces_bill() -> None:
    """Provinces bill for the last month."""
    by_itself.provinces_bill(now=clock.now())


@shared_task(name=by_itself.BANKS_ANSWER, ignore_result=True)
def banks_answer() -> None:
    """Banks answer what they were asked."""
    by_itself.banks_answer(now=clock.now())
