"""How recharges are told to provinces: the same facts for one asked directly and for many in messages."""

import pytest

from billing import messages
from tests.billing import money
from tests.billing.factories import MSISDN, NOW, make_bill, make_recharge, make_settlement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


def test_a_recharge_is_asked_for_in_the_same_words_directly_and_by_message() -> None:
    recharge = make_recharge("PAID", amount_fen=9000)
    for bill in (make_bill("SETTLED"), make_bill("SETTLED", amount_fen=3000)):
        make_settlement(bill, recharge, amount_fen=bill.amount_fen)

    directly = messages.landing_facts(recharge.pk)

    (message,) = money.promise(recharge, now=NOW)
    assert message.payload["landings"] == [directly]
    assert [bill["amount_fen"] for bill in directly["bills"]] == [5000, 3000]


def test_a_bill_whose_settlement_was_reversed_is_not_told() -> None:
    recharge = make_recharge("PAID")
    make_settlement(make_bill(), recharge, reversed_at=NOW)

    assert messages.landing_facts(recharge.pk)["bills"] == []


def test_a_corporate_recharge_is_told_by_its_agreement() -> None:
    recharge = make_recharge("PAID", agreement_no="A-1")

    facts = messages.landing_facts(recharge.pk)

    assert (facts["agreement_no"], facts["msisdn"]) == ("A-1", "")


def test_what_is_to_be_taken_back_is_told_with_its_number_and_reason() -> None:
    recharge = make_recharge("TAKING_BACK")

    assert messages.take_back_facts(recharge.pk) == {
        "recharge_no": recharge.recharge_no,
        "back_no": recharge.back_no,
        "amount_fen": 5000,
        "msisdn": MSISDN,
        "agreement_no": "",
        "reason": "wrong number",
    }
