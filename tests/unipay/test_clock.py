"""The business day is Shanghai's; moments are aware."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from unipay import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEW_YORK_WINTER = timezone(timedelta(hours=-5))


def test_now_is_aware_and_in_utc() -> None:
    with time_machine.travel(datetime(2026, 10, 1, 8, tzinfo=UTC), tick=False):
        moment = clock.now()

    assert moment == datetime(2026, 10, 1, 8, tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 1, 15, 59, 59, 999999, tzinfo=UTC), date(2026, 10, 1)),
        (datetime(2026, 10, 1, 16, 0, tzinfo=UTC), date(2026, 10, 2)),
        (datetime(2026, 12, 31, 11, 0, tzinfo=NEW_YORK_WINTER), date(2027, 1, 1)),
        (datetime(2026, 10, 2, 0, 0, tzinfo=clock.BUSINESS_ZONE), date(2026, 10, 2)),
    ],
)
def test_the_business_day_changes_at_midnight_in_shanghai(moment: datetime, day: date) -> None:
    assert clock.business_date(moment) == day


def test_a_business_day_starts_at_16_utc_the_day_before() -> None:
    assert clock.business_day_start(date(2026, 10, 1)) == datetime(2026, 9, 30, 16, tzinfo=UTC)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 10, 1)  # noqa: DTZ001

    with pytest.raises(ValueError, match="time zone"):
        clock.business_date(naive)
    with pytest.raises(ValueError, match="time zone"):
        clock.rfc3339(naive)


def test_a_business_date_is_read() -> None:
    assert clock.parse_business_date("2026-10-01") == date(2026, 10, 1)


@pytest.mark.parametrize(
    "text", ["", "20261001", "2026-10-1", "2026-02-30", "2026-W40-4", "01-10-2026", "2026-10-01T00:00", None]
)
def test_any_other_shape_of_date_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD|day is out of range"):
        clock.parse_business_date(text)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 1, 1), False),  # New Year
        (date(2026, 2, 17), False),  # Spring Festival, a Tuesday
        (date(2026, 2, 14), True),  # a Saturday worked for it
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 12), True),  # an ordinary Monday
        (date(2026, 10, 17), False),  # an ordinary Saturday
        (date(2003, 10, 1), True),  # before the calendar begins: Wednesday, the holiday is not known
        (date(2099, 10, 1), True),  # not yet published: Thursday
        (date(2099, 10, 3), False),  # not yet published: Saturday
    ],
)
def test_working_days_follow_the_published_calendar_or_else_the_week(day: date, working: bool) -> None:
    assert clock.is_working_day(day) is working


def test_a_moment_is_written_with_shanghais_offset() -> None:
    moment = datetime(2026, 10, 1, 0, 0, 0, 123999, tzinfo=UTC)

    assert clock.rfc3339(moment) == "2026-10-01T08:00:00+08:00"
    assert clock.rfc3339(moment, milliseconds=True) == "2026-10-01T08:00:00.123+08:00"


@given(
    st.integers(0, 4_000_000_000_000).map(lambda milliseconds: EPOCH + timedelta(milliseconds=milliseconds))
)
def test_every_moment_lies_within_its_business_day(moment: datetime) -> None:
    day = clock.business_date(moment)

    assert clock.business_day_start(day) <= moment < clock.business_day_start(day + timedelta(days=1))
    assert clock.rfc3339(moment).startswith(day.isoformat())
    assert datetime.fromisoformat(clock.rfc3339(moment)) == moment.replace(microsecond=0)
