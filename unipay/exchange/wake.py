"""Wakes workers for files, by the names of their tasks; the sweep finds what a lost wake-up left."""

from functools import partial

import structlog
from celery import current_app
from django.db import transaction

CHECK, DELIVER, LOOK = "exchange.check", "exchange.deliver", "exchange.look"

_EXPIRES_SECONDS = 60

log = structlog.get_logger(__name__)


def after_commit(task: str, pk: int) -> None:
    """Ask a worker to see to the row once the transaction at hand has committed."""
    transaction.on_commit(partial(at_once, task, pk), robust=True)


def at_once(task: str, pk: int) -> bool:
    """Ask a worker; false where the broker is down, which is logged and left to the sweep."""
    try:
        current_app.send_task(task, (pk,), retry=False, expires=_EXPIRES_SECONDS)
    except Exception as error:
        log.warning("wake_failed", task=task, number=pk, error=repr(error))
        return False
    return True
