"""The subscriber's way over the carrier channel on a phone: our pages, the bank's, and back (domain.md A1)."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect
from pytest_django.live_server_helper import LiveServer

from signing.flows.signing_result import accept_result
from signing.flows.told import Told
from signing.links import link_for
from signing.models import SigningSession
from signing.particulars import SigningNotice
from tests.browser.conftest import Phone
from tests.signing.factories import ACCOUNT, HOLDER, make_session, the_bank, the_hall
from unipay import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BANK_PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>Bank</title><h1>The bank</h1><p id="posted">{posted}</p><a id="back" href="{back}">Back to the merchant</a>"""


@pytest.fixture
def session(live_server: LiveServer, settings: Any) -> SigningSession:
    settings.UNIPAY_PUBLIC_URL = live_server.url
    the_bank("ICBC", name="中国工商银行", name_en="Industrial and Commercial Bank of China")
    the_bank("CCB", name="中国建设银行", name_en="China Construction Bank")
    the_hall(name="网上营业厅", name_en="the online hall")
    return make_session(opened_at=clock.now(), language="en", return_url="https://hall.example/done")


def stand_in_for_the_bank(phone: Phone, session: SigningSession) -> None:
    """The bank's page shows which session the browser brought, and leads back to our result page."""

    def answer(route: Route) -> None:
        posted = route.request.post_data_json or {}
        body = BANK_PAGE.format(posted=posted.get("session_no"), back=posted.get("return_url"))
        route.fulfill(body=body, content_type="text/html")

    phone.context.route("https://icbc.example/sign", answer)
    phone.context.route(
        "https://hall.example/**", lambda route: route.fulfill(body="<h1>hall</h1>", content_type="text/html")
    )


def announce(session: SigningSession) -> None:
    notice = SigningNotice(
        signed=True,
        msisdn=session.msisdn,
        business_date=clock.business_date(clock.now()),
        session_no=session.session_no,
        bank_contract_no="ICBC0001",
        account=ACCOUNT,
        holder=HOLDER,
    )
    accept_result(Told(the_bank("ICBC"), notice), now=clock.now())


def test_a_subscriber_signs_on_a_phone_and_sees_the_true_outcome(
    phone: Phone, session: SigningSession, tmp_path: Path
) -> None:
    stand_in_for_the_bank(phone, session)
    page = phone.page

    page.goto(link_for(session))
    expect(page.get_by_text("138 0571 0001")).to_be_visible()
    fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_text("Industrial and Commercial Bank of China").tap()
    page.get_by_label("I have read the agreement and consent to it.").tap()
    page.get_by_role("button", name="Agree and go to the bank").tap()

    expect(page).to_have_url("https://icbc.example/sign")
    expect(page.locator("#posted")).to_have_text(session.session_no)
    page.locator("#back").tap()

    expect(page.get_by_role("heading", name="Waiting for your bank")).to_be_visible()
    announce(session)
    expect(page.get_by_role("heading", name="Signed", exact=True)).to_be_visible(timeout=10_000)
    expect(page.get_by_text("622202 **** 0128")).to_be_visible()
    page.screenshot(path=tmp_path / "signed.png", full_page=True)

    page.get_by_role("link", name="Back to the online hall").tap()
    expect(page).to_have_url(re.compile(rf"^https://hall\.example/done\?session_no={session.session_no}$"))
    assert fits
    assert phone.complaints == []


def test_without_javascript_a_button_leads_to_the_bank(phone: Phone, session: SigningSession) -> None:
    stand_in_for_the_bank(phone, session)
    phone.context.route("**/hand_over.js", lambda route: route.fulfill(body=""))
    page = phone.page
    page.goto(link_for(session))
    page.get_by_label("Industrial and Commercial Bank of China").tap()
    page.get_by_label("I have read the agreement and consent to it.").tap()
    page.get_by_role("button", name="Agree and go to the bank").tap()

    page.get_by_role("button", name="Continue to Industrial and Commercial Bank of China").tap()

    expect(page.locator("#posted")).to_have_text(session.session_no)
    assert phone.complaints == []


def test_back_from_the_bank_is_the_agreement_and_not_the_hand_over(
    phone: Phone, session: SigningSession
) -> None:
    stand_in_for_the_bank(phone, session)
    page = phone.page
    page.goto(link_for(session))
    page.get_by_label("Industrial and Commercial Bank of China").tap()
    page.get_by_label("I have read the agreement and consent to it.").tap()
    page.get_by_role("button", name="Agree and go to the bank").tap()
    expect(page).to_have_url("https://icbc.example/sign")

    page.go_back()

    expect(page).to_have_url(link_for(session))
    expect(page.get_by_text("were sent to Industrial and Commercial Bank of China")).to_be_visible()
