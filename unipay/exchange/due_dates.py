"""For which business dates a file is expected, and until when: values in, values out."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from unipay.clock import BUSINESS_ZONE, is_working_day
from unipay.exchange.models.expectation import FileExpectation, Rhythm

_DAY = timedelta(days=1)
_LAST = -1


def business_dates(expectation: FileExpectation, *, first: date, last: date) -> Iterator[date]:
    """Yield the business dates from `first` to `last` for which the expectation wants a file."""
    day = max(first, expectation.starts_on)
    while day <= last:
        if _is_wanted(expectation, day):
            yield day
        day += _DAY


def due_at(expectation: FileExpectation, day: date) -> datetime:
    """Return until when the file of the business date must have come."""
    step = _next_working_day if expectation.skips_holidays else _next_day
    due = day
    for _turn in range(expectation.due_days):
        due = step(due)
    if expectation.skips_holidays and not is_working_day(due):
        due = _next_working_day(due)
    return datetime.combine(due, expectation.due_time, BUSINESS_ZONE)


def _is_wanted(expectation: FileExpectation, day: date) -> bool:
    if expectation.rhythm == Rhythm.WORKING_DAYS:
        return is_working_day(day)
    if expectation.rhythm == Rhythm.MONTHLY:
        last = calendar.monthrange(day.year, day.month)[1]
        return day.day == (last if expectation.day_of_month == _LAST else expectation.day_of_month)
    return True


def _next_day(day: date) -> date:
    return day + _DAY


def _next_working_day(day: date) -> date:
    day += _DAY
    while not is_working_day(day):
        day += _DAY
    return day
