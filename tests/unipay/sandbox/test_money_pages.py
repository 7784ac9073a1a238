"""The pages of the simulated banks' and provinces' money."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from billing.models import Arrangement
from tests.unipay.sandbox.conftest import NUMBER, UnipayEnd
from unipay import clock
from unipay.partners.models import Partner
from unipay.sandbox import bank_debits, bank_mandates
from unipay.sandbox.models import SandboxBill, SandboxMandate, SandboxPayment

pytestmark = pytest.mark.django_db

BANK, PROVINCE = "/sandbox/banks/ICBC", "/sandbox/provinces/ZJ"


@pytest.fixture
def browser(english: None, unipay_end: UnipayEnd) -> Client:
    return Client(headers={"Accept-Language": "en"})


def test_money_is_taken_at_the_counter_and_the_page_says_what_unipay_answered(
    browser: Client, unipay_end: UnipayEnd
) -> None:
    unipay_end.answers = lambda path, order: (201, {"recharge_no": "RC-1", "state": "LANDED"})

    order = {"msisdn": NUMBER, "amount_fen": "50.00", "source": "COUNTER"}
    page = browser.post(f"{BANK}/recharge/", order, follow=True).content.decode()

    ((path, sent),) = unipay_end.orders
    assert (path, sent["amount_fen"], sent["msisdn"]) == ("/api/v1/recharges", 5000, NUMBER)
    assert "Unipay answered 201 LANDED" in page
    assert "RC-1" in page
    assert SandboxPayment.objects.get().state == "TAKEN"


def test_a_refused_customer_has_the_money_back(browser: Client, unipay_end: UnipayEnd) -> None:
    unipay_end.answers = lambda path, order: (422, {"code": "landing_refused", "title": "No."})

    order = {"agreement_no": "571000010", "amount_fen": "1", "source": "COUNTER"}
    page = browser.post(f"{BANK}/recharge/", order, follow=True).content.decode()

    row = SandboxPayment.objects.select_related("account").get()
    assert "landing_refused" in page
    assert (row.state, row.account.balance_fen if row.account else 0) == ("REVERSED", 1_000_000)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount_fen": "50", "source": "COUNTER"}, "A mobile number or an agreement number is needed."),
        (
            {"msisdn": NUMBER, "amount_fen": "1e3", "source": "COUNTER"},
            "An amount is written as 50 or 50.00.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_taken(
    browser: Client, typed: dict[str, str], said: str
) -> None:
    page = browser.post(f"{BANK}/recharge/", typed, follow=True).content.decode()

    assert said in page
    assert not SandboxPayment.objects.exists()


@pytest.mark.parametrize(
    ("action", "path"),
    [("reverse", "/recharges/RC-1/reversal"), ("refund", "/recharges/RC-1/refund"), ("again", "/recharges")],
)
def test_the_buttons_of_a_payment_ask_unipay(
    browser: Client, unipay_end: UnipayEnd, action: str, path: str
) -> None:
    unipay_end.answers = lambda path, order: (201, {"recharge_no": "RC-1", "state": "LANDED"})
    browser.post(f"{BANK}/recharge/", {"msisdn": NUMBER, "amount_fen": "50", "source": "COUNTER"})

    response = browser.post(f"{BANK}/payments/{SandboxPayment.objects.get().pk}/{action}/")

    assert response["Location"] == f"{BANK}/money/"
    assert unipay_end.orders[-1][0] == f"/api/v1{path}"


def test_a_request_file_brought_by_hand_is_answered_with_a_return_file(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = Partner.objects.create(code="ICBC", kind="BANK", name="ICBC")
    Arrangement.objects.create(bank=bank, way="OFFLINE", settles_at_export=True, allows_partial=False)
    given: dict[str, Any] = {}

    def answer(code: str, way: str, content: bytes, **more: Any) -> bytes:
        given.update(code=code, way=way, content=content)
        return b"returned"

    monkeypatch.setattr(bank_debits, "answer_by_hand", answer)
    page = browser.get(f"{BANK}/money/").content.decode()
    assert "Bring" in page or "bring a request file" in page

    day = clock.business_date(clock.now()).isoformat()
    file = _file(b"request")
    response = browser.post(f"{BANK}/by-hand/", {"way": "OFFLINE", "business_date": day, "file": file})

    assert (response.status_code, response.content) == (200, b"returned")
    assert given == {"code": "ICBC", "way": "OFFLINE", "content": b"request"}
    assert "offline_return_ICBC_" in response["Content-Disposition"]


def test_a_mandate_is_signed_and_ended_at_the_counter_of_a_bank_without_a_line(browser: Client) -> None:
    browser.post("/sandbox/banks/SXRCB/mandates/sign/", {"agreement_no": "571000010"})
    row = SandboxMandate.objects.get()
    page = browser.get("/sandbox/banks/SXRCB/money/").content.decode()
    browser.post("/sandbox/banks/SXRCB/mandates/end/", {"pk": row.pk})

    row.refresh_from_db()
    assert "SXRCBM571000010" in page
    assert (row.state, row.holder_name.endswith(bank_mandates.COMPANY)) == ("TERMINATED", True)


def test_a_province_bills_a_number_and_thinks_again(browser: Client, unipay_end: UnipayEnd) -> None:
    unipay_end.answers = lambda path, order: (200, {"results": []})

    browser.post(f"{PROVINCE}/bills/", {"msisdn": NUMBER, "amount_fen": "58.00"})
    row = SandboxBill.objects.get()
    unipay_end.answers = lambda path, order: (
        200,
        {"results": [{"province_bill_no": row.province_bill_no, "bill_no": "B-1"}]},
    )
    browser.post(f"{PROVINCE}/bills/{row.pk}/halve/")
    browser.post(f"{PROVINCE}/bills/{row.pk}/cancel/")

    row.refresh_from_db()
    paths = [path for path, order in unipay_end.orders if order]
    assert paths == ["/api/v1/bills", "/api/v1/bills/B-1/amendment", "/api/v1/bills/B-1/cancellation"]
    assert (row.amount_fen, row.state) == (2900, "CANCELLED")
    assert row.province_bill_no in browser.get(f"{PROVINCE}/money/").content.decode()


@pytest.mark.parametrize("path", [f"{BANK}/payments/1/pay/", f"{BANK}/requests/OFFLINE/answer/"])
def test_what_a_bank_does_not_do_is_not_there(browser: Client, path: str) -> None:
    assert browser.post(path).status_code == 404


def _file(content: bytes) -> Any:

    file = BytesIO(content)
    file.name = "request.txt"
    return file


@pytest.mark.parametrize(("code", "is_by_hand"), [("HUCARD", True), ("NBCARD", False)])
def test_a_bank_without_a_line_gives_its_mandates_by_hand(
    code: str, is_by_hand: bool, browser: Client
) -> None:
    page = browser.get(f"/sandbox/banks/{code}/money/")

    assert page.context["is_by_hand"] is is_by_hand


def test_staff_take_the_file_of_mandates_along(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [b"mandates", None]
    monkeypatch.setattr(bank_mandates, "written", lambda code, *, now: files.pop(0))

    given, nothing = [browser.post("/sandbox/banks/SXRCB/mandates/send/") for _each in range(2)]

    assert given.content == b"mandates"
    assert "bank_mandates_SXRCB_" in given["Content-Disposition"]
    assert nothing.status_code == 302
