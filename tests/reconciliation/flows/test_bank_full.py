"""A bank's monthly list against our book (domain.md B): each difference, and what is done about it."""

import pytest

from reconciliation.models import Discrepancy
from reconciliation.states import RunState
from signing.models import Contract, ManualCase, SigningTransaction
from tests.reconciliation.matching.oracle import Entry
from tests.reconciliation.world import DAY, bring_full, found, hold, our_book
from tests.signing.factories import the_bank, the_province
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

ONE = Entry("B1", "13805710001")
TWO = Entry("B2", "13805710002")


@pytest.fixture(autouse=True)
def home() -> None:
    the_province()


def many(count: int) -> list[Entry]:
    """Enough entries for the guard to let one or two go."""
    return [Entry(f"M{place:04d}", f"1380571{1000 + place}") for place in range(count)]


def test_even_books_need_nothing() -> None:
    hold(ONE)

    run = bring_full([ONE])

    assert run.state == RunState.CLOSED
    assert (run.our_count, run.their_count, run.even_count, run.discrepancy_count) == (1, 1, 1, 0)
    assert OutboundMessage.objects.count() == 0


def test_what_the_bank_has_and_we_do_not_becomes_formal_and_the_province_hears_of_it() -> None:
    run = bring_full([ONE])

    contract = Contract.objects.get()
    line = SigningTransaction.objects.get()
    message = OutboundMessage.objects.get()
    assert found(run) == [("MISSING_HERE", "B1", "CORRECTED", ())]
    assert (contract.state, contract.channel, contract.bank_contract_no) == ("ACTIVE", "RECONCILIATION", "B1")
    assert (contract.account_number, contract.holder_name) == (ONE.account, "张三丰")
    assert (line.kind, line.source, line.request_no, line.business_date) == (
        "SIGNED",
        "RECONCILIATION",
        run.run_no,
        DAY,
    )
    assert (message.kind, message.partner.code) == ("contract_changed", "ZJ")
    assert run.state == RunState.CLOSED


def test_what_we_have_and_the_bank_does_not_is_terminated() -> None:
    others = many(100)
    for entry in [*others, ONE]:
        hold(entry)

    run = bring_full(others)

    contract = Contract.objects.get(bank_contract_no="B1")
    assert found(run) == [("MISSING_AT_BANK", "B1", "CORRECTED", ())]
    assert (contract.state, contract.end_reason) == ("TERMINATED", "RECONCILIATION")
    assert run.even_count == 100


def test_the_banks_values_count() -> None:
    hold(ONE.but(recharge_threshold_fen=1000, recharge_amount_fen=5000))
    theirs = ONE.but(recharge_threshold_fen=2000, recharge_amount_fen=5000, account="6222021111100000001")

    run = bring_full([theirs])

    assert found(run) == [("DIFFERS", "B1", "CORRECTED", ("account", "recharge_threshold_fen"))]
    assert our_book() == {"B1": theirs}


def test_a_number_signed_at_another_bank_becomes_a_case_and_the_rest_goes_on() -> None:
    hold(ONE, bank=the_bank("CCB"))

    run = bring_full([ONE, TWO])

    case = ManualCase.objects.get()
    assert found(run) == [("COLLISION", "B1", "CASE", ()), ("MISSING_HERE", "B2", "CORRECTED", ())]
    assert Discrepancy.objects.get(difference="COLLISION").case == case
    assert (case.reason, case.standing.bank.code, case.contested.bank.code) == (
        "STANDING_CONTRACT",
        "CCB",
        "ICBC",
    )
    assert run.state == RunState.CLOSED


def test_a_number_that_moved_to_another_contract_of_the_same_bank_is_signed_anew() -> None:
    for entry in [*many(100), ONE]:
        hold(entry)
    moved = ONE.but(no="B9", account="6222029999999990001")

    run = bring_full([*many(100), moved])

    assert found(run) == [("MISSING_AT_BANK", "B1", "CORRECTED", ()), ("MISSING_HERE", "B9", "CORRECTED", ())]
    assert our_book()["B9"] == moved


def test_a_number_at_home_nowhere_is_given_back_to_the_bank() -> None:
    run = bring_full([Entry("B1", "19900000001")])

    assert found(run) == [("UNKNOWN_NUMBER", "B1", "EXPORTED", ())]
    assert run.state == RunState.CLOSED


def test_a_contract_that_ended_here_is_not_revived_unseen() -> None:
    hold(ONE.but(state="TERMINATED"))

    run = bring_full([ONE])

    assert found(run) == [("ENDED_HERE", "B1", "CASE", ())]
    assert our_book() == {}


def test_running_again_changes_nothing() -> None:
    hold(ONE.but(auto_pay=True))
    bring_full([ONE, TWO])
    before = list(Contract.objects.order_by("id").values())

    run = bring_full([ONE, TWO])

    assert found(run) == []
    assert list(Contract.objects.order_by("id").values()) == before
