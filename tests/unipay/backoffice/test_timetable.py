from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import schedule
from django_celery_beat.tzcrontab import TzAwareCrontab

from unipay.backoffice import timetable
from unipay.clock import BUSINESS_ZONE

MINUTE = timedelta(minutes=1)


def now() -> datetime:
    return datetime.now(UTC)


def test_an_interval_is_due_a_pause_after_it_ran() -> None:
    moment = now()

    due = timetable.next_run(schedule(10 * MINUTE), last=moment - 4 * MINUTE, now=moment)

    assert abs(due - (moment + 6 * MINUTE)) < timedelta(seconds=2)


def test_what_is_overdue_is_due_now() -> None:
    moment = now()

    assert timetable.next_run(schedule(MINUTE), last=moment - 10 * MINUTE, now=moment) == moment


def test_a_daily_entry_is_due_at_its_time_in_shanghai() -> None:
    moment = now()
    daily = TzAwareCrontab(hour="20", minute="5", tz=BUSINESS_ZONE)

    due = timetable.next_run(daily, last=moment, now=moment).astimezone(BUSINESS_ZONE)

    assert abs(due - due.replace(hour=20, minute=5, second=0, microsecond=0)) < timedelta(seconds=2)
    assert moment < due <= moment + timedelta(days=1)


@pytest.mark.parametrize(
    ("pause", "ago", "is_late"),
    [
        (timedelta(seconds=5), timedelta(seconds=30), False),
        (timedelta(seconds=5), timedelta(seconds=40), True),
        (10 * MINUTE, 29 * MINUTE, False),
        (10 * MINUTE, 31 * MINUTE, True),
    ],
)
def test_an_interval_is_late_after_three_turns_and_half_a_minute(
    pause: timedelta, ago: timedelta, is_late: bool
) -> None:
    assert timetable.is_late(schedule(pause), last=now() - ago) == is_late


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (2, True)])
def test_a_daily_entry_is_late_when_its_time_went_by(days: int, is_late: bool) -> None:
    daily = TzAwareCrontab(hour="20", minute="5", tz=BUSINESS_ZONE)

    assert timetable.is_late(daily, last=now() - timedelta(days=days)) == is_late
