"""The task that ends proposals nobody checked in time, and those that events overtook."""

from celery import shared_task

from unipay import clock
from unipay.approvals import proposals


@shared_task(name="approvals.settle", ignore_result=True)
def settle() -> None:
    """End what expired or was overtaken."""
    proposals.settle_due(now=clock.now())
