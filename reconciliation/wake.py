"""Wakes a worker for a run that people let go on; the sweep finds what a lost wake-up left."""

from functools import partial

import structlog
from celery import current_app
from django.db import transaction

_TASK = "reconciliation.advance"
_EXPIRES_SECONDS = 60

log = structlog.get_logger(__name__)


def after_commit(run_no: str) -> None:
    """Ask a worker to go on with the run once the transaction at hand has committed."""
    transaction.on_commit(partial(_at_once, run_no), robust=True)


def _at_once(run_no: str) -> None:
    """A broker that is down is logged and waited for by nobody."""
    try:
        current_app.send_task(_TASK, (run_no,), retry=False, expires=_EXPIRES_SECONDS)
    except Exception as error:
        log.warning("wake_failed", task=_TASK, run_no=run_no, error=repr(error))
