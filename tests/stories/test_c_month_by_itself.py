"""A month of money with no hand at all (domain.md C3 to C6): provinces bill, banks send mandates, debit and answer by
themselves, as in `make run`; only approval is left to people. The calendar's tasks drive everybody, time travels."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db.models import Sum

from billing.flows import trial_balance
from billing.kinds import REQUESTS
from billing.models import Bill, DebitBatch, DebitItem, DebitReturn, DebitRun, Mandate, Recharge
from signing.models import ManualCase
from tests.money_town import MoneyTown
from tests.stories.side_by_side import side_by_side
from unipay import clock
from unipay.celery import app
from unipay.messaging.models import OutboundMessage
from unipay.sandbox import (
    bank_debits,
    bank_mandates,
    bank_money,
    by_itself,
    file_lines,
    file_roads,
    province_bills,
    province_money,
)
from unipay.sandbox.models import SandboxBill, SandboxMandate, SandboxMessage, SandboxPayment

pytestmark = pytest.mark.django_db(transaction=True)

SEGMENT = "1380571"
BEFORE, DEBIT_DAY = datetime(2026, 11, 2, 1, tzinfo=UTC), datetime(2026, 11, 5, 1, tzinfo=UTC)
DAYS = (1, 2, 5, 6, 16, 17, 25, 26, 30)
"""Days on which something happens, and the mornings after; the 15th is a Sunday."""
BY_CONTRACT = {"ICBC": ("0010", "0011", "9100", "9111", "9115"), "SPDB": ("0030",)}
ONE_CARD = ("0040", "9101")
AGREEMENT, ITS_USER = "571000000050", f"{SEGMENT}0050"
BANKS = ("ICBC", "SPDB", "NBCARD")
WAY = "BATCH_DEBIT"


def pass_by(town: MoneyTown) -> None:
    """The calendar's tasks run once, those of the simulated partners among them, and the worker does what follows."""
    town.tick(1)
    for task in (by_itself.PROVINCES_BILL, by_itself.BANKS_ANSWER):
        app.tasks[task]()
        town.worker.work()


def a_day(town: MoneyTown, day: date) -> None:
    for minutes in (0, 20, 40):
        with time_machine.travel(datetime(day.year, day.month, day.day, 1, minutes, tzinfo=UTC)):
            pass_by(town)


def settle_in(town: MoneyTown) -> None:
    """People sign at banks, a company lets its bank debit, and its province wrote down what its user owes."""
    for code, ending in ((code, ending) for code, endings in BY_CONTRACT.items() for ending in endings):
        town.sign(code, SEGMENT + ending)
    town.deliver()
    for ending in ONE_CARD:
        town.mandate("NBCARD", msisdn=SEGMENT + ending)
    town.mandate("ICBC", agreement_no=AGREEMENT)
    first = {"msisdn": ITS_USER, "agreement_no": AGREEMENT, "amount_fen": 4000, "month": None}
    province_bills.write_down("ZJ", **first, now=clock.now())  # type: ignore[arg-type]


@pytest.fixture
def early(money_town: MoneyTown) -> Iterator[MoneyTown]:
    """The town three days before the first debit date of the month."""
    with time_machine.travel(BEFORE):
        yield money_town


def signed(town: MoneyTown, *endings: str, code: str = "ICBC") -> None:
    for ending in endings:
        town.sign(code, SEGMENT + ending)
    town.deliver()


def total(rows: object, field: str) -> int:
    return int(rows.aggregate(sum=Sum(field))["sum"] or 0)  # type: ignore[attr-defined]


def items() -> dict[str, str]:
    rows = DebitItem.objects.order_by("id")
    return {(item.msisdn or item.agreement_no)[-4:]: str(item.state) for item in rows}


@pytest.mark.slow
def test_a_month_passes_with_no_hand_at_all_and_every_fen_is_accounted_for(money_town: MoneyTown) -> None:
    with time_machine.travel(datetime(2026, 11, 1, 0, 30, tzinfo=UTC)):
        settle_in(money_town)
    for day in DAYS:
        a_day(money_town, date(2026, 11, day))

    asked = DebitRun.objects.filter(item_count__gt=0)
    assert {run.arrangement.bank.code for run in asked.filter(debit_date__day=5)} == set(BANKS)
    assert set(DebitRun.objects.values_list("state", flat=True)) == {"CLOSED"}
    nothing_is_open()
    everybody_was_billed_once()
    books_agree(money_town)


def nothing_is_open() -> None:
    assert not DebitItem.objects.filter(state__in=["SELECTED", "SENT"]).exists()
    assert set(DebitBatch.objects.values_list("state", flat=True)) == {"CLOSED"}
    assert set(DebitReturn.objects.values_list("state", flat=True)) == {"SETTLED"}
    assert set(Recharge.objects.values_list("state", flat=True)) == {"LANDED"}
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"DELIVERED"}
    assert not SandboxMandate.objects.filter(is_told=False).exists()
    assert not ManualCase.objects.exists()


def everybody_was_billed_once() -> None:
    """For October, each number what it uses; what is not paid at its bank is still owed here."""
    numbers = [SEGMENT + ending for endings in (*BY_CONTRACT.values(), ONE_CARD) for ending in endings]
    october = date(2026, 10, 1)
    assert sorted(SandboxBill.objects.values_list("msisdn", "billing_month", "amount_fen")) == sorted(
        [
            *((msisdn, october, province_bills.usual_fen(msisdn, october)) for msisdn in numbers),
            (ITS_USER, october, 4000),
        ]
    )
    unpaid = Bill.objects.exclude(state="SETTLED").values_list("msisdn", flat=True)
    assert sorted(unpaid) == [f"{SEGMENT}9100", f"{SEGMENT}9101", f"{SEGMENT}9111"]


