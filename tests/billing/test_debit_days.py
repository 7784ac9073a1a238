"""The days of a month on which bills are debited."""

from datetime import date

import pytest

from billing.debit_days import moved_off_holidays, planned_dates, planned_until, working_days_after
from unipay.clock import is_working_day


@pytest.mark.parametrize(
    ("days", "first", "last", "planned"),
    [
        ([5, 15, 25], date(2026, 11, 6), date(2026, 12, 5), ["11-15", "11-25", "12-05"]),
        ([31], date(2026, 2, 1), date(2026, 4, 30), ["02-28", "03-31", "04-30"]),
        ([30, 31], date(2026, 2, 1), date(2026, 3, 31), ["02-28", "03-30", "03-31"]),
        ([25, 5], date(2026, 12, 1), date(2027, 1, 10), ["12-05", "12-25", "01-05"]),
        ([5], date(2026, 11, 6), date(2026, 12, 4), []),
    ],
)
def test_days_of_the_month_are_dates(days: list[int], first: date, last: date, planned: list[str]) -> None:
    assert [f"{day:%m-%d}" for day in planned_dates(days, first=first, last=last)] == planned


@pytest.mark.parametrize(
    ("planned", "moved"),
    [
        (date(2026, 11, 5), date(2026, 11, 5)),
        (date(2026, 11, 15), date(2026, 11, 16)),
        (date(2026, 10, 5), date(2026, 10, 8)),
    ],
    ids=["a working day", "a Sunday", "the National Day holidays"],
)
def test_holidays_are_moved_off(planned: date, moved: date) -> None:
    assert moved_off_holidays(planned, is_working_day) == moved


def test_a_bank_answers_in_working_days() -> None:
    friday = date(2026, 11, 6)

    assert working_days_after(friday, 2, is_working_day) == date(2026, 11, 10)
    assert working_days_after(friday, 0, is_working_day) == friday


def test_two_months_on_is_no_later_than_the_end_of_that_month() -> None:
    assert planned_until(date(2026, 12, 31), months=2) == date(2027, 2, 28)
