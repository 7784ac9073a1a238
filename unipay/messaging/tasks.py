"""The tasks that empty the outbox. Losing one only costs time: the sweep finds what is still due."""

import time
from typing import Any

import structlog
from celery import shared_task

from unipay import clock
from unipay.messaging import claims, delivery, replays

_EXPIRES_SECONDS = 30
_REPLAY_SECONDS = 10.0
_PAUSE_SECONDS = 5.0
_pause_ends = 0.0

log = structlog.get_logger(__name__)


@shared_task(name="messaging.deliver", ignore_result=True)
def deliver(partner_id: int) -> None:
    """Call the partner until nothing is due to it; does nothing when somebody else already does."""
    if delivery.deliver_due(partner_id=partner_id, clock=clock.now).is_unfinished:
        wake(partner_id)


@shared_task(name="messaging.replay", ignore_result=True)
def replay(run_id: int) -> None:
    """Send again what a replay has left, for a turn, and wake delivery after each chunk."""
    ends = time.monotonic() + _REPLAY_SECONDS
    while (step := replays.advance(run_id, now=clock.now())).partner_id:
        wake(step.partner_id)
        if step.is_over:
            return
        if time.monotonic() > ends:
            wake_replay(run_id)
            return


@shared_task(name="messaging.sweep", ignore_result=True)
def sweep() -> None:
    """Wake delivery for every partner something is due to, and replays nobody works at."""
    for partner_id in claims.partners_with_due_messages(now=clock.now()):
        wake(partner_id)
    for run_id in replays.left_alone(now=clock.now()):
        wake_replay(run_id)


def wake_replay(run_id: int) -> None:
    """Ask a worker to go on with a replay; the sweep does when this is lost."""
    _ask(replay, run_id)


def wake(partner_id: int) -> None:
    """Ask a worker to deliver to the partner; a broker that is down is logged, and not asked again for 5 s."""
    _ask(deliver, partner_id)


def _ask(task: Any, number: int) -> None:
    global _pause_ends
    began = time.monotonic()
    if began < _pause_ends:
        log.info("wake_left_to_sweep", task=task.name, number=number)
        return
    if _pause_ends:
        # One finds out whether the broker is back; nobody else waits for it meanwhile.
        _pause_ends = began + _PAUSE_SECONDS
    try:
        task.apply_async((number,), retry=False, expires=_EXPIRES_SECONDS)
        _pause_ends = 0.0
    except Exception as error:
        _pause_ends = time.monotonic() + _PAUSE_SECONDS
        log.warning("wake_failed", task=task.name, number=number, error=repr(error))
