"""Domain.md C3 over real HTTP and real files: bills, calendar, request file, debits at the bank, return file, ledger,
provinces."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from billing.models import DebitBatch, DebitExclusion, DebitItem, DebitReturn, DebitRun, Mandate
from signing.models import Contract, ManualCase
from tests.money_town import MoneyTown
from unipay import clock
from unipay.partners.models import ResultCode
from unipay.sandbox import bank_debits, bank_mandates, bank_money, province, province_bills, province_money
from unipay.sandbox.models import SandboxBill, SandboxCredit

pytestmark = pytest.mark.django_db(transaction=True)

SEGMENT = "1380571"
BEFORE, DEBIT_DAY = datetime(2026, 11, 2, 1, tzinfo=UTC), datetime(2026, 11, 5, 1, tzinfo=UTC)
ORDINARY, POSTPAID = "0010", "0011"
WAY = "BATCH_DEBIT"
FEN = 5000


@pytest.fixture
def early(money_town: MoneyTown) -> Iterator[MoneyTown]:
    """The town three days before the first debit date of the month."""
    with time_machine.travel(BEFORE):
        yield money_town


def number(ending: str) -> str:
    return SEGMENT + ending


def billed(town: MoneyTown, *endings: str, code: str = "ICBC") -> None:
    """Numbers are signed at a bank, their province hears of it, and bills each of them 50.00 yuan."""
    for ending in endings:
        town.sign(code, number(ending))
    town.deliver()
    for ending in endings:
        province_bills.bill("ZJ", msisdn=number(ending), amount_fen=FEN, now=clock.now())


def run_of(way: str = WAY, code: str = "ICBC") -> DebitRun:
    return DebitRun.objects.filter(arrangement__bank__code=code, arrangement__way=way).latest("id")


def items(run: DebitRun) -> dict[str, tuple[str, int, str]]:
    rows = DebitItem.objects.filter(run=run).order_by("id")
    return {
        (row.msisdn or row.agreement_no)[-4:]: (str(row.state), row.debited_fen, row.follow_up)
        for row in rows
    }


def bank_answers(town: MoneyTown, code: str = "ICBC", way: str = WAY) -> None:
    answered = bank_debits.answer_waiting(code, way, now=clock.now())
    assert [each.reply.status for each in answered] == [201]
    town.tick()


def even(town: MoneyTown, code: str = "ICBC") -> None:
    """What the bank took and told of is our clearing account; what the province credited is our payable."""
    assert town.balance("BANK_CLEARING", code) == bank_money.taken_fen(code)
    assert town.balance("PROVINCE_PAYABLE", "ZJ") == -province_money.credited_fen("ZJ")
    assert town.balance("IN_TRANSIT") == 0


def test_on_its_day_a_run_begins_by_itself_and_ends_with_the_bills_paid(early: MoneyTown) -> None:
    billed(early, ORDINARY, POSTPAID)
    early.tick()

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        assert (run_of().state, items(run_of())) == (
            "SENT",
            {"0010": ("SENT", 0, ""), "0011": ("SENT", 0, "")},
        )
        bank_answers(early)

    run = run_of()
    assert (run.state, run.debit_date.isoformat()) == ("CLOSED", "2026-11-05")
    assert items(run) == {"0010": ("SETTLED", FEN, ""), "0011": ("SETTLED", FEN, "")}
    assert DebitBatch.objects.get().state == "CLOSED"
    assert [early.bill(number(ending)).state for ending in (ORDINARY, POSTPAID)] == ["SETTLED"] * 2
    assert set(SandboxBill.objects.values_list("paid_fen", flat=True)) == {FEN}
    assert early.recharge(number(ORDINARY)).source == "BATCH_DEBIT"
    assert len([text for text in early.sms(number(ORDINARY)) if "缴费" in text]) == 1
    even(early)


def test_what_fails_is_presented_again_suspended_or_left_to_people(early: MoneyTown) -> None:
    billed(early, ORDINARY, "9100", "9103", "9106")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        bank_answers(early)
    run = run_of()

    assert {ending: follow_up for ending, (_, _, follow_up) in items(run).items()} == {
        "0010": "",
        "9100": "RETRY",
        "9103": "SUSPEND",
        "9106": "GIVE_UP",
    }
    assert run.state == "CLOSED"
    assert Contract.objects.get(msisdn=number("9103")).state == "SUSPENDED"
    even(early)

    with time_machine.travel(DEBIT_DAY + timedelta(days=11)):
        early.tick()

    again = run_of()
    assert again.debit_date.isoformat() == "2026-11-16"
    assert [item.attempt for item in DebitItem.objects.filter(run=again)] == [2]
    left_out = DebitExclusion.objects.filter(run=again).values_list("reason", flat=True)
    assert sorted(left_out) == ["NOT_ACTIVE", "TOO_MANY_ATTEMPTS"]


def test_a_part_is_settled_and_the_rest_asked_for_next_time(early: MoneyTown) -> None:
    billed(early, "9111")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        bank_answers(early)

    assert items(run_of())["9111"][:2] == ("PARTLY_SETTLED", 2500)
    assert (early.bill(number("9111")).state, early.bill(number("9111")).settled_fen) == ("DUE", 2500)
    assert SandboxBill.objects.get().paid_fen == 2500
    even(early)


def test_more_than_asked_is_kept_apart_and_people_hear_of_it(early: MoneyTown) -> None:
    billed(early, "9112")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        bank_answers(early)

    assert items(run_of())["9112"][:2] == ("SETTLED", FEN)
    assert early.balance("SUSPENSE", "ICBC") == -100
    assert ManualCase.objects.get().reason == "DEBIT_CONTRADICTION"
    even(early)


def test_a_code_nobody_mapped_waits_until_somebody_does(early: MoneyTown) -> None:
    billed(early, "9108")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        bank_answers(early)
        assert items(run_of())["9108"][0] == "SENT"

        ResultCode.objects.create(
            kind="BANK",
            partner=early.partner("ICBC"),
            operation="debit",
            code="7777",
            reason_code="account_frozen",
            finality="FINAL_FAILURE",
        )
        early.tick()

    assert items(run_of())["9108"] == ("FAILED", 0, items(run_of())["9108"][2])
    assert run_of().state == "CLOSED"
    even(early)


def test_a_line_left_out_is_open_until_a_second_file_tells_of_it(early: MoneyTown) -> None:
    billed(early, ORDINARY, "9115")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        bank_answers(early)
        assert (items(run_of())["9115"][0], run_of().state) == ("SENT", "SENT")
        reply = bank_debits.answer_again("ICBC", WAY, DebitBatch.objects.get().batch_no, now=clock.now())
        early.tick()

    assert reply.status == 201
    assert items(run_of())["9115"][:2] == ("SETTLED", FEN)
    assert (run_of().state, DebitReturn.objects.latest("id").repeated_count) == ("CLOSED", 1)
    even(early)


def test_the_same_answers_under_another_name_change_nothing(early: MoneyTown) -> None:
    billed(early, ORDINARY, "9100")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        bank_answers(early)
        before = items(run_of())
        bank_debits.answer_again("ICBC", WAY, DebitBatch.objects.get().batch_no, now=clock.now())
        early.tick()

    assert items(run_of()) == before
    assert DebitReturn.objects.latest("id").repeated_count == 2
    assert SandboxCredit.objects.filter(state="CREDITED").count() == 1
    even(early)


@pytest.mark.parametrize(("ending", "state"), [("9116", "SETTLED"), ("9117", "FAILED")])
def test_a_bank_that_contradicts_itself_is_a_case_and_nothing_moves(
    early: MoneyTown, ending: str, state: str
) -> None:
    billed(early, ending)

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        bank_answers(early)
        moved = early.balance("BANK_CLEARING", "ICBC")
        bank_debits.answer_again("ICBC", WAY, DebitBatch.objects.get().batch_no, now=clock.now())
        early.tick()

    assert items(run_of())[ending][0] == state
    assert early.balance("BANK_CLEARING", "ICBC") == moved
    assert ManualCase.objects.filter(reason="DEBIT_CONTRADICTION").count() == 1


def test_a_number_that_changed_hands_is_not_debited(early: MoneyTown) -> None:
    early.sign("ICBC", number(ORDINARY))
    early.deliver()
    province._note_number(
        "ZJ", "NUMBER_RECYCLED", msisdn=number(ORDINARY), now=clock.now() + timedelta(minutes=3)
    )
    province_bills.bill("ZJ", msisdn=number(ORDINARY), amount_fen=FEN, now=clock.now())

    with time_machine.travel(DEBIT_DAY):
        early.tick()

    assert run_of().state == "CLOSED"
    assert DebitExclusion.objects.get().reason == "NUMBER_CHANGED_HANDS"
    assert Contract.objects.get().state == "SUSPENDED"
    assert ManualCase.objects.get().reason == "NUMBER_CHANGED_HANDS"
    assert SandboxCredit.objects.count() == 0


def test_bills_come_as_a_file_too_and_say_since_when_a_number_is_its_owner_s(early: MoneyTown) -> None:
    early.sign("ICBC", number(ORDINARY))
    early.deliver()
    later = clock.now() + timedelta(minutes=3)
    province._note_number("ZJ", "NUMBER_RECYCLED", msisdn=number(ORDINARY), now=later)

    (reply,) = province_bills.bill_everybody("ZJ", now=clock.now())
    early.tick()

    assert reply.status == 201
    bill = early.bill(number(ORDINARY))
    assert (bill.state, bill.joined_network_at) == ("DUE", later.replace(microsecond=0))


def test_a_file_the_bank_can_t_read_is_written_anew(early: MoneyTown) -> None:
    billed(early, ORDINARY)

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        (refused,) = bank_debits.refuse_waiting("ICBC", WAY)
        early.tick()
        bank_answers(early)

    assert refused.status == 200
    assert list(DebitBatch.objects.order_by("id").values_list("state", flat=True)) == ["SUPERSEDED", "CLOSED"]
    assert items(run_of())["0010"][:2] == ("SETTLED", FEN)
    even(early)


def test_a_run_that_needs_approval_leaves_only_after_two_people_agreed(early: MoneyTown) -> None:
    billed(early, ORDINARY, code="CCB")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        assert run_of(code="CCB").state == "AWAITING_APPROVAL"
        assert bank_debits.answer_waiting("CCB", WAY, now=clock.now()) == []
        assert early.approve() == 1
        early.tick()
        bank_answers(early, code="CCB")

    assert run_of(code="CCB").state == "CLOSED"
    even(early, "CCB")


def test_a_bill_paid_at_the_counter_meanwhile_is_not_debited(early: MoneyTown) -> None:
    billed(early, ORDINARY, code="CCB")

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        _row, reply = bank_money.recharge("ICBC", number(ORDINARY), amount_fen=FEN)
        assert reply.body["bills"] == []  # it is being debited: the money stays on the number
        early.approve()
        early.tick()
        bank_answers(early, code="CCB")

    assert sorted(SandboxCredit.objects.values_list("bank_code", "amount_fen")) == [
        ("CCB", FEN),
        ("ICBC", FEN),
    ]
    even(early, "ICBC")
    even(early, "CCB")


def test_a_company_s_users_are_summed_under_its_agreement_and_settled_oldest_first(early: MoneyTown) -> None:
    now, agreement = clock.now(), "571000019111"
    for user, fen in (("0020", 3000), ("0021", 4000)):
        province_bills.bill("ZJ", msisdn=number(user), agreement_no=agreement, amount_fen=fen, now=now)
    early.mandate("ICBC", agreement_no=agreement)
    assert bank_mandates.send("ICBC", now=now) is not None
    early.tick()
    assert Mandate.objects.get().way == "COLLECTION"

    with time_machine.travel(DEBIT_DAY):
        early.tick()
        assert items(run_of("COLLECTION")) == {"9111": ("SENT", 0, "")}
        bank_answers(early, way="COLLECTION")

    item = DebitItem.objects.get()
    assert (item.asked_fen, item.debited_fen, item.state) == (7000, 3500, "PARTLY_SETTLED")
    assert [early.bill(number(user)).settled_fen for user in ("0020", "0021")] == [3000, 500]
    credit = SandboxCredit.objects.get()
    assert (credit.agreement_no, credit.amount_fen, len(credit.bills)) == (agreement, 3500, 2)
    even(early)
