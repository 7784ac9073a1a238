"""The tasks that empty the outbox. Losing one only costs time: the sweep finds what is still due."""

import time

import structlog
from celery import shared_task

from unipay import clock
from unipay.messaging import claims, delivery

_EXPIRES_SECONDS = 30
_PAUSE_SECONDS = 5.0
_pause_ends = 0.0

log = structlog.get_logger(__name__)


@shared_task(name="messaging.deliver", ignore_result=True)
def deliver(partner_id: int) -> None:
    """Call the partner until nothing is due to it; does nothing when somebody else already does."""
    if delivery.deliver_due(partner_id=partner_id, clock=clock.now).is_unfinished:
        wake(partner_id)


@shared_task(name="messaging.sweep", ignore_result=True)
def sweep() -> None:
    """Wake delivery for every partner something is due to."""
    for partner_id in claims.partners_with_due_messages(now=clock.now()):
        wake(partner_id)


def wake(partner_id: int) -> None:
    """Ask a worker to deliver to the partner; a broker that is down is logged, and not asked again for 5 s."""
    global _pause_ends
    began = time.monotonic()
    if began < _pause_ends:
        log.info("wake_left_to_sweep", partner_id=partner_id)
        return
    if _pause_ends:
        # One finds out whether the broker is back; nobody else waits for it meanwhile.
        _pause_ends = began + _PAUSE_SECONDS
    try:
        deliver.apply_async((partner_id,), retry=False, expires=_EXPIRES_SECONDS)
        _pause_ends = 0.0
    except Exception as error:
        _pause_ends = time.monotonic() + _PAUSE_SECONDS
        log.warning("wake_failed", partner_id=partner_id, error=repr(error))
