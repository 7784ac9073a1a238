"""Finance confirms a bank's day while a payment of that day is being entered: real threads, real transactions (C11)."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from billing import locks
from billing.flows import recharge, reconciled_day
from billing.flows.recharge import RechargeOrder
from billing.models import Recharge, ReconciledDay
from tests.billing.factories import DAY, MSISDN, NOW
from tests.signing.factories import the_bank, the_province
from unipay.errors import Refusal

NEXT_MORNING = NOW + timedelta(hours=20)
WAITING = """
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("chart")]


def pay(serial: int = 1) -> str:
    """A bank reports a payment of yesterday."""
    order = RechargeOrder("COUNTER", 1000, f"T-{serial}", DAY, msisdn=MSISDN)
    try:
        return recharge.take(the_bank(), order, request_no=f"R-{serial}", now=NEXT_MORNING).state
    except Refusal as refused:
        return refused.reason.code


def confirm(amount_fen: int) -> str:
    """Finance says what the bank's statement says of yesterday."""
    try:
        reconciled_day.confirm(the_bank(), DAY, amount_fen=amount_fen, by_id=None, now=NEXT_MORNING)
    except Refusal as refused:
        return refused.reason.code
    return "confirmed"


def beside(work: Callable[[], str], threads: ThreadPoolExecutor) -> Future[str]:
    """Do it in a connection of its own, and return once it is done or waits for us."""

    def done() -> str:
        try:
            return work()
        finally:
            connection.close()

    doing = threads.submit(done)
    while not doing.done() and not _somebody_waits():
        wait([doing], timeout=0.01)
    return doing


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.rowcount > 0


@pytest.fixture
def _partners() -> None:
    the_bank(), the_province()


@pytest.fixture
def threads() -> Any:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.mark.usefixtures("_partners")
def test_a_payment_that_is_being_entered_is_counted(threads: ThreadPoolExecutor) -> None:
    with transaction.atomic():
        assert pay() == "PAID"
        confirming = beside(lambda: confirm(0), threads)

    assert confirming.result() == "day_not_even"
    assert not ReconciledDay.objects.exists()
    assert confirm(1000) == "confirmed"


@pytest.mark.usefixtures("_partners")
def test_a_payment_that_comes_while_a_day_is_being_confirmed_is_refused(threads: ThreadPoolExecutor) -> None:
    with transaction.atomic():
        assert confirm(0) == "confirmed"
        paying = beside(pay, threads)

    assert paying.result() == "business_day_closed"
    assert not Recharge.objects.exists()


def test_payments_of_one_day_do_not_wait_for_each_other(threads: ThreadPoolExecutor) -> None:
    def enter() -> str:
        with transaction.atomic():
            locks.pay_on_day(1, DAY)
        return "entered"

    with transaction.atomic():
        locks.pay_on_day(1, DAY)
        entering = beside(enter, threads)
        assert entering.done()
