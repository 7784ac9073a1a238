"""Three months of money (domain.md C): bills, runs, files, returns, offline collection, one-card and recharges. The
calendar's tasks drive them, time travels, and at the end every fen is accounted for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db.models import Sum

from billing.flows import reconciled_day, trial_balance
from billing.models import (
    Bill,
    BillSettlement,
    DebitBatch,
    DebitItem,
    DebitReturn,
    DebitRun,
    JournalEntry,
    Recharge,
)
from signing.models import ManualCase
from tests.money_town import MoneyTown
from unipay import clock
from unipay.messaging.models import OutboundMessage
from unipay.sandbox import bank_debits, bank_mandates, bank_money, province_bills, province_money
from unipay.sandbox.models import SandboxBill, SandboxPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SEGMENT = "1380571"
FIRST, LAST = date(2026, 9, 1), date(2026, 11, 30)
DAYS = (1, 2, 5, 6, 7, 8, 9, 10, 15, 16, 17, 18, 25, 26, 27, 28, 30)
BY_CONTRACT = {
    "ICBC": ("0010", "0011", "0012", "9100", "9111"),
    "CCB": ("0020", "0021"),
    "SPDB": ("0030",),
}
ONE_CARD = ("0040", "9101")
AGREEMENTS = {
    "ICBC": ("571000000050", "571000009111"),
    "SXRCB": ("571000000060", "571000009100"),
    "WZRCB": ("571000000070",),
    "TZRCB": ("571000000080",),
}
NETWORKED = (
    ("ICBC", "BATCH_DEBIT"),
    ("ICBC", "COLLECTION"),
    ("CCB", "BATCH_DEBIT"),
    ("SPDB", "HEAD_OFFICE"),
    ("NBCARD", "ONE_CARD"),
)
BY_HAND = ("SXRCB", "WZRCB", "TZRCB")
ALL_BANKS = ("ICBC", "CCB", "SPDB", "NBCARD", *BY_HAND)


def morning(day: date, *, minutes: int = 0) -> datetime:
    """Nine o'clock in China, and some minutes."""
    return datetime(day.year, day.month, day.day, 1, minutes, tzinfo=UTC)


def days() -> Iterator[date]:
    """The days on which something happens, and some on which nothing does; between them the calendar stands still."""
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if day.day in DAYS:
            yield day


def settle_in(town: MoneyTown) -> None:
    """Everybody signs before the first month; companies are billed first, as their mandates need a home."""
    for code, ending in ((code, ending) for code, endings in BY_CONTRACT.items() for ending in endings):
        town.sign(code, SEGMENT + ending)
    town.deliver()
    for place, (code, agreement_no) in enumerate(companies()):
        bill_first(f"{SEGMENT}{100 + 2 * place:04d}", agreement_no, fen=3000 + place)
        bill_first(f"{SEGMENT}{101 + 2 * place:04d}", agreement_no, fen=4000 + place)
        town.mandate(code, agreement_no=agreement_no)
    for ending in ONE_CARD:
        town.mandate("NBCARD", msisdn=SEGMENT + ending)
    province_bills.send("ZJ", now=clock.now())
    town.tick()
    tell_mandates(town)


def companies() -> list[tuple[str, str]]:
    return [(code, agreement_no) for code, numbers in AGREEMENTS.items() for agreement_no in numbers]


def tell_mandates(town: MoneyTown) -> None:
    """Over the wire, through the directory, and by hand."""
    for code in ("ICBC", "NBCARD"):
        bank_mandates.send(code, now=clock.now())
    for code in BY_HAND:
        town.upload(code, "bank_mandates", bank_mandates.written(code, now=clock.now()) or b"")
    town.tick()


def bill_first(msisdn: str, agreement_no: str, *, fen: int) -> None:
    """The first bill of a company's user, which the province has not told of yet."""
    province_bills.write_down(
        "ZJ", msisdn=msisdn, agreement_no=agreement_no, amount_fen=fen, month=None, now=clock.now()
    )


