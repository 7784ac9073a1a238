"""Money at the same moment: real threads, real transactions, one bank's account (domain.md C1, C2, C11)."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from billing.flows import landing, landing_sweep, recharge, reversal, take_back
from billing.flows.recharge import RechargeOrder
from billing.models import Bill, JournalEntry, LedgerAccount, Recharge
from tests.billing import money
from tests.billing.factories import DAY, MSISDN, NOW, make_bill, make_recharge
from tests.partner_server import Reply, serving
from tests.signing.factories import the_bank, the_province
from unipay.partners.gateways.money import Credit
from unipay.partners.models import Partner
from unipay.partners.reference import load_result_codes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("chart"), pytest.mark.slow]

AT_ONCE = 12
LATER = NOW + timedelta(minutes=5)


def together(works: Iterable[Callable[[], Any]]) -> list[Any]:
    """Do everything at once, each in a connection of its own; an exception is an outcome."""

    def done(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(done, list(works)))


def order(serial: int, **changed: Any) -> RechargeOrder:
    usual = {
        "source": "COUNTER",
        "amount_fen": 1000 + serial,
        "bank_transaction_no": f"T-{serial}",
        "business_date": DAY,
        "msisdn": MSISDN,
    }
    return RechargeOrder(**{**usual, **changed})


def taken(bank: Partner, serial: int, **changed: Any) -> Recharge:
    return recharge.take(bank, order(serial, **changed), request_no=f"R-{serial}", now=NOW)


def test_two_hundred_recharges_at_one_bank_leave_the_ledger_exact() -> None:
    bank = the_bank()
    bills = [make_bill(amount_fen=5000) for _ in range(10)]

    def whole(serial: int) -> str:
        one = taken(bank, serial)
        with transaction.atomic():
            return recharge.conclude(one, Credit(one.recharge_no, "CREDITED"), now=LATER).state

    outcomes = together([lambda serial=serial: whole(serial) for serial in range(200)])

    assert Counter(outcomes) == {"LANDED": 200}
    total = sum(1000 + serial for serial in range(200))
    assert money.balances() == {"BANK_CLEARING": total, "PROVINCE_PAYABLE": -total}
    assert JournalEntry.objects.count() == 400
    spread = LedgerAccount.objects.filter(role="BANK_CLEARING", partner=bank, balance_fen__gt=0)
    assert spread.count() > 8
    assert {bill.state for bill in Bill.objects.filter(pk__in=[bill.pk for bill in bills])} == {"SETTLED"}
    money.require_conserved()


def test_one_request_at_the_same_moment_is_one_recharge() -> None:
    bank = the_bank()
    the_province()

    outcomes = together([lambda: taken(bank, 1) for _ in range(AT_ONCE)])

    assert Recharge.objects.count() == 1
    assert any(isinstance(outcome, Recharge) for outcome in outcomes)
    money.require_conserved()


def test_one_bill_is_paid_once_by_recharges_at_the_same_moment() -> None:
    bank = the_bank()
    bill = make_bill(amount_fen=3000)

    together([lambda serial=serial: taken(bank, serial, amount_fen=2000) for serial in range(6)])

    bill = Bill.objects.get(pk=bill.pk)
    paid = sum(each.amount_fen for each in bill.settlements.all())
    assert (bill.state, bill.settled_fen, paid) == ("SETTLED", 3000, 3000)


def test_an_answer_a_sweep_and_a_reversal_at_the_same_moment_end_in_one_way() -> None:
    one = make_recharge("PAID")
    with transaction.atomic():
        (message,) = money.promise(one, now=NOW)
    together_again = threading.Barrier(2)

    def credited() -> None:
        together_again.wait()
        with transaction.atomic():
            money.answer(message, money.results([one]), now=LATER)

    def reversed_() -> None:
        together_again.wait()
        given = {"id": one.pk}
        with transaction.atomic():
            reversal.reverse_debited(query="SELECT %(id)s::bigint", given=given, reason="x", now=LATER)

    outcomes = together([credited, reversed_])

    assert outcomes == [None, None]
    assert money.fresh(one).state == "TAKING_BACK"
    take_back.taken_back(one.recharge_no, back_no=money.fresh(one).back_no, now=LATER)
    assert money.fresh(one).state == "REVERSED"
    assert money.balances() == {}
    money.require_conserved()


def test_a_crash_between_order_and_landing_is_credited_once_by_the_sweep() -> None:
    load_result_codes()
    bank, province = the_bank(), the_province()
    one = taken(bank, 1)  # and here the web process died

    with serving(province) as server:
        server.always(
            Reply(
                {
                    "result_code": "0000",
                    "results": [{"recharge_no": one.recharge_no, "result": "NOT_FOUND"}],
                }
            )
        )
        assert landing_sweep.sweep(province.pk, now=NOW + timedelta(minutes=1)) == 0
        assert landing_sweep.sweep(province.pk, now=LATER) == 1
    (message,) = money.promised("land_recharges")
    with transaction.atomic():
        money.answer(message, money.results([one]), now=LATER)
    with transaction.atomic():
        landing.settled(message, LATER)

    assert money.fresh(one).state == "LANDED"
    assert JournalEntry.objects.filter(kind="LANDED").count() == 1
    money.require_conserved()


def test_sweeps_side_by_side_ask_about_each_recharge_once() -> None:
    load_result_codes()
    province = the_province()
    for _ in range(6):
        make_recharge("PAID", landing_attempts=1, next_landing_at=NOW)

    with serving(province) as server:
        server.replies = lambda called: Reply(
            {
                "result_code": "0000",
                "results": [
                    {"recharge_no": number, "result": "CREDITED"} for number in called.body["recharge_nos"]
                ],
            }
        )
        swept = together([lambda: landing_sweep.sweep(province.pk, now=LATER) for _ in range(4)])
        asked = [number for body in server.bodies for number in body["recharge_nos"]]

    assert sum(swept) == len(asked) == len(set(asked)) == 6
    assert JournalEntry.objects.filter(kind="LANDED").count() == 6
    money.require_conserved()
