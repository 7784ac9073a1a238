"""The simulated partners' pages, as a browser gets them."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import key_pair
from tests.unipay.sandbox.conftest import NUMBER, UNIPAY_KEY_ID, UnipayEnd
from tests.unipay.sandbox.test_bank_signing import as_usual
from unipay import signatures
from unipay.sandbox import bank, hall, seals
from unipay.sandbox.models import SandboxContract, SandboxMessage, SandboxSms
from unipay.sandbox.scenarios import SCENARIOS
from unipay.sandbox.states import BookState

INLINE = re.compile(r"<script|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
MESSAGE = {"partner_code": "ZJ", "msisdn": NUMBER}


@pytest.fixture(autouse=True)
def _unipay_answers(unipay_end: UnipayEnd) -> None:
    unipay_end.answers = as_usual


@pytest.fixture
def browser() -> Client:
    return Client(headers={"Accept-Language": "en"})


def hand_over_fields(msisdn: str = NUMBER, *, age_seconds: int = 0) -> dict[str, str]:
    """The form with which Unipay's page sends the browser to the bank."""
    fields = {
        "session_no": "S-1",
        "msisdn": msisdn,
        "bank_code": "ICBC",
        "return_url": "http://unipay.test/pay/back",
    }
    timestamp, nonce = str(int(timezone.now().timestamp()) - age_seconds), uuid.uuid4().hex
    text = signatures.answer_text(timestamp, nonce, seals.canonical(fields))
    signature = signatures.sign(key_pair("unipay").private_pem, "RSA-SHA256", text)
    return {**fields, "timestamp": timestamp, "nonce": nonce, "key": UNIPAY_KEY_ID, "signature": signature}


def handed_over(browser: Client, msisdn: str = NUMBER) -> SandboxContract:
    browser.post("/sandbox/banks/ICBC/signing/", hand_over_fields(msisdn))
    return SandboxContract.objects.get()


def signing_page(row: SandboxContract) -> str:
    return f"/sandbox/banks/ICBC/signing/{row.pk}/"


def filled_in(row: SandboxContract, button: str) -> dict[str, str]:
    return {
        "account_number": row.account_number,
        "holder_name": row.holder_name,
        "identity_no": row.identity_no,
        "recharge_threshold_fen": "20.00",
        "recharge_amount_fen": "100",
        button: "",
    }


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Scenarios by the last four digits"), ("zh-hans", "按末四位区分的场景")]
)
def test_the_start_page_lists_every_scenario_in_both_languages(language: str, word: str) -> None:
    page = Client(headers={"Accept-Language": language}).get("/sandbox/").content.decode()

    assert word in page
    for scenario in SCENARIOS:
        assert f"1380571{scenario.ending}" in page
        assert scenario.title(language).replace("'", "&#x27;") in page


def test_the_language_link_switches_and_stays(browser: Client) -> None:
    browser.get("/sandbox/language/zh-hans/")

    assert "网上营业厅" in browser.get("/sandbox/hall/").content.decode()


def test_every_page_is_shown_without_inline_script_or_style(browser: Client) -> None:
    row, _reply = bank.ask_to_sign("ICBC", NUMBER)
    session, _reply = hall.open_session(NUMBER)
    SandboxSms.objects.create(**MESSAGE, text="签约", sent_at=timezone.now())
    SandboxMessage.objects.create(
        **MESSAGE, direction="IN", operation="x", verdict="WRONG", sent_at=timezone.now()
    )
    paths = [
        "",
        "hall/",
        f"hall/outcomes/{session.request_no}/",
        "banks/ICBC/",
        f"banks/ICBC/?msisdn={NUMBER}",
        f"banks/ICBC/contracts/{row.pk}/",
        f"banks/ICBC/signing/{row.pk}/",
        "provinces/",
        "provinces/ZJ/",
        "sms/",
        f"sms/?msisdn={NUMBER}",
    ]

    for path in paths:
        response = browser.get(f"/sandbox/{path}")
        page = response.content.decode()
        assert response.status_code == 200, path
        assert not INLINE.search(page), path
        assert "Content-Security-Policy" in response


@pytest.mark.parametrize(
    "path", ["banks/XX/", "banks/ICBC/contracts/999/", "provinces/XX/", "hall/outcomes/no/"]
)
def test_what_is_not_there_is_404(browser: Client, path: str) -> None:
    assert browser.get(f"/sandbox/{path}").status_code == 404


def test_the_hall_sends_the_browser_to_unipays_page(browser: Client, unipay_end: UnipayEnd) -> None:
    response = browser.post("/sandbox/hall/", {"msisdn": "138 0571 0002", "bank_code": "ICBC"})

    assert response.status_code == 302
    assert response["Location"] == "http://unipay.test/pay"
    assert unipay_end.orders[0][1]["msisdn"] == NUMBER


def test_the_halls_form_may_lead_on_to_unipay(browser: Client, settings: Any) -> None:
    policy = browser.get("/sandbox/hall/")["Content-Security-Policy"]

    assert settings.UNIPAY_PUBLIC_URL in policy.partition("form-action")[2].partition(";")[0]


@pytest.mark.parametrize("msisdn", ["", "123", "13805719002", "13805719001"])
def test_a_number_that_cannot_sign_stays_at_the_hall(
    browser: Client, unipay_end: UnipayEnd, msisdn: str
) -> None:
    response = browser.post("/sandbox/hall/", {"msisdn": msisdn})

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert unipay_end.orders == []


def test_the_hall_shows_why_unipay_refused(browser: Client, unipay_end: UnipayEnd) -> None:
    unipay_end.answers = lambda path, order: (409, {"code": "number_has_contract", "title": "Taken."})

    page = browser.post("/sandbox/hall/", {"msisdn": NUMBER}).content.decode()

    assert "number_has_contract · Taken." in page


