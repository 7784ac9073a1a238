"""For which days a file must come, and until when, across a real National Day (1 to 7 October 2026)."""

from datetime import date, datetime, time

import pytest

from unipay.clock import BUSINESS_ZONE
from unipay.exchange.due_dates import business_dates, due_at
from unipay.exchange.models import FileExpectation


def expectation(rhythm: str = "DAILY", **fields: object) -> FileExpectation:
    given: dict[str, object] = {"due_time": time(9), "starts_on": date(2026, 1, 1), **fields}
    return FileExpectation(rhythm=rhythm, **given)


@pytest.mark.parametrize(
    ("wanted", "first", "last", "days"),
    [
        (expectation(), date(2026, 11, 1), date(2026, 11, 3), [1, 2, 3]),
        (expectation(starts_on=date(2026, 11, 3)), date(2026, 11, 1), date(2026, 11, 4), [3, 4]),
        (expectation("WORKING_DAYS"), date(2026, 9, 30), date(2026, 10, 9), [30, 8, 9]),
        (expectation("MONTHLY", day_of_month=5), date(2026, 10, 1), date(2026, 11, 30), [5, 5]),
        (expectation("MONTHLY", day_of_month=-1), date(2026, 2, 1), date(2026, 4, 29), [28, 31]),
        (expectation("MONTHLY", day_of_month=-1), date(2028, 2, 1), date(2028, 2, 29), [29]),
    ],
)
def test_a_rhythm_wants_these_days(wanted: FileExpectation, first: date, last: date, days: list[int]) -> None:
    assert [day.day for day in business_dates(wanted, first=first, last=last)] == days


@pytest.mark.parametrize(
    ("due_days", "skips_holidays", "day", "due"),
    [
        (0, False, date(2026, 10, 1), date(2026, 10, 1)),
        (1, False, date(2026, 9, 30), date(2026, 10, 1)),
        (1, True, date(2026, 9, 30), date(2026, 10, 8)),
        (2, True, date(2026, 9, 30), date(2026, 10, 9)),
        (0, True, date(2026, 10, 1), date(2026, 10, 8)),
        (1, True, date(2026, 11, 20), date(2026, 11, 23)),
    ],
)
def test_a_file_is_due_some_days_after_its_business_date(
    due_days: int, skips_holidays: bool, day: date, due: date
) -> None:
    wanted = expectation(due_days=due_days, skips_holidays=skips_holidays)

    assert due_at(wanted, day) == datetime.combine(due, time(9), BUSINESS_ZONE)
