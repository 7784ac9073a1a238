"""When a file is due is said in plain words."""

from datetime import time
from typing import Any

import pytest

from unipay.exchange.admin.rhythm_words import in_words
from unipay.exchange.models import FileExpectation

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "A file for every day, due the next day by 09:00."),
        (
            {"rhythm": "WORKING_DAYS", "skips_holidays": True},
            "A file for every working day, due the next working day by 09:00.",
        ),
        (
            {"rhythm": "MONTHLY", "day_of_month": -1, "due_days": 3, "skips_holidays": True},
            "A file for the last day of every month, due 3 working days later by 09:00.",
        ),
        (
            {"rhythm": "MONTHLY", "day_of_month": 5, "due_days": 2},
            "A file for day 5 of every month, due 2 days later by 09:00.",
        ),
        ({"due_days": 0}, "A file for every day, due the same day by 09:00."),
        (
            {"due_days": 0, "skips_holidays": True},
            "A file for every day, due the same day by 09:00, on a holiday the working day after.",
        ),
    ],
)
def test_an_expectation_is_a_sentence(given: dict[str, Any], said: str) -> None:
    assert in_words(FileExpectation(due_time=time(9), **given)) == said
