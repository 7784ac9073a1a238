"""Wakes a worker for a debit run or a return file; the sweep finds what a lost wake-up left."""

from functools import partial

import structlog
from celery import current_app
from django.db import transaction

RUN, RETURN = "billing.advance_debit_run", "billing.settle_return"
_EXPIRES_SECONDS = 60

log = structlog.get_logger(__name__)


def after_commit(task: str, number: str) -> None:
    """Ask a worker to go on with it once the transaction at hand has committed."""
    transaction.on_commit(partial(_at_once, task, number), robust=True)


def _at_once(task: str, number: str) -> None:
    """A broker that is down is logged and waited for by nobody."""
    try:
        current_app.send_task(task, (number,), retry=False, expires=_EXPIRES_SECONDS)
    except Exception as error:
        log.warning("wake_failed", task=task, number=number, error=repr(error))
