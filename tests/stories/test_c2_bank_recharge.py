"""Domain.md C2 and C11 over real HTTP: a bank takes money, the province credits it, and the ways back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import time_machine

from billing.flows import reconciled_day
from billing.models import Recharge
from signing.models import ManualCase
from tests.money_town import MoneyTown
from unipay import clock
from unipay.partners.models import ResultCode
from unipay.sandbox import bank_money, client, province_bills, province_money
from unipay.sandbox.models import SandboxBill, SandboxCredit, SandboxPayment
from unipay.sandbox.scenarios import UNMAPPED_CODE

pytestmark = pytest.mark.django_db(transaction=True)

SEGMENT = "1380571"
NUMBER = f"{SEGMENT}0010"


def pay(msisdn: str = NUMBER, fen: int = 5000, code: str = "ICBC") -> tuple[SandboxPayment, client.Reply]:
    return bank_money.recharge(code, msisdn, amount_fen=fen)


def credited(msisdn: str) -> list[tuple[str, int]]:
    return list(SandboxCredit.objects.filter(msisdn=msisdn).values_list("state", "amount_fen"))


def even(town: MoneyTown, code: str = "ICBC") -> None:
    """The bank's book is our clearing account, the province's our payable, and nothing is on its way."""
    assert town.balance("BANK_CLEARING", code) == bank_money.taken_fen(code)
    assert town.balance("PROVINCE_PAYABLE", "ZJ") == -province_money.credited_fen("ZJ")
    assert town.balance("IN_TRANSIT") == 0


def test_money_paid_at_the_counter_is_credited_before_the_bank_is_answered(money_town: MoneyTown) -> None:
    row, reply = pay()

    assert (reply.status, reply.body["state"]) == (201, "LANDED")
    assert credited(NUMBER) == [("CREDITED", 5000)]
    assert money_town.sms(NUMBER) == ["【中国移动】您的号码13805710010已缴费50.00元。"]
    assert row.state == "TAKEN"
    even(money_town)


def test_the_same_request_again_is_the_same_recharge(money_town: MoneyTown) -> None:
    row, first = pay()

    again = bank_money.tell(row)

    assert (again.is_replay, again.body) == (True, first.body)
    assert Recharge.objects.count() == 1
    even(money_town)


def test_a_recharge_pays_the_oldest_bills_and_the_rest_stays_on_the_number(money_town: MoneyTown) -> None:
    now = clock.now()
    older = (clock.business_date(now).replace(day=1) - timedelta(days=40)).replace(day=1)
    province_bills.bill("ZJ", msisdn=NUMBER, amount_fen=3000, now=now)
    province_bills.bill("ZJ", msisdn=NUMBER, amount_fen=1000, month=older, now=now)

    _row, reply = pay(fen=3500)

    assert [bill["amount_fen"] for bill in reply.body["bills"]] == [1000, 2500]
    assert sorted(SandboxBill.objects.values_list("amount_fen", "paid_fen")) == [(1000, 1000), (3000, 2500)]
    even(money_town)


def test_a_bill_is_amended_cancelled_and_told_as_it_stands(money_town: MoneyTown) -> None:
    now = clock.now()
    row, reply = province_bills.bill("ZJ", msisdn=NUMBER, amount_fen=3000, now=now)
    assert (reply.status, row.is_told) == (200, True)

    assert province_bills.amend(row, amount_fen=2000).status == 200
    assert province_bills.at_unipay(row)["open_fen"] == 2000
    assert province_bills.cancel(row).body["state"] == "CANCELLED"


def test_a_number_the_province_refuses_costs_nothing(money_town: MoneyTown) -> None:
    row, reply = pay(f"{SEGMENT}9080")

    row.refresh_from_db()
    assert (reply.status, reply.code, row.state) == (422, "landing_refused", "REVERSED")
    assert Recharge.objects.get().state == "REVERSED"
    even(money_town)


@pytest.mark.parametrize("ending", ["9081", "9083", "9087"])
def test_money_whose_credit_nobody_knows_of_is_asked_for_until_it_is_credited(
    money_town: MoneyTown, ending: str
) -> None:
    row, reply = pay(f"{SEGMENT}{ending}")
    assert (reply.status, reply.body["state"], row.state) == (201, "PAID", "TAKEN")

    now = clock.now()
    for minutes in (2, 5, 30, 60):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            money_town.tick()

    assert bank_money.look(row).body["state"] == "LANDED"
    assert credited(f"{SEGMENT}{ending}") == [("CREDITED", 5000)]
    even(money_town)


def test_a_recharge_of_today_is_undone_on_both_sides(money_town: MoneyTown) -> None:
    row, _reply = pay()

    reply = bank_money.reverse(row)

    assert (reply.status, reply.body["state"], row.state) == (200, "REVERSED", "REVERSED")
    assert credited(NUMBER) == [("TAKEN_BACK", 5000)]
    assert money_town.balance("BANK_CLEARING", "ICBC") == 0
    even(money_town)


def test_a_spent_credit_is_not_undone(money_town: MoneyTown) -> None:
    row, _reply = pay(f"{SEGMENT}9091")

    reply = bank_money.reverse(row)

    assert (reply.status, reply.code, row.state) == (422, "credit_spent", "TAKEN")
    assert money_town.recharge(f"{SEGMENT}9091").state == "LANDED"
    even(money_town)


def test_what_can_be_done_is_told_with_why_not_and_from_when(money_town: MoneyTown) -> None:
    row, _reply = pay()

    told = client.get("ICBC", f"/recharges/{row.recharge_no}/allowed-actions").body["actions"]

    by_name = {each["action"]: each for each in told}
    assert by_name["REVERSE"]["is_allowed"] is True
    assert (by_name["REFUND"]["is_allowed"], by_name["REFUND"]["why_not"]["code"]) == (
        False,
        "refund_too_early",
    )


def test_a_recharge_of_yesterday_is_refunded_once_its_day_is_even(money_town: MoneyTown) -> None:
    row, _reply = pay()
    day = row.business_date

    with time_machine.travel(clock.now() + timedelta(days=1)):
        too_late, too_early = bank_money.reverse(row), bank_money.ask_refund(row)
        reconciled(money_town, day)
        owed = bank_money.ask_refund(row)
        assert money_town.balance("REFUNDS_PAYABLE") == -5000
        money_town.tick()

    row.refresh_from_db()
    assert (too_late.code, too_early.code) == ("reversal_too_late", "day_not_reconciled")
    assert (owed.status, owed.body["state"]) == (200, "REFUND_OWED")
    assert (row.state, money_town.recharge(NUMBER).state) == ("REFUNDED", "REFUNDED")
    assert money_town.balance("REFUNDS_PAYABLE") == 0
    even(money_town)


def test_a_bank_that_refuses_a_refund_is_a_case(money_town: MoneyTown) -> None:
    row, _reply = pay(f"{SEGMENT}9122")

    with time_machine.travel(clock.now() + timedelta(days=1)):
        reconciled(money_town, row.business_date)
        bank_money.ask_refund(row)
        money_town.tick()

    assert money_town.recharge(f"{SEGMENT}9122").state == "REFUND_OWED"
    assert ManualCase.objects.filter(about=f"recharge:{row.recharge_no}").exists()


@contextmanager
def refund_owed(town: MoneyTown, msisdn: str) -> Iterator[SandboxPayment]:
    """Money was paid yesterday, its day found even, the refund asked for."""
    row, _reply = pay(msisdn)
    with time_machine.travel(clock.now() + timedelta(days=1)):
        reconciled(town, row.business_date)
        assert bank_money.ask_refund(row).body["state"] == "REFUND_OWED"
        yield row
    row.refresh_from_db()


def test_a_province_that_fails_twice_takes_the_credit_back_in_the_end(money_town: MoneyTown) -> None:
    number = f"{SEGMENT}9092"
    row, _reply = pay(number)

    reply = bank_money.reverse(row)
    assert (reply.is_ok, reply.body["state"], row.state) == (True, "TAKING_BACK", "TAKEN")
    even(money_town)
    later(money_town, 2, 5, 30, 60)

    row.refresh_from_db()
    assert (money_town.recharge(number).state, row.state) == ("REVERSED", "REFUNDED")
    assert credited(number) == [("TAKEN_BACK", 5000)]
    assert not ManualCase.objects.exists()
    assert money_town.balance("BANK_CLEARING", "ICBC") == 0
    even(money_town)


def test_a_take_back_answered_with_an_unknown_code_moves_nothing_until_somebody_maps_it(
    money_town: MoneyTown,
) -> None:
    number = f"{SEGMENT}9093"
    row, _reply = pay(number)

    bank_money.reverse(row)
    later(money_town, 2, 30, 60)
    assert (money_town.recharge(number).state, credited(number)) == ("TAKING_BACK", [("CREDITED", 5000)])
    even(money_town)
    map_code("PROVINCE", "take_back_recharge", "credit_spent")
    later(money_town, 120, 180)

    row.refresh_from_db()
    assert (money_town.recharge(number).state, row.state) == ("LANDED", "TAKEN")
    assert ManualCase.objects.get().about == f"recharge:{row.recharge_no}"
    even(money_town)


def test_a_bank_that_fails_twice_gives_the_money_back_in_the_end(money_town: MoneyTown) -> None:
    number = f"{SEGMENT}9121"
    with refund_owed(money_town, number) as row:
        money_town.tick(1)
        assert (money_town.recharge(number).state, row.state) == ("REFUND_OWED", "TAKEN")
        later(money_town, 2, 5, 30, 60)

    assert (money_town.recharge(number).state, row.state) == ("REFUNDED", "REFUNDED")
    assert not ManualCase.objects.exists()
    assert money_town.balance("REFUNDS_PAYABLE") == 0
    even(money_town)


def test_a_refund_answered_with_an_unknown_code_stays_owed_until_somebody_maps_it(
    money_town: MoneyTown,
) -> None:
    number = f"{SEGMENT}9123"
    with refund_owed(money_town, number) as row:
        later(money_town, 2, 30, 60)
        assert (money_town.recharge(number).state, row.state) == ("REFUND_OWED", "TAKEN")
        assert money_town.balance("REFUNDS_PAYABLE") == -5000
        assert not ManualCase.objects.exists()
        map_code("BANK", "refund_recharge", "account_closed")
        later(money_town, 120, 180)

    assert (money_town.recharge(number).state, row.state) == ("REFUND_OWED", "TAKEN")
    assert ManualCase.objects.get().about == f"recharge:{row.recharge_no}"
    assert money_town.balance("BANK_CLEARING", "ICBC") == bank_money.taken_fen("ICBC") == 5000


@pytest.mark.parametrize("ending", ["9082", "9086"])
def test_money_a_province_never_credits_goes_back_on_the_day_that_was_told(
    money_town: MoneyTown, ending: str
) -> None:
    number = f"{SEGMENT}{ending}"
    row, reply = pay(number)
    last_day = clock.business_day_start(date.fromisoformat(reply.body["refund_by"]))
    with time_machine.travel(clock.now() + timedelta(days=1)):
        reconciled(money_town, row.business_date)

    with time_machine.travel(last_day - timedelta(minutes=5)):
        money_town.tick()
        assert (money_town.recharge(number).state, row.state) == ("PAID", "TAKEN")
    for hours in (1, 3):
        with time_machine.travel(last_day + timedelta(hours=hours)):
            money_town.tick()

    row.refresh_from_db()
    assert (money_town.recharge(number).state, row.state) == ("REFUNDED", "REFUNDED")
    assert credited(number) == [("TAKEN_BACK", 5000)]
    assert province_money.credited_fen("ZJ") == 0
    even(money_town)


def test_several_codes_of_one_legal_bank_and_a_virtual_one_have_their_own_accounts(
    money_town: MoneyTown,
) -> None:
    for code, fen in (("SPDB", 1000), ("SPDB_WEB", 2000), ("MOBILEPAY", 3000)):
        pay(fen=fen, code=code)

    for code, fen in (("SPDB", 1000), ("SPDB_WEB", 2000), ("MOBILEPAY", 3000)):
        assert money_town.balance("BANK_CLEARING", code) == fen
        even(money_town, code)


def reconciled(town: MoneyTown, day: date) -> None:
    """Finance finds the bank's day even."""
    bank = town.partner("ICBC")
    fen = bank_money.taken_fen("ICBC")
    reconciled_day.confirm(bank, day, amount_fen=fen, by_id=None, now=clock.now())


def later(town: MoneyTown, *minutes: int) -> None:
    """So many minutes from now each: the calendar's tasks run."""
    now = clock.now()
    for each in minutes:
        with time_machine.travel(now + timedelta(minutes=each)):
            town.tick()


def map_code(kind: str, operation: str, reason_code: str) -> None:
    """Somebody says that the partners' unknown code is a final no."""
    ResultCode.objects.create(
        kind=kind, operation=operation, code=UNMAPPED_CODE, reason_code=reason_code, finality="FINAL_FAILURE"
    )