def month_begins(town: MoneyTown, day: date) -> None:
    """The province bills everybody for the last month; one bill is halved, another taken back."""
    province_bills.bill_everybody("ZJ", now=clock.now())
    town.tick(1)
    personal = SandboxBill.objects.filter(billing_month__lt=day, agreement_no="").order_by("-id")
    halved, cancelled = (personal.filter(msisdn=SEGMENT + ending)[0] for ending in ("0011", "0012"))
    assert province_bills.amend(halved, amount_fen=halved.amount_fen // 2).status == 200
    assert province_bills.cancel(cancelled).status == 200


def people_pay(town: MoneyTown) -> None:
    """At the counter: a number with bills, one without, one whose credit is doubtful, one that thinks again."""
    for ending in ("0010", "0090", "9081"):
        bank_money.recharge("ICBC", SEGMENT + ending, amount_fen=2500)
    undone, _reply = bank_money.recharge("ICBC", f"{SEGMENT}0091", amount_fen=1000)
    assert bank_money.reverse(undone).body["state"] == "REVERSED"


def money_goes_back(town: MoneyTown, day: date) -> None:
    """The day after, finance finds the bank's day even, and one recharge is refunded."""
    bank = town.partner("ICBC")
    figures = reconciled_day.figures(bank, day)
    reconciled_day.confirm(bank, day, amount_fen=figures.amount_fen, by_id=None, now=clock.now())
    row = SandboxPayment.objects.get(msisdn=f"{SEGMENT}0090", business_date=day)
    assert bank_money.ask_refund(row).body["state"] == "REFUND_OWED"


def banks_answer(town: MoneyTown) -> None:
    """Whoever has a request file answers it: over the wire, through a directory, or by the hands of staff."""
    for code, way in NETWORKED:
        bank_debits.answer_waiting(code, way, now=clock.now())
    for code in BY_HAND:
        town.bring_by_hand(code, "OFFLINE")


def live_through(town: MoneyTown, day: date) -> None:
    with time_machine.travel(morning(day)):
        if day.day == 1:
            month_begins(town, day)
        if day.day == 8:
            people_pay(town)
        if day.day == 9:
            money_goes_back(town, day - timedelta(days=1))
        town.tick(1)
        if town.approve() + DebitBatch.objects.filter(state__in=["WRITTEN", "DELIVERED"]).count():
            town.tick(1)
            banks_answer(town)
    if DebitBatch.objects.filter(state__in=["WRITTEN", "DELIVERED", "RETURNED"]).exists():
        with time_machine.travel(morning(day, minutes=30)):
            town.tick(1)


def total(rows: object, field: str) -> int:
    return int(rows.aggregate(sum=Sum(field))["sum"] or 0)  # type: ignore[attr-defined]


def test_after_three_months_every_fen_is_accounted_for(money_town: MoneyTown) -> None:
    with time_machine.travel(morning(FIRST - timedelta(days=1))):
        settle_in(money_town)
    for day in days():
        live_through(money_town, day)

    runs = DebitRun.objects.all()
    assert {
        (run.arrangement.bank.code, run.debit_date.month) for run in runs.select_related("arrangement__bank")
    } >= {(code, month) for code in ALL_BANKS for month in (9, 10, 11)}
    assert set(runs.values_list("state", flat=True)) == {"CLOSED"}
    nothing_is_open()
    bills_add_up()
    books_agree(money_town)
    exports_add_up(money_town)


def nothing_is_open() -> None:
    """Every item has its end, every batch is closed, every return settled, every message answered."""
    assert not DebitItem.objects.filter(state__in=["SELECTED", "SENT"]).exists()
    assert set(DebitBatch.objects.values_list("state", flat=True)) == {"CLOSED"}
    assert set(DebitReturn.objects.values_list("state", flat=True)) == {"SETTLED"}
    assert set(Recharge.objects.values_list("state", flat=True)) == {"LANDED", "REVERSED", "REFUNDED"}
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"DELIVERED"}
    assert list(ManualCase.objects.exclude(state="WITHDRAWN").values_list("reason", "about")) == []


def bills_add_up() -> None:
    """What was billed is settled, open or cancelled; what is settled is what recharges paid, as the province says."""
    billed = total(Bill.objects, "amount_fen")
    settled = total(Bill.objects, "settled_fen")
    open_fen = sum(bill.open_fen for bill in Bill.objects.all())
    cancelled = total(Bill.objects.filter(state="CANCELLED"), "amount_fen")
    assert billed == settled + open_fen + cancelled
    assert settled == total(BillSettlement.objects.filter(reversed_at=None), "amount_fen")
    assert settled == total(SandboxBill.objects, "paid_fen")
    assert (billed, Bill.objects.count()) == (
        total(SandboxBill.objects, "amount_fen"),
        SandboxBill.objects.count(),
    )
    assert min(settled, open_fen, cancelled) > 0


def books_agree(town: MoneyTown) -> None:
    """The ledger balances, and its accounts are what the banks and the province have in books of their own."""
    trial = trial_balance.take(business_date=LAST, now=clock.now())
    assert (trial.faults, trial.is_even) == ([], True)
    for code in ALL_BANKS:
        assert town.balance("BANK_CLEARING", code) == bank_money.taken_fen(code) > 0
    assert town.balance("PROVINCE_PAYABLE") == -province_money.credited_fen("ZJ")
    assert town.balance("BANK_CLEARING") == -town.balance("PROVINCE_PAYABLE")
    for role in ("IN_TRANSIT", "REFUNDS_PAYABLE", "SUSPENSE", "OFFLINE_OUTSTANDING"):
        assert town.balance(role) == 0
    standing = Recharge.objects.filter(state="LANDED")
    assert total(standing, "amount_fen") == province_money.credited_fen("ZJ")


def exports_add_up(town: MoneyTown) -> None:
    """Exported is confirmed, reversed or outstanding, batch by batch."""
    exported = JournalEntry.objects.filter(kind="EXPORTED")
    reversed_fen = total(JournalEntry.objects.filter(reverses__in=exported), "amount_fen")
    confirmed = total(JournalEntry.objects.filter(kind="CONFIRMED"), "amount_fen")
    assert total(exported, "amount_fen") == confirmed + reversed_fen
    for batch in DebitBatch.objects.filter(run__arrangement__settles_at_export=True):
        items = DebitItem.objects.filter(batch=batch)
        failed = total(items.filter(state="FAILED"), "asked_fen")
        assert total(items, "asked_fen") == total(items, "debited_fen") + failed
    assert min(confirmed, reversed_fen) > 0
