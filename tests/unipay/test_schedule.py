"""The calendar: everything in it can run, and what operators changed stays changed."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from unipay import celery_app
from unipay.management.commands import sync_schedule
from unipay.schedule import SCHEDULE, Daily, Entry, Every, shipped

pytestmark = pytest.mark.django_db


def ship(monkeypatch: pytest.MonkeyPatch, *entries: Entry) -> None:
    monkeypatch.setattr(sync_schedule, "SCHEDULE", entries)
    call_command("sync_schedule")


def entry(when: Every | Daily, *, task: str = "unipay.heartbeat", why: str = "because") -> Entry:
    return Entry(task, when, why)


def every(seconds: int) -> Every:
    return Every(timedelta(seconds=seconds))


@pytest.mark.parametrize("task", [line.task for line in SCHEDULE])
def test_every_scheduled_task_exists(task: str) -> None:
    celery_app.loader.import_default_modules()

    assert task in celery_app.tasks


def test_the_schedule_is_written_into_the_calendar() -> None:
    call_command("sync_schedule")

    row = PeriodicTask.objects.get(name="unipay.heartbeat")
    assert (row.task, row.interval.every, row.interval.period) == ("unipay.heartbeat", 10, "seconds")
    assert (row.enabled, row.expire_seconds) == (True, 30)
    assert row.description.endswith("\nUnipay: every 10 seconds")
    assert "定时器" in row.description.splitlines()[0]
    assert "beat" in row.description.splitlines()[1]
    assert PeriodicTask.objects.count() == len(SCHEDULE)


def test_what_simulated_partners_do_is_shipped_only_with_them() -> None:
    centre, whole = (
        {line.task for line in shipped(with_sandbox=with_sandbox)} for with_sandbox in (False, True)
    )

    assert whole - centre == {"sandbox.provinces_bill", "sandbox.banks_answer"}
    assert not {task for task in centre if task.startswith("sandbox.")}


def test_a_daily_entry_runs_by_the_clock_of_shanghai(monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, entry(Daily(20, 5)))

    row = PeriodicTask.objects.get()
    assert (row.crontab.hour, row.crontab.minute, str(row.crontab.timezone)) == ("20", "5", "Asia/Shanghai")
    assert (row.interval, row.expire_seconds) == (None, None)


def test_an_entry_nobody_edited_follows_what_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, entry(every(10)))

    ship(monkeypatch, entry(Daily(3), why="at night"))

    row = PeriodicTask.objects.get()
    assert (row.interval, row.crontab.hour) == (None, "3")
    assert "at night" in row.description


def test_an_edited_time_and_a_switched_off_entry_stay_as_they_were_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ship(monkeypatch, entry(every(10)))
    slower = IntervalSchedule.objects.create(every=5, period=IntervalSchedule.MINUTES)
    PeriodicTask.objects.update(interval=slower, enabled=False)

    ship(monkeypatch, entry(every(20)))
    ship(monkeypatch, entry(every(30)))

    row = PeriodicTask.objects.get()
    assert (row.interval, row.enabled) == (slower, False)
    assert row.description.endswith("\nUnipay: every 30 seconds")


def test_an_edited_weekday_counts_as_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, entry(Daily(3)))
    CrontabSchedule.objects.update(day_of_week="1-5")

    ship(monkeypatch, entry(Daily(4)))

    row = PeriodicTask.objects.get()
    assert (row.crontab.hour, row.crontab.day_of_week) == ("3", "1-5")


def test_what_is_shipped_no_more_goes_and_what_operators_added_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, entry(every(10)), entry(every(10), task="unipay.gone"))
    PeriodicTask.objects.create(
        name="our own", task="unipay.heartbeat", interval=IntervalSchedule.objects.get()
    )

    ship(monkeypatch, entry(every(10)))

    assert set(PeriodicTask.objects.values_list("name", flat=True)) == {"unipay.heartbeat", "our own"}