def test_the_hall_says_when_unipay_is_away(browser: Client, unipay_end: UnipayEnd) -> None:
    unipay_end.fails_times = 3

    page = browser.post("/sandbox/hall/", {"msisdn": NUMBER}).content.decode()

    assert "Unipay does not answer. Is it running?" in page


def test_a_hand_over_signed_by_unipay_opens_the_banks_page(browser: Client) -> None:
    response = browser.post("/sandbox/banks/ICBC/signing/", hand_over_fields(), follow=True)

    page = response.content.decode()
    assert response.status_code == 200
    assert NUMBER in page
    assert SandboxContract.objects.get().account_number in page


@pytest.mark.parametrize("changed", ["msisdn", "return_url", "session_no", "nonce"])
def test_a_tampered_hand_over_is_refused_and_leaves_no_trace(browser: Client, changed: str) -> None:
    fields = {**hand_over_fields(), changed: "13805710004"}

    response = browser.post("/sandbox/banks/ICBC/signing/", fields)

    assert response.status_code == 403
    assert not SandboxContract.objects.exists()


def test_an_old_hand_over_is_refused(browser: Client) -> None:
    response = browser.post("/sandbox/banks/ICBC/signing/", hand_over_fields(age_seconds=600))

    assert response.status_code == 403
    assert not SandboxContract.objects.exists()


def test_signing_announces_the_typed_terms_and_leads_back(browser: Client, unipay_end: UnipayEnd) -> None:
    row = handed_over(browser)

    response = browser.post(signing_page(row), filled_in(row, "sign"))

    ((path, order),) = unipay_end.orders
    assert response["Location"] == "http://unipay.test/pay/back"
    assert path == "/api/v1/signing-results"
    assert order["terms"] == {"recharge_threshold_fen": 2000, "recharge_amount_fen": 10000}
    assert (order["result"], order["session_no"]) == ("SIGNED", "S-1")


def test_failing_the_account_check_announces_it_and_leads_back(
    browser: Client, unipay_end: UnipayEnd
) -> None:
    row = handed_over(browser)

    response = browser.post(signing_page(row), {"fail": ""})

    ((_path, order),) = unipay_end.orders
    assert response["Location"] == "http://unipay.test/pay/back"
    assert (order["result"], order["failure_code"]) == ("FAILED", "account_invalid")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("account_number", "6222020000000000001"),
        ("identity_no", "110101199003071090"),
        ("recharge_amount_fen", "1e3"),
    ],
)
def test_what_the_bank_cannot_read_is_shown_at_the_field(
    browser: Client, unipay_end: UnipayEnd, field: str, typed: str
) -> None:
    row = handed_over(browser)

    response = browser.post(signing_page(row), {**filled_in(row, "sign"), field: typed})

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert unipay_end.orders == []


def test_a_signing_dealt_with_is_not_dealt_with_again(browser: Client, unipay_end: UnipayEnd) -> None:
    row = handed_over(browser)
    browser.post(signing_page(row), filled_in(row, "sign"))

    page = browser.post(signing_page(row), filled_in(row, "sign")).content.decode()

    assert "This signing was already dealt with" in page
    assert len(unipay_end.orders) == 1


def test_the_counter_shows_the_offer_then_signs_amends_and_terminates(
    browser: Client, unipay_end: UnipayEnd
) -> None:
    browser.post("/sandbox/banks/ICBC/counter/", {"msisdn": NUMBER, "channel": "KIOSK"})
    row = SandboxContract.objects.get()
    at = f"/sandbox/banks/ICBC/contracts/{row.pk}/"

    assert "highest amount (yuan)" in browser.get(at).content.decode()
    browser.post(f"{at}sign/", filled_in(row, "sign"))
    browser.post(f"{at}amend/", {"recharge_threshold_fen": "30", "recharge_amount_fen": "200"})
    browser.post(f"{at}terminate/", {"reason": "BANK_REQUEST"})

    row.refresh_from_db()
    assert [path for path, _order in unipay_end.orders] == [
        "/api/v1/signings",
        "/api/v1/signing-results",
        "/api/v1/contracts/C-1/amendments",
        "/api/v1/contracts/C-1/termination",
    ]
    assert row.state == BookState.TERMINATED
    assert row.terms == {"recharge_threshold_fen": 3000, "recharge_amount_fen": 20000}


def test_a_late_bank_has_a_button_to_announce_now(browser: Client, unipay_end: UnipayEnd) -> None:
    row = handed_over(browser, "13805719032")
    browser.post(signing_page(row), filled_in(row, "sign"))
    assert unipay_end.orders == []

    browser.post(f"/sandbox/banks/ICBC/contracts/{row.pk}/announce/")

    assert [order["result"] for _path, order in unipay_end.orders] == ["SIGNED"]


def test_a_province_announces_an_event_from_its_page(browser: Client, unipay_end: UnipayEnd) -> None:
    response = browser.post(
        "/sandbox/provinces/ZJ/events/", {"msisdn": NUMBER, "event": "NUMBER_RECYCLED"}, follow=True
    )

    ((path, order),) = unipay_end.orders
    assert path == "/api/v1/number-events"
    assert order["event"] == "NUMBER_RECYCLED"
    assert "Unipay ended these contracts" in response.content.decode()


def test_pages_that_change_something_need_the_token_of_their_form() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/sandbox/hall/", {"msisdn": NUMBER}).status_code == 403
    assert strict.post("/sandbox/banks/ICBC/counter/", {"msisdn": NUMBER}).status_code == 403
    assert strict.post("/sandbox/banks/ICBC/signing/", hand_over_fields()).status_code == 302
