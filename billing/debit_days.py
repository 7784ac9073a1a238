"""On which days are bills debited, and until when has a bank time to answer? (domain.md C3) Days in, days out."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

IsWorkingDay = Callable[[date], bool]


def planned_dates(days: Iterable[int], *, first: date, last: date) -> Iterator[date]:
    """Yield the days of the month that fall between two dates, both included, in order.

    A day the month does not have (31 in June) is its last day; two that fall together are one.
    """
    month = first.replace(day=1)
    while month <= last:
        length = monthrange(month.year, month.month)[1]
        for day in sorted({min(day, length) for day in days}):
            planned = month.replace(day=day)
            if first <= planned <= last:
                yield planned
        month += timedelta(days=length)


def moved_off_holidays(planned: date, is_working_day: IsWorkingDay) -> date:
    """Return the planned day, or the next working day where banks don't work on it."""
    while not is_working_day(planned):
        planned += timedelta(days=1)
    return planned


def working_days_after(day: date, count: int, is_working_day: IsWorkingDay) -> date:
    """Return the day so many working days after `day`; with 0 the day itself."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def planned_until(day: date, *, months: int) -> date:
    """Return the same day so many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    length = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, length))
