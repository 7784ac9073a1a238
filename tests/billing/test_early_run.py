"""What to know of a run that is opened ahead of its debit date."""

from datetime import date

import pytest

from billing.early_run import Ahead, if_opened, if_sent

pytestmark = pytest.mark.usefixtures("english")

TODAY = date(2026, 11, 5)
OFFLINE = (
    "Bills count as paid when the files are written: provinces credit them then, before the bank has debited."
)


@pytest.mark.parametrize("day", [TODAY, date(2026, 11, 4)], ids=["today", "a day that has passed"])
def test_a_run_whose_date_has_come_needs_no_warning(day: date) -> None:
    ahead = Ahead(day, TODAY, settles_at_export=True)

    assert (if_opened(ahead), if_sent(ahead)) == ([], [])


def test_who_opens_a_run_ahead_learns_what_does_not_wait() -> None:
    told = if_opened(Ahead(date(2026, 12, 5), TODAY, settles_at_export=False))

    assert told == [
        "The debit date, 2026-12-05, is still to come, and the run does not wait for it.",
        "Its bills are selected at once; those that come until then are left to the next run.",
        "Its request files are written as soon as they may leave, not on the debit date.",
        "The bank may debit as soon as it has a file; its answer is due counted from the debit date.",
        "To have all of it wait, move a planned date to that day in the debit calendar instead.",
    ]


def test_offline_it_also_settles_bills_ahead() -> None:
    ahead = Ahead(date(2026, 11, 6), TODAY, settles_at_export=True)

    assert OFFLINE in if_opened(ahead)
    assert if_sent(ahead) == [
        "The request files are written at once, although the debit date is 2026-11-06.",
        "The bank may debit as soon as it has a file; its answer is due counted from the debit date.",
        OFFLINE,
    ]
