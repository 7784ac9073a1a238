"""What a simulated province does with recharges, and how often."""

from typing import Any

import pytest

from tests.unipay.sandbox.conftest import call
from unipay.sandbox import province_money
from unipay.sandbox.conduct import SILENT_SECONDS, SLOW_SECONDS
from unipay.sandbox.models import SandboxBill, SandboxCredit, SandboxSms

pytestmark = pytest.mark.django_db

SEGMENT = "1380571"


def landing(ending: str = "0010", *, number: str = "R1", fen: int = 5000, **more: Any) -> dict[str, Any]:
    return {
        "recharge_no": number,
        "msisdn": SEGMENT + ending,
        "agreement_no": "",
        "amount_fen": fen,
        "source": "COUNTER",
        "bank_code": "ICBC",
        "paid_at": "2026-11-20T09:00:00+08:00",
        "business_date": "2026-11-20",
        "bills": [],
        **more,
    }


def land(*landings: dict[str, Any]) -> list[dict[str, Any]]:
    return list((province_money.land("ZJ", {"landings": list(landings)}).body or {})["results"])


def asked_about(*numbers: str) -> list[str]:
    body = province_money.tell("ZJ", {"recharge_nos": list(numbers)}).body or {}
    return [each["result"] for each in body["results"]]


def take_back(number: str = "R1") -> str:
    order = {"recharge_no": number, "back_no": f"B-{number}", "amount_fen": 5000, "msisdn": f"{SEGMENT}0010"}
    said = province_money.take_back("ZJ", order)
    return str((said.body or {})["result_code"])


def a_bill(no: str = "ZJ-1", fen: int = 5000) -> SandboxBill:
    return SandboxBill.objects.create(
        partner_code="ZJ",
        province_bill_no=no,
        msisdn=f"{SEGMENT}0010",
        billing_month="2026-10-01",
        amount_fen=fen,
        due_date="2026-11-10",
    )


def test_a_credit_is_made_once_and_the_subscriber_hears_of_it_once() -> None:
    assert land(landing()) == land(landing()) == [{"recharge_no": "R1", "result": "CREDITED"}]

    assert province_money.credited_fen("ZJ") == 5000
    assert [sms.text for sms in SandboxSms.objects.all()] == [
        "【中国移动】您的号码13805710010已缴费50.00元。"
    ]


def test_a_credit_pays_the_province_s_bills_and_taking_it_back_opens_them_again() -> None:
    bill = a_bill()
    land(landing(bills=[{"province_bill_no": "ZJ-1", "amount_fen": 5000}]))
    bill.refresh_from_db()
    assert bill.paid_fen == 5000

    assert [take_back(), take_back()] == ["0000", "0000"]

    bill.refresh_from_db()
    assert (bill.paid_fen, province_money.credited_fen("ZJ")) == (0, 0)
    assert SandboxSms.objects.count() == 2
    assert asked_about("R1") == ["TAKEN_BACK"]


def test_what_was_never_credited_is_unknown_and_never_will_be() -> None:
    land(landing("9082"))

    assert [take_back("R1"), take_back("R-NEVER")] == ["5002", "5002"]

    assert land(landing(number="R-NEVER")) == [{"recharge_no": "R-NEVER", "result": "TAKEN_BACK"}]
    assert province_money.credited_fen("ZJ") == 0


@pytest.mark.parametrize(
    ("ending", "first", "second", "known_as"),
    [
        ("9080", ["REFUSED"], ["REFUSED"], "REFUSED"),
        ("9081", [], [], "CREDITED"),
        ("9082", [], [], "NOT_FOUND"),
        ("9083", [], ["CREDITED"], "CREDITED"),
        ("9084", ["REFUSED"], ["REFUSED"], "NOT_FOUND"),
    ],
)
def test_reserved_numbers_are_answered_oddly(
    ending: str, first: list[str], second: list[str], known_as: str
) -> None:
    said = [[each["result"] for each in land(landing(ending))] for _ in range(2)]

    assert said == [first, second]
    assert asked_about("R1") == [known_as]
    assert SandboxCredit.objects.count() == 1


def test_one_call_credits_some_and_leaves_others_out() -> None:
    results = land(landing(), landing("9082", number="R2"), landing("9080", number="R3"))

    assert results == [
        {"recharge_no": "R1", "result": "CREDITED"},
        {"recharge_no": "R3", "result": "REFUSED", "reason_code": "5003"},
    ]


@pytest.mark.parametrize(
    ("ending", "status", "waited", "credited"),
    [("9085", 200, SLOW_SECONDS, 5000), ("9086", 503, SILENT_SECONDS, 0), ("9087", 503, 0, 0)],
)
def test_a_landing_of_one_number_may_be_slow_silent_or_fail(
    played: None,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    status: int,
    waited: float,
    credited: int,
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("unipay.sandbox.receiving.pause", pauses.append)

    answer = call("provinces/ZJ/landings", {"event_id": "E1", "landings": [landing(ending)]})

    assert (answer.status_code, sum(pauses)) == (status, waited)
    assert province_money.credited_fen("ZJ") == credited


def test_a_spent_credit_stays(played: None) -> None:
    land(landing("9091"))

    order = {"recharge_no": "R1", "back_no": "B1", "msisdn": f"{SEGMENT}9091", "amount_fen": 5000}
    answer = call("provinces/ZJ/landing-take-backs", order)

    assert answer.json()["result_code"] == "5001"
    assert province_money.credited_fen("ZJ") == 5000
