"""Files that must come: written down ahead, arrived, late, missing, empty without a word, waived."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from tests.unipay.exchange.factories import (
    NOW,
    YESTERDAY,
    make_expectation,
    make_expected,
    make_received,
)
from unipay.errors import Refusal
from unipay.exchange.alarms import RAISED
from unipay.exchange.flows import expect
from unipay.exchange.models import ExpectedFile, FileExpectation

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def alarms(name: str) -> float:
    return RAISED.labels(name, "ICBC")._value.get()


def test_what_must_come_is_written_down_five_weeks_ahead_and_only_once() -> None:
    make_expectation(due_days=1)

    first, second = expect.make_ahead(now=NOW), expect.make_ahead(now=NOW)

    assert (first, second) == (37, 0)
    rows = ExpectedFile.objects.order_by("business_date")
    assert [rows[0].business_date, rows[36].business_date] == [YESTERDAY, date(2026, 12, 27)]
    assert rows[0].due_at.isoformat() == "2026-11-22T01:00:00+00:00"


def test_an_expectation_that_changes_changes_what_still_waits() -> None:
    expectation = make_expectation(due_days=1)
    expect.make_ahead(now=NOW)

    FileExpectation.objects.filter(pk=expectation.pk).update(due_days=2)
    expect.make_ahead(now=NOW)

    tomorrow = ExpectedFile.objects.get(business_date=date(2026, 11, 23))
    assert tomorrow.due_at.isoformat() == "2026-11-25T01:00:00+00:00"


def test_an_expectation_switched_off_leaves_only_what_is_overdue() -> None:
    expectation = make_expectation(due_days=1)
    expect.make_ahead(now=NOW)

    FileExpectation.objects.filter(pk=expectation.pk).update(is_active=False)
    expect.make_ahead(now=NOW)

    assert list(ExpectedFile.objects.values_list("business_date", flat=True)) == [YESTERDAY]


def test_a_file_that_does_not_come_raises_the_alarm_once() -> None:
    expected, before = make_expected(), alarms("file_missing")

    first, second = expect.miss_overdue(now=LATER), expect.miss_overdue(now=LATER)

    expected = ExpectedFile.objects.get(pk=expected.pk)
    assert (first, second, expected.state, expected.alarmed_at) == (1, 0, "MISSING", LATER)
    assert alarms("file_missing") - before == 1


def test_a_file_accepted_before_it_was_expected_is_not_missed() -> None:
    file = make_received("ACCEPTED", received_at=NOW - timedelta(hours=3))
    expected = make_expected()

    missed = expect.miss_overdue(now=LATER)

    expected = ExpectedFile.objects.get(pk=expected.pk)
    assert (missed, expected.state, expected.file_id) == (0, "ARRIVED", file.pk)


@pytest.mark.parametrize(
    ("before", "hours", "after"),
    [
        ("EXPECTED", 0, "ARRIVED"),
        ("EXPECTED", 1, "LATE"),
        ("MISSING", 1, "LATE"),
        ("UNDECLARED", 0, "ARRIVED"),
        ("WAIVED", 0, "WAIVED"),
    ],
)
def test_an_accepted_file_settles_what_was_expected(before: str, hours: int, after: str) -> None:
    expected = make_expected(before, remark="no business on that day" if before == "WAIVED" else "")
    file = make_received("ACCEPTED", received_at=NOW + timedelta(hours=hours))

    expect.arrived(file)

    expected = ExpectedFile.objects.get(pk=expected.pk)
    assert expected.state == after
    assert expected.file_id == (None if after == "WAIVED" else file.pk)


def test_a_file_of_another_day_settles_nothing() -> None:
    expected = make_expected()

    expect.arrived(make_received("ACCEPTED", business_date=YESTERDAY - timedelta(days=1)))

    assert ExpectedFile.objects.get(pk=expected.pk).state == "EXPECTED"


def test_an_empty_file_nobody_declared_raises_the_alarm() -> None:
    expected, before = make_expected(), alarms("file_empty_undeclared")
    file = make_received("CHECKED", size=0)

    expect.arrived_empty(file, now=NOW)
    expect.arrived_empty(file, now=LATER)

    expected = ExpectedFile.objects.get(pk=expected.pk)
    assert (expected.state, expected.file_id, expected.alarmed_at) == ("UNDECLARED", file.pk, NOW)
    assert alarms("file_empty_undeclared") - before == 1


def test_people_waive_a_missing_file_and_say_why() -> None:
    expected, clerk = make_expected("MISSING"), User.objects.create_user("clerk")

    with pytest.raises(Refusal) as silent:
        expect.waive(expected, by_id=clerk.pk, remark=" ")
    waived = expect.waive(expected, by_id=clerk.pk, remark="The bank was closed.")
    with pytest.raises(Refusal) as twice:
        expect.waive(expected, by_id=clerk.pk, remark="Again.")

    assert (waived.state, waived.waived_by_id, waived.remark) == ("WAIVED", clerk.pk, "The bank was closed.")
    codes = [raised.value.reason.code for raised in (silent, twice)]
    assert codes == ["file_remark_missing", "expectation_settled"]
