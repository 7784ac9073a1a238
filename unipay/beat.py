"""The beat that keeps the calendar of the admin: while the database is away it waits, and goes on when it is back."""

import time
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections
from django_celery_beat.schedulers import SCHEDULE_SYNC_MAX_INTERVAL, DatabaseScheduler

PAUSE_SECONDS = 1.0
_AWAY = (DatabaseError, InterfaceError)

log = structlog.get_logger(__name__)


class Scheduler(DatabaseScheduler):  # type: ignore[misc]
    """django-celery-beat's scheduler, which otherwise ends when it reads the calendar at the wrong moment."""

    def setup_schedule(self) -> None:
        """Read the calendar for the first time, as soon as the database answers."""
        while True:
            try:
                super().setup_schedule()
                return
            except _AWAY as error:
                self._wait_for_database(error)
                self._initial_read = True
                time.sleep(PAUSE_SECONDS)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return the seconds until something else is."""
        try:
            return float(super().tick(*args, **kwargs))
        except _AWAY as error:
            self._wait_for_database(error)
            # What could not be read is overdue, and read at the next tick.
            self._last_full_sync -= timedelta(seconds=SCHEDULE_SYNC_MAX_INTERVAL)
            return PAUSE_SECONDS

    def _wait_for_database(self, error: Exception) -> None:
        log.warning("beat_waits_for_database", error=repr(error))
        close_old_connections()
