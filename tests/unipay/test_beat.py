"""The beat bears that the database goes away, and reads the calendar anew when it is back."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django_celery_beat.models import PeriodicTask

from unipay import beat
from unipay.celery import app
from unipay.schedule import SCHEDULE

pytestmark = pytest.mark.django_db


class AwayDatabase:
    """Fails so many times at reading the calendar, then reads it."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.pauses: list[float] = []

    def read(self) -> list[PeriodicTask]:
        if self.failures:
            raise self.failures.pop(0)
        return list(PeriodicTask.objects.filter(enabled=True))


@pytest.fixture(autouse=True)
def calendar() -> None:
    call_command("sync_schedule", verbosity=0)


def scheduler_on(database: AwayDatabase, monkeypatch: pytest.MonkeyPatch) -> beat.Scheduler:
    monkeypatch.setattr(beat.Scheduler, "enabled_models", lambda scheduler: database.read())
    monkeypatch.setattr(beat.time, "sleep", database.pauses.append)
    monkeypatch.setattr(beat, "close_old_connections", lambda: None)
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    return beat.Scheduler(app=app)


def test_a_beat_that_starts_before_the_database_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    database = AwayDatabase(OperationalError("starting up"), InterfaceError("connection already closed"))

    scheduler = scheduler_on(database, monkeypatch)

    assert database.pauses == [beat.PAUSE_SECONDS] * 2
    assert {entry.task for entry in scheduler.schedule.values()} == {entry.task for entry in SCHEDULE}


def test_a_database_that_goes_away_costs_the_beat_no_more_than_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = AwayDatabase()
    scheduler = scheduler_on(database, monkeypatch)
    database.failures = [OperationalError("server closed the connection unexpectedly")]
    scheduler._last_full_sync -= timedelta(minutes=5)
    PeriodicTask.objects.exclude(task="messaging.sweep").update(enabled=False)

    while_away = scheduler.tick()
    kept = set(scheduler._schedule)
    scheduler.tick()

    assert while_away == beat.PAUSE_SECONDS
    assert len(kept) == len(SCHEDULE)
    assert [entry.task for entry in scheduler._schedule.values()] == ["messaging.sweep"]
