"""Finance finds a bank's day even: once, when it is over, and only when both sides say the same amount."""

from datetime import timedelta

import pytest

from billing.flows import reconciled_day
from billing.flows.reconciled_day import DayFigures
from billing.models import ReconciledDay
from tests.billing.factories import (
    DAY,
    NOW,
    make_arrangement,
    make_debit_run,
    make_item,
    make_mandate,
    make_recharge,
)
from tests.signing.factories import the_bank
from unipay.errors import Refusal

TOMORROW = NOW + timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


def test_the_figures_of_a_day_leave_out_what_was_reversed_or_is_not_confirmed() -> None:
    run = make_debit_run(arrangement=make_arrangement("OFFLINE"))
    waiting = make_item(run, agreement_no="A1", mandate=make_mandate(agreement_no="A1", way="OFFLINE"))
    make_recharge()
    make_recharge("PAID", amount_fen=300)
    make_recharge("REVERSED", amount_fen=700)
    make_recharge(source="OFFLINE", item=waiting, agreement_no="A1")
    make_recharge(business_date=DAY - timedelta(days=1))

    assert reconciled_day.figures(the_bank(), DAY) == DayFigures(
        count=2, amount_fen=5300, reversed_count=1, reversed_fen=700, not_credited_count=1
    )


def test_a_day_that_both_sides_agree_on_is_confirmed() -> None:
    make_recharge()

    day = reconciled_day.confirm(the_bank(), DAY, amount_fen=5000, by_id=None, now=TOMORROW)

    assert (day.business_date, day.amount_fen, day.confirmed_at) == (DAY, 5000, TOMORROW)


def test_an_empty_day_can_be_confirmed() -> None:
    assert reconciled_day.confirm(the_bank(), DAY, amount_fen=0, by_id=None, now=TOMORROW).amount_fen == 0


@pytest.mark.parametrize(
    ("amount_fen", "days_later", "code"),
    [(5000, 0, "day_not_over"), (5000, -1, "day_not_over"), (4999, 1, "day_not_even")],
)
def test_what_is_not_over_or_not_even_is_refused(amount_fen: int, days_later: int, code: str) -> None:
    make_recharge()

    with pytest.raises(Refusal) as refused:
        reconciled_day.confirm(
            the_bank(), DAY, amount_fen=amount_fen, by_id=None, now=NOW + timedelta(days=days_later)
        )

    assert refused.value.reason.code == code
    assert not ReconciledDay.objects.exists()


def test_a_day_is_confirmed_once() -> None:
    reconciled_day.confirm(the_bank(), DAY, amount_fen=0, by_id=None, now=TOMORROW)

    with pytest.raises(Refusal) as refused:
        reconciled_day.confirm(the_bank(), DAY, amount_fen=0, by_id=None, now=TOMORROW)

    assert refused.value.reason.code == "day_confirmed"
    assert ReconciledDay.objects.count() == 1
