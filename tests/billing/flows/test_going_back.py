"""What happens when recharges go back: reversed at once or taken back first, refunded, or left credited (C11)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.flows import ask_back, reversal, take_back, unsettle
from billing.models import Bill, BillSettlement, JournalEntry, Recharge
from billing.states import AccountRole
from signing.models import ManualCase
from tests.billing import money
from tests.billing.factories import NOW, make_bill, make_recharge, make_settlement
from unipay.messaging.models import OutboundMessage

LATER = NOW + timedelta(minutes=5)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


def reverse_debited(*recharges: Recharge, reason: str = "insufficient_funds") -> int:
    query, given = "SELECT unnest(%(those)s::bigint[])", {"those": [each.pk for each in recharges]}
    return reversal.reverse_debited(query=query, given=given, reason=reason, now=LATER)


def paying(recharge: Recharge) -> Bill:
    bill = make_bill("SETTLED")
    make_settlement(bill, recharge)
    return bill


def test_what_the_province_was_never_asked_for_is_reversed_at_once_with_its_bill_due_again() -> None:
    recharge = make_recharge("PAID")
    bill = paying(recharge)

    assert reverse_debited(recharge) == 1

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.back_reason, recharge.over_at) == (
        "REVERSED",
        "insufficient_funds",
        LATER,
    )
    bill = Bill.objects.get(pk=bill.pk)
    assert (bill.state, bill.settled_fen, bill.settled_at) == ("DUE", 0, None)
    assert BillSettlement.objects.get().reversed_at == LATER
    entry = JournalEntry.objects.get(kind="REVERSED")
    assert (entry.reverses_id, entry.subject) == (recharge.paid_entry_id, recharge.subject)
    assert money.balances() == {}
    money.require_conserved()


def test_a_landed_one_is_taken_back_first() -> None:
    recharge = make_recharge("LANDED")
    bill = paying(recharge)

    assert reverse_debited(recharge) == 0

    recharge = money.fresh(recharge)
    (message,) = money.promised("take_back_recharge")
    assert (recharge.state, recharge.way_back) == ("TAKING_BACK", "REVERSAL")
    assert message.subject == recharge.subject
    told = {name: message.payload[name] for name in ("recharge_no", "back_no", "amount_fen", "reason")}
    assert told == {
        "recharge_no": recharge.recharge_no,
        "back_no": recharge.back_no,
        "amount_fen": 5000,
        "reason": "insufficient_funds",
    }
    assert Bill.objects.get(pk=bill.pk).state == "SETTLED"


def test_once_taken_back_it_is_reversed_on_both_legs() -> None:
    recharge = make_recharge("LANDED", request_no="")
    bill = paying(recharge)
    reverse_debited(recharge)
    (message,) = money.promised("take_back_recharge")

    money.answer(message, {"result_code": "0000"}, now=LATER)

    assert money.fresh(recharge).state == "REVERSED"
    assert Bill.objects.get(pk=bill.pk).state == "DUE"
    assert list(JournalEntry.objects.order_by("id").values_list("kind", flat=True)) == [
        "PAID",
        "LANDED",
        "TAKEN_BACK",
        "REVERSED",
    ]
    assert money.balances() == {}
    assert money.promised("refund_recharge") == []


def test_an_answer_to_a_take_back_that_comes_twice_changes_nothing() -> None:
    recharge = make_recharge("LANDED", request_no="")
    reverse_debited(recharge)
    (message,) = money.promised("take_back_recharge")
    money.answer(message, {"result_code": "0000"}, now=LATER)

    take_back.settled(message, LATER)

    assert JournalEntry.objects.count() == 4
    money.require_conserved()


def test_one_whose_credit_nobody_knows_of_is_asked_back_too() -> None:
    recharge = make_recharge("PAID")
    money.promise(recharge, now=NOW)

    assert reverse_debited(recharge) == 0

    assert money.fresh(recharge).state == "TAKING_BACK"
    (message,) = money.promised("take_back_recharge")
    money.answer(message, {"result_code": "5002"}, now=LATER)
    assert money.fresh(recharge).state == "REVERSED"
    assert list(JournalEntry.objects.order_by("id").values_list("kind", flat=True)) == ["PAID", "REVERSED"]
    money.require_conserved()


def test_one_that_the_province_refused_for_good_is_reversed_at_once() -> None:
    recharge = make_recharge("PAID", landing_attempts=1, landing_error="number_not_normal")

    assert reverse_debited(recharge) == 1

    assert money.fresh(recharge).state == "REVERSED"
    assert not OutboundMessage.objects.exists()


def test_a_spent_credit_stays_with_a_case() -> None:
    recharge = make_recharge("LANDED")
    bill = paying(recharge)
    reverse_debited(recharge)
    (message,) = money.promised("take_back_recharge")

    money.refuse(message, "5001", "credit_spent", now=LATER)

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.landing_error, recharge.back_no) == ("LANDED", "credit_spent", "")
    assert Bill.objects.get(pk=bill.pk).state == "SETTLED"
    assert ManualCase.objects.get().about == recharge.subject
    assert money.balances() == {"BANK_CLEARING": 5000, "PROVINCE_PAYABLE": -5000}


def test_a_spent_credit_that_nobody_knew_of_is_entered() -> None:
    recharge = make_recharge("PAID")
    money.promise(recharge, now=NOW)
    reverse_debited(recharge)
    (message,) = money.promised("take_back_recharge")

    money.refuse(message, "5001", "credit_spent", now=LATER)

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.landed_at) == ("LANDED", LATER)
    assert recharge.landed_entry is not None
    assert money.balance(AccountRole.IN_TRANSIT) == 0
    money.require_conserved()


def test_a_take_back_nobody_answers_becomes_a_case_and_is_asked_again() -> None:
    recharge = make_recharge("LANDED")
    reverse_debited(recharge)
    (message,) = money.promised("take_back_recharge")

    money.let_die(message, now=LATER)

    recharge = money.fresh(recharge)
    assert (recharge.state, recharge.next_landing_at) == ("TAKING_BACK", LATER)
    assert ManualCase.objects.get().reason == "RECHARGE_STUCK"


def test_what_is_over_or_on_its_way_is_left_alone() -> None:
    recharges = [make_recharge("REVERSED"), make_recharge("TAKING_BACK"), make_recharge("REFUNDED")]

    assert reverse_debited(*recharges) == 0

    assert [money.fresh(each).state for each in recharges] == ["REVERSED", "TAKING_BACK", "REFUNDED"]
    assert not OutboundMessage.objects.exists()


def test_a_hundred_are_reversed_in_as_many_statements_as_one() -> None:
    recharges = [make_recharge("PAID") for _ in range(100)]

    with CaptureQueriesContext(connection) as statements:
        assert reverse_debited(*recharges) == 100

    assert len(statements) <= 12
    money.require_conserved()


def test_two_recharges_that_paid_one_bill_both_let_it_fall_due() -> None:
    bill = make_bill("SETTLED")
    both = [make_recharge("PAID", amount_fen=3000), make_recharge("PAID", amount_fen=2000)]
    for recharge in both:
        make_settlement(bill, recharge)

    query, given = "SELECT unnest(%(those)s::bigint[])", {"those": [each.pk for each in both]}
    assert unsettle.unsettle(query=query, given=given, now=LATER) == 1
    assert unsettle.unsettle(query=query, given=given, now=LATER) == 0

    bill = Bill.objects.get(pk=bill.pk)
    assert (bill.state, bill.settled_fen) == ("DUE", 0)


def test_a_reversal_its_bank_was_told_of_is_not_refunded_by_a_later_answer() -> None:
    recharge = make_recharge("LANDED")
    begun = reversal.begin(recharge.bank, recharge.recharge_no, reason="wrong number", now=NOW)
    ask_back.conclude(begun, None, now=NOW)
    (message,) = money.promised("take_back_recharge")

    again = reversal.begin(recharge.bank, recharge.recharge_no, reason="wrong number", now=LATER)
    told = ask_back.conclude(again, True, now=LATER)
    money.answer(message, {"result_code": "0000"}, now=LATER)

    assert told.state == "REVERSED"
    assert money.promised("refund_recharge") == []
