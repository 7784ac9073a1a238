"""The calendar plans, people change it, and on its day a run begins (domain.md C3)."""

from datetime import date, datetime, time, timedelta

import pytest

from billing.flows import debit_calendar
from billing.models import Arrangement, DebitDate, DebitRun
from tests.billing.debits import arranged
from tests.signing.factories import the_province
from unipay import clock
from unipay.errors import Refusal

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 2)
NOW = datetime.combine(TODAY, time(6), clock.BUSINESS_ZONE)


@pytest.fixture
def arrangement(db: None) -> Arrangement:
    """An arrangement of the usual three days."""
    the_province()
    return arranged()


def dates() -> list[str]:
    """The planned days and those that hold."""
    rows = DebitDate.objects.order_by("planned_date")
    return [f"{row.planned_date:%m-%d} {row.date:%m-%d}" for row in rows]


def test_two_months_are_planned_off_holidays(arrangement: Arrangement) -> None:
    assert debit_calendar.plan(now=NOW) == 6

    assert dates() == [
        "11-05 11-05",
        "11-15 11-16",
        "11-25 11-25",
        "12-05 12-07",
        "12-15 12-15",
        "12-25 12-25",
    ]
    assert debit_calendar.plan(now=NOW) == 0


def test_what_people_moved_or_skipped_stays_so(arrangement: Arrangement) -> None:
    debit_calendar.plan(now=NOW)
    first, second, *_rest = DebitDate.objects.order_by("planned_date")
    debit_calendar.move(first.pk, to=date(2026, 11, 10), remark="the bank is closed", now=NOW)
    debit_calendar.skip(second.pk, remark="too few bills")
    Arrangement.objects.update(days=[25])

    debit_calendar.plan(now=NOW)

    assert dates() == ["11-05 11-10", "11-15 11-16", "11-25 11-25", "12-25 12-25"]
    assert DebitDate.objects.get(pk=second.pk).is_skipped


def test_a_date_is_not_moved_onto_another_or_into_the_past(arrangement: Arrangement) -> None:
    debit_calendar.plan(now=NOW)
    first = DebitDate.objects.earliest("planned_date")

    for to, code in ((date(2026, 11, 25), "debit_date_taken"), (date(2026, 11, 1), "debit_date_past")):
        with pytest.raises(Refusal) as refused:
            debit_calendar.move(first.pk, to=to, remark="why not", now=NOW)
        assert refused.value.reason.code == code

    assert DebitDate.objects.get(pk=first.pk).date == date(2026, 11, 5)


def test_on_its_day_a_run_begins_by_itself_and_once(arrangement: Arrangement) -> None:
    debit_calendar.plan(now=NOW)
    day = NOW + timedelta(days=3)

    assert debit_calendar.open_due(now=NOW) == []
    (run,) = debit_calendar.open_due(now=day)

    assert (run.debit_date, DebitDate.objects.get(run=run).date) == (date(2026, 11, 5), date(2026, 11, 5))
    assert debit_calendar.open_due(now=day) == []
    with pytest.raises(Refusal) as refused:
        debit_calendar.skip(DebitDate.objects.get(run=run).pk, remark="too late")
    assert refused.value.reason.code == "debit_date_over"


def test_what_a_standstill_missed_is_made_up_for(arrangement: Arrangement) -> None:
    debit_calendar.plan(now=NOW)

    assert len(debit_calendar.open_due(now=NOW + timedelta(days=5))) == 1


def test_days_that_fall_together_behind_a_holiday_are_one_run(arrangement: Arrangement) -> None:
    Arrangement.objects.update(days=[1, 5])
    before = datetime.combine(date(2026, 9, 30), time(6), clock.BUSINESS_ZONE)
    debit_calendar.plan(now=before)
    assert dates()[:2] == ["10-01 10-08", "10-05 10-08"]

    opened = debit_calendar.open_due(now=before + timedelta(days=8))

    assert [run.debit_date for run in opened] == [date(2026, 10, 8)]
    first, second = DebitDate.objects.order_by("planned_date")[:2]
    assert (first.run, second.run, second.is_skipped) == (opened[0], None, True)


@pytest.mark.parametrize("changed", [{"is_active": False}, {"runs_by_itself": False}])
def test_some_arrangements_wait_for_people(arrangement: Arrangement, changed: dict[str, bool]) -> None:
    debit_calendar.plan(now=NOW)
    Arrangement.objects.update(**changed)

    assert debit_calendar.open_due(now=NOW + timedelta(days=3)) == []
    assert not DebitRun.objects.exists()


def test_a_skipped_date_begins_nothing_until_it_is_restored(arrangement: Arrangement) -> None:
    debit_calendar.plan(now=NOW)
    first = DebitDate.objects.earliest("planned_date")
    debit_calendar.skip(first.pk, remark="holiday of the bank")

    assert debit_calendar.open_due(now=NOW + timedelta(days=3)) == []

    debit_calendar.restore(first.pk, remark="it works after all")
    assert len(debit_calendar.open_due(now=NOW + timedelta(days=3))) == 1
