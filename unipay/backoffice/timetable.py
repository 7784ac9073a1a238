"""When an entry of the calendar runs next, and whether it is late. Values in, values out."""

from datetime import datetime, timedelta
from typing import Any

_PATIENCE = timedelta(minutes=5)
_LEAST = timedelta(seconds=30)


def next_run(schedule: Any, *, last: datetime, now: datetime) -> datetime:
    """Return the moment a Celery schedule that ran last at `last` is due next; never before `now`."""
    return max(now, now + _remaining(schedule, last))


def is_late(schedule: Any, *, last: datetime) -> bool:
    """Tell whether it should have run long ago: three turns of an interval, five minutes of a time of day."""
    pause = getattr(schedule, "run_every", None)
    patience = max(2 * pause, _LEAST) if isinstance(pause, timedelta) else _PATIENCE
    return _remaining(schedule, last) < -patience


def _remaining(schedule: Any, last: datetime) -> timedelta:
    remaining: timedelta = schedule.remaining_estimate(schedule.maybe_make_aware(last))
    return remaining
