"""The bills of simulated provinces."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.signing.factories import the_province
from tests.unipay.sandbox.conftest import UnipayEnd
from unipay.sandbox import bank_mandates, province_bills
from unipay.sandbox.models import SandboxBill, SandboxContract
from unipay.sandbox.states import BookState, Role

pytestmark = pytest.mark.django_db

NUMBER = "13805710010"
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)


def bill(**more: Any) -> SandboxBill:
    row, _reply = province_bills.bill("ZJ", msisdn=NUMBER, amount_fen=5000, now=NOW, **more)
    return row


def test_a_bill_is_for_the_last_month_and_due_in_three_days(unipay_end: UnipayEnd) -> None:
    row = bill()

    ((path, order),) = unipay_end.orders
    (told,) = order["bills"]
    assert path == "/api/v1/bills"
    assert told == {
        "province_bill_no": row.province_bill_no,
        "msisdn": NUMBER,
        "billing_month": "2026-10",
        "amount_fen": 5000,
        "due_date": "2026-11-05",
    }
    assert (row.is_told, row.billing_month) == (True, date(2026, 10, 1))


def test_a_bill_unipay_refuses_says_why(unipay_end: UnipayEnd) -> None:
    why_not = {"code": "number_not_at_home", "text": "Not yours."}
    unipay_end.answers = lambda path, order: (200, {"results": [{"result": "REFUSED", "why_not": why_not}]})

    row = bill()

    assert (row.is_told, row.remark) == (False, "Not yours.")


def test_everybody_with_a_contract_a_mandate_or_an_agreement_is_billed() -> None:
    the_province()
    SandboxContract.objects.create(
        partner_code="ZJ", role=Role.PROVINCE, state=BookState.SIGNED, msisdn=NUMBER, contract_no="C-1"
    )
    SandboxContract.objects.create(
        partner_code="ZJ",
        role=Role.PROVINCE,
        state=BookState.TERMINATED,
        msisdn="13805710012",
        contract_no="C-2",
    )
    bank_mandates.sign("NBCARD", msisdn="13805710014", now=NOW)
    province_bills.write_down(
        "ZJ", msisdn="13805710016", agreement_no="571000010", amount_fen=1, month=None, now=NOW
    )

    assert list(province_bills.billed_numbers("ZJ")) == [
        (NUMBER, ""),
        ("13805710014", ""),
        ("13805710016", "571000010"),
    ]


def test_what_a_number_uses_in_a_month_is_always_the_same() -> None:
    month = date(2026, 10, 1)

    assert province_bills.usual_fen(NUMBER, month) == province_bills.usual_fen(NUMBER, month)
    assert province_bills.usual_fen(NUMBER, month) != province_bills.usual_fen(NUMBER, date(2026, 11, 1))
    assert 18_00 <= province_bills.usual_fen(NUMBER, month) < 138_00
