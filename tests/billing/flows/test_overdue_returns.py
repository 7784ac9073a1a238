"""Request files that their banks leave unanswered (domain.md C3)."""

from datetime import date, timedelta

import pytest

from billing.flows import overdue_returns
from billing.models import DebitBatch
from tests.billing.debits import arranged, bring_return, items, owing, paid, run_of
from tests.signing.factories import the_province
from unipay import clock
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db


def test_an_answer_is_due_at_the_end_of_a_working_day_and_watched_until_it_is_whole() -> None:
    the_province()
    load_result_codes(kind="BANK")
    owing(1000)
    run = run_of(arranged(days_to_answer=2))
    due_at = DebitBatch.objects.get().answer_due_at

    # Written on Thursday the 5th: Friday and Monday are the two working days.
    assert due_at == clock.business_day_start(date(2026, 11, 10))
    assert overdue_returns.sound(now=due_at - timedelta(seconds=1)) == 0
    assert overdue_returns.sound(now=due_at) == 1

    bring_return(paid(*items(run)))
    assert overdue_returns.sound(now=due_at) == 0


def test_a_file_written_before_its_debit_date_is_not_due_before_that_date() -> None:
    the_province()
    owing(1000)

    run_of(arranged(days_to_answer=2), day=date(2026, 11, 12))

    # Debited on Thursday the 12th, though written on the 5th.
    assert DebitBatch.objects.get().answer_due_at == clock.business_day_start(date(2026, 11, 17))
