"""The overview in a real browser: drawn within the policy, on wide and narrow screens, and leading to its lists."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from signing.flows.daily_figures import refresh
from tests.browser.conftest import Phone
from tests.signing.factories import make_contract, make_session, make_transaction, the_bank
from unipay import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PAINTED = """
    () => [...document.querySelectorAll("canvas.chart")].map((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, place) => place % 4 === 3 && value > 0);
    })
"""
BAR = """
    () => {
        const canvas = document.querySelector("canvas.chart");
        const { x, y } = Chart.getChart(canvas).getDatasetMeta(0).data[0].getCenterPoint();
        const { left, top } = canvas.getBoundingClientRect();
        return [left + x, top + y];
    }
"""


@pytest.fixture
def _a_day(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    now = clock.now()
    for code, msisdn in (("ICBC", "13805710001"), ("CCB", "13805710002")):
        contract = make_contract(bank=the_bank(code), opened_at=now, msisdn=msisdn)
        make_transaction(contract, occurred_at=now)
        make_transaction(contract, "AMENDED", occurred_at=now, version=9)
    make_session("FAILED", opened_at=now)
    User.objects.create_superuser("root", password="secret-of-root")
    refresh(now=now)


def log_in(phone: Phone) -> None:
    phone.page.goto("/admin/")
    phone.page.fill("[name=username]", "root")
    phone.page.fill("[name=password]", "secret-of-root")
    phone.page.click("[type=submit]")
    phone.page.wait_for_url("**/admin/")
    phone.page.wait_for_load_state("networkidle")


@pytest.mark.usefixtures("_a_day")
@pytest.mark.parametrize("width", [1280, 820])
def test_the_charts_are_drawn_within_the_policy_and_the_screen(phone: Phone, width: int) -> None:
    phone.page.set_viewport_size({"width": width, "height": 900})

    log_in(phone)

    painted = phone.page.evaluate(PAINTED)
    assert painted == [True, True, True]
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= width
    assert phone.complaints == []


@pytest.mark.usefixtures("_a_day")
def test_a_bar_leads_to_the_list_behind_it(phone: Phone) -> None:
    phone.page.set_viewport_size({"width": 1280, "height": 900})
    log_in(phone)
    phone.page.locator("canvas.chart").first.scroll_into_view_if_needed()

    phone.page.mouse.click(*phone.page.evaluate(BAR))
    phone.page.wait_for_url("**/signing/signingtransaction/**")

    assert phone.page.locator("#result_list tbody tr").count() == 1


@pytest.mark.usefixtures("_a_day")
def test_the_figures_of_a_chart_can_be_read_and_followed_without_a_mouse(phone: Phone) -> None:
    log_in(phone)

    phone.page.locator("summary").first.focus()
    phone.page.keyboard.press("Enter")
    phone.page.keyboard.press("Tab")
    phone.page.keyboard.press("Enter")
    phone.page.wait_for_url("**/signing/signingtransaction/**")

    assert "kind__exact=SIGNED" in phone.page.url