def books_agree(town: MoneyTown) -> None:
    """The ledger balances, and its accounts are what banks and province have in books of their own."""
    trial = trial_balance.take(business_date=date(2026, 11, 30), now=clock.now())
    assert (trial.faults, trial.is_even) == ([], True)
    for code in BANKS:
        assert town.balance("BANK_CLEARING", code) == bank_money.taken_fen(code) > 0
    assert -town.balance("PROVINCE_PAYABLE") == province_money.credited_fen("ZJ")
    assert town.balance("BANK_CLEARING") == -town.balance("PROVINCE_PAYABLE")
    for role in ("IN_TRANSIT", "REFUNDS_PAYABLE", "SUSPENSE"):
        assert town.balance(role) == 0
    settled = total(Bill.objects, "settled_fen")
    assert settled == total(SandboxBill.objects, "paid_fen") == total(Recharge.objects, "amount_fen")


def test_what_needs_people_waits_for_them(early: MoneyTown) -> None:
    signed(early, "0020", code="CCB")
    pass_by(early)

    with time_machine.travel(DEBIT_DAY):
        for _ in range(3):
            pass_by(early)
        run = DebitRun.objects.get(item_count=1)
        assert (run.state, SandboxPayment.objects.count()) == ("AWAITING_APPROVAL", 0)
        early.approve()
        for _ in range(2):
            pass_by(early)

    assert (DebitRun.objects.get(pk=run.pk).state, items()) == ("CLOSED", {"0020": "SETTLED"})


def test_another_turn_bills_and_answers_nothing_again(early: MoneyTown) -> None:
    signed(early, "0010")
    early.mandate("NBCARD", msisdn=f"{SEGMENT}0040")
    pass_by(early)
    with time_machine.travel(DEBIT_DAY):
        for _ in range(3):
            pass_by(early)
        said = SandboxMessage.objects.filter(direction="OUT").count()
        assert items()["0010"] == "SETTLED"
        for _ in range(2):
            pass_by(early)

    assert SandboxMessage.objects.filter(direction="OUT").count() == said
    assert SandboxBill.objects.count() == Bill.objects.count() == 2
    assert DebitReturn.objects.filter(batch__run__arrangement__bank__code="ICBC").count() == 1


def test_a_new_month_is_billed_beside_the_last(early: MoneyTown) -> None:
    signed(early, "0010")
    pass_by(early)

    with time_machine.travel(datetime(2026, 12, 1, 1, tzinfo=UTC)):
        pass_by(early)

    months = Bill.objects.order_by("billing_month").values_list("billing_month", flat=True)
    assert list(months) == [date(2026, 10, 1), date(2026, 11, 1)]


def test_partners_that_somebody_drives_do_nothing_by_themselves(early: MoneyTown) -> None:
    signed(early, "0010")

    with by_itself.held():
        side_by_side([lambda: by_itself.provinces_bill(now=clock.now())])
    assert not SandboxBill.objects.exists()
    side_by_side([lambda: by_itself.provinces_bill(now=clock.now())])

    assert SandboxBill.objects.get().is_told


def test_a_company_s_mandate_is_told_once_a_bill_says_where_it_is_at_home(early: MoneyTown) -> None:
    early.mandate("ICBC", agreement_no=AGREEMENT)
    pass_by(early)
    assert not SandboxMandate.objects.get().is_told

    province_bills.bill("ZJ", msisdn=ITS_USER, agreement_no=AGREEMENT, amount_fen=4000, now=clock.now())
    pass_by(early)

    assert Mandate.objects.get().agreement_no == AGREEMENT


def test_what_a_bank_left_out_comes_in_a_second_file(early: MoneyTown) -> None:
    signed(early, "9115")
    pass_by(early)
    with time_machine.travel(DEBIT_DAY):
        for _ in range(2):
            pass_by(early)
    assert items() == {"9115": "SENT"}

    with time_machine.travel(DEBIT_DAY + 2 * bank_debits.SECOND_AFTER):
        for _ in range(2):
            pass_by(early)

    assert items() == {"9115": "SETTLED"}
    assert DebitReturn.objects.count() == 2


def test_a_bank_that_died_before_it_answered_answers_later(early: MoneyTown) -> None:
    signed(early, "0010", "9100")
    pass_by(early)
    with time_machine.travel(DEBIT_DAY):
        early.tick()
        (request,) = file_roads.waiting("ICBC", REQUESTS[WAY])
        file_roads.acknowledge("ICBC", request)
        asked = file_lines.read("ICBC", REQUESTS[WAY], request.content, business_date=request.business_date)
        bank_debits.debit("ICBC", asked, now=clock.now())
        pass_by(early)
    assert set(items().values()) == {"SENT"}

    with time_machine.travel(DEBIT_DAY + 2 * bank_debits.SECOND_AFTER):
        for _ in range(2):
            pass_by(early)

    assert items() == {"0010": "SETTLED", "9100": "FAILED"}
    assert SandboxPayment.objects.filter(state="TAKEN").count() == 1


def test_a_mandate_that_ends_at_the_bank_is_told_too(early: MoneyTown) -> None:
    row = early.mandate("NBCARD", msisdn=f"{SEGMENT}0040")
    a_day(early, BEFORE.date())
    assert Mandate.objects.get().state == "ACTIVE"

    bank_mandates.end(row)
    a_day(early, BEFORE.date() + timedelta(days=1))

    assert (Mandate.objects.get().state, SandboxMandate.objects.get().is_told) == ("ENDED", True)
