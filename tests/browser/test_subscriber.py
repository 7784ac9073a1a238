"""From a number that is typed anywhere to its page, and from there to the whole number, as a person does it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Phone
from tests.signing.factories import MSISDN, make_case
from unipay.backoffice.disclosure import SUGGESTED_REASONS
from unipay.backoffice.models import Disclosure

SCREENS = [(1280, 800), (820, 1180)]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def desk(phone: Phone, live_server: LiveServer, settings: Any) -> Phone:
    """A browser in which somebody who may do everything is logged in."""
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }
    phone.context.add_cookies([{**cookie, "url": live_server.url}])
    return phone


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_number_typed_into_the_palette_leads_to_its_page_and_stands_in_no_address(
    desk: Phone, width: int, height: int
) -> None:
    case = make_case()
    asked: list[str] = []
    desk.page.set_viewport_size({"width": width, "height": height})
    desk.page.on("request", lambda request: asked.append(request.url))

    desk.page.goto("/admin/")
    desk.page.keyboard.press("Control+k")
    desk.page.fill("#search-input-command", "")
    desk.page.type("#search-input-command", MSISDN)
    desk.page.wait_for_selector("#command-results-list a")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/admin/subscriber/**")

    assert desk.page.locator("#contracts").get_by_text(case.standing.contract_no).first.is_visible()
    assert desk.page.locator("#timeline li").count() >= 3
    assert MSISDN not in desk.page.content()
    assert [url for url in asked if MSISDN in url] == []
    assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert desk.complaints == []


def test_the_box_in_the_header_finds_a_case_without_any_script(desk: Phone) -> None:
    case = make_case()
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    desk.page.goto("/admin/signing/contract/")

    desk.page.fill(".header-search [name=term]", case.case_no.lower())
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(f"**/admin/signing/manualcase/{case.pk}/change/")

    assert desk.complaints == []


def test_a_usual_reason_is_chosen_and_the_whole_number_shown_and_noted(desk: Phone) -> None:
    make_case()
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    desk.page.goto("/admin/find/")
    desk.page.fill("#find-term", MSISDN)
    desk.page.keyboard.press("Enter")
    desk.page.click("#content a[href$='/reveal/']")
    desk.page.locator("#content form [role=group] button").nth(2).click()
    desk.page.click("#content form button[type=submit]")
    desk.page.wait_for_selector(f"text={MSISDN}")

    with override("zh-hans"):
        assert Disclosure.objects.get().reason == str(SUGGESTED_REASONS[2])
    assert desk.complaints == []
