"""How the pages of cases write waiting and moments."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from signing.admin.case.words import exact_moment, moment, time_left
from tests.signing.factories import NOW


@pytest.mark.parametrize(
    ("due_in", "words"),
    [
        (timedelta(minutes=59), "59 minutes left"),
        (timedelta(hours=23, minutes=59), "23 hours left"),
        (timedelta(hours=47), "47 hours left"),
        (timedelta(hours=48), "2 days left"),
        (timedelta(minutes=-1), "overdue by 1 minute"),
        (timedelta(hours=-1), "overdue by 1 hour"),
        (timedelta(days=-3), "overdue by 3 days"),
    ],
)
def test_what_is_left_is_written_in_its_largest_whole_unit(due_in: timedelta, words: str) -> None:
    with override("en"):
        assert time_left(NOW + due_in, NOW) == words


def test_moments_are_written_in_business_time_and_none_as_a_dash() -> None:
    assert moment(NOW) == moment("2026-03-02T12:00:00+08:00") == "2026-03-02 12:00"
    assert exact_moment("2026-03-02T04:00:07Z") == "2026-03-02 12:00:07"
    assert (moment(None), exact_moment("")) == ("—", "—")
