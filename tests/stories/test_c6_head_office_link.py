"""Domain.md C6: the same debits over the head-office link, and real-time recharges of the same bank beside them."""

from datetime import UTC, datetime

import pytest
import time_machine

from billing.models import DebitItem, Recharge
from tests.money_town import MoneyTown
from unipay import clock
from unipay.sandbox import bank_debits, bank_money, province_bills, province_money

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER, OTHER = "13805710010", "13805710012"
BEFORE, DEBIT_DAY = datetime(2026, 11, 2, 1, tzinfo=UTC), datetime(2026, 11, 5, 1, tzinfo=UTC)
WAY = "HEAD_OFFICE"
FEN = 5000


def test_the_link_debits_by_contract_and_recharges_in_real_time(money_town: MoneyTown) -> None:
    with time_machine.travel(BEFORE):
        money_town.sign("SPDB", NUMBER)
        money_town.deliver()
        province_bills.bill("ZJ", msisdn=NUMBER, amount_fen=FEN, now=clock.now())
        money_town.tick()

    with time_machine.travel(DEBIT_DAY):
        money_town.tick()
        (answered,) = bank_debits.answer_waiting("SPDB", WAY, now=clock.now())
        _row, paid = bank_money.recharge("SPDB", OTHER, amount_fen=2000, source="HEAD_OFFICE")
        money_town.tick()

    assert (answered.lines, answered.answers, paid.status) == (1, 1, 201)
    assert DebitItem.objects.get().state == "SETTLED"
    assert set(Recharge.objects.values_list("source", "state", "amount_fen")) == {
        ("HEAD_OFFICE", "LANDED", FEN),
        ("HEAD_OFFICE", "LANDED", 2000),
    }
    assert money_town.balance("BANK_CLEARING", "SPDB") == bank_money.taken_fen("SPDB") == FEN + 2000
    assert money_town.balance("PROVINCE_PAYABLE", "ZJ") == -province_money.credited_fen("ZJ")
