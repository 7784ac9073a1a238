"""Domain.md A1 as a person does it, on a phone: hall, agreement, the bank's page, and the outcome back at the hall."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Phone
from tests.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MSISDN = "13805710010"


def sign(phone: Phone, town: Town, *, button: str) -> None:
    page = phone.page
    page.goto(f"{town.url}/sandbox/hall/?msisdn={MSISDN}")
    page.locator("button[type=submit]").click()
    page.locator("input[name=bank_code][value=ICBC]").check()
    page.locator("input[name=consent]").check()
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/sandbox/banks/ICBC/signing/**")
    page.locator(f"button[name={button}]").click()
    page.wait_for_url("**/result")


def test_a_subscriber_signs_and_comes_back_to_the_hall(phone: Phone, town: Town, tmp_path: Path) -> None:
    sign(phone, town, button="sign")
    town.deliver()

    contract = town.contract(msisdn=MSISDN)
    expect(phone.page.get_by_text(contract.contract_no)).to_be_visible()
    phone.page.screenshot(path=tmp_path / "signed.png", full_page=True)
    assert contract.state == "ACTIVE"
    assert town.province_book("ZJ", MSISDN) == [(contract.contract_no, "SIGNED")]
    phone.page.locator("a[href*='/sandbox/hall/']").first.click()
    expect(phone.page.get_by_text(contract.contract_no).first).to_be_visible()
    assert phone.complaints == []


def test_a_subscriber_overtaken_by_another_bank_is_told_the_truth(phone: Phone, town: Town) -> None:
    sign(phone, town, button="overtaken")

    case = town.case()
    assert case.contested is not None
    assert case.contested.contract_no == town.contract(state="CONTESTED").contract_no
    expect(phone.page.locator("main")).not_to_contain_text("签约成功")


def test_an_account_the_bank_does_not_accept_is_told_the_subscriber(phone: Phone, town: Town) -> None:
    sign(phone, town, button="fail")

    assert town.journal(MSISDN) == []
    expect(phone.page.locator("main")).not_to_contain_text("签约成功")
