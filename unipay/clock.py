"""Moments are aware and kept in UTC; the business day is the day in Asia/Shanghai."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import chinese_calendar

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

_SATURDAY = 5


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def business_date(moment: datetime) -> date:
    """Return the day in Asia/Shanghai on which the moment falls; raises ValueError for a naive moment."""
    return _require_aware(moment).astimezone(BUSINESS_ZONE).date()


def business_day_start(day: date) -> datetime:
    """Return midnight in Asia/Shanghai at which the business day begins, in UTC."""
    return datetime.combine(day, time(), BUSINESS_ZONE).astimezone(UTC)


def parse_business_date(text: str) -> date:
    """Read "2026-10-01" strictly; raises ValueError for any other shape or a day that does not exist."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("a business date is written YYYY-MM-DD")
    return date.fromisoformat(text)


def is_working_day(day: date) -> bool:
    """Tell whether banks work on this day, by the State Council's calendar of holidays and make-up days.

    The calendar is published a year at a time. Outside the years chinese_calendar knows, Monday to Friday
    count as working days and public holidays are not seen.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def rfc3339(moment: datetime, *, milliseconds: bool = False) -> str:
    """Write a moment as partners read it, "2026-10-01T08:00:00+08:00"; raises ValueError for a naive moment.

    Fractions are cut off, never rounded up.
    """
    local = _require_aware(moment).astimezone(BUSINESS_ZONE)
    return local.isoformat(timespec="milliseconds" if milliseconds else "seconds")


def _require_aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return moment
