"""A new clerk, given only the log-in, resolves a duplicate from the queue to its end; a checker agrees."""

import pytest
from django.apps import apps

from signing.models import ManualCase
from tests.browser.conftest import SitDown
from tests.town import Town
from unipay.backoffice.grants import grant
from unipay.sandbox.demo import carrier_channel

NUMBER = "13805710010"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def case(town: Town) -> ManualCase:
    """A duplicate: ABC's counter was faster than ICBC's page."""
    grant(apps)
    carrier_channel.walk(NUMBER, bank_code="ICBC", button="overtaken")
    town.deliver()
    return town.case()


def test_a_clerk_resolves_a_duplicate_and_a_checker_agrees(
    town: Town, case: ManualCase, sit_down: SitDown, complaints: list[str]
) -> None:
    clerk = sit_down("xiaoli", "customer_service")
    clerk.goto("/admin/signing/manualcase/")
    clerk.keyboard.press("j")
    clerk.keyboard.press("o")
    clerk.wait_for_url(f"**/{case.pk}/change/")
    clerk.get_by_role("button", name="领取处理单").click()
    clerk.get_by_role("button", name="查询各方当前账面").click()
    clerk.get_by_text("对方账面有效。").first.wait_for()
    clerk.locator("[data-decision=KEEP_STANDING]").click()
    clerk.locator("[name=remark]").fill("客户来电确认保留农业银行。")
    clerk.get_by_role("button", name="提交复核").click()
    clerk.get_by_text("这是您本人提交的，须由他人复核。").wait_for()
    assert clerk.get_by_role("button", name="通过").count() == 0

    checker = sit_down("wangjie", "supervisor")
    checker.goto("/admin/signing/manualcase/?state=PROPOSED")
    checker.locator("#result_list a").first.click()
    checker.locator("#check-remark").fill("已核对双方账面。")
    checker.locator("#check button").first.click()
    checker.get_by_text("复核通过，已执行。").wait_for()
    town.deliver()
    checker.locator("[data-live=head]").get_by_text("已办结").wait_for()

    closed = town.case()
    assert (closed.state, closed.decision) == ("CLOSED", "KEEP_STANDING")
    assert closed.decided_by is not None
    assert closed.approved_by is not None
    assert (closed.decided_by.username, closed.approved_by.username) == ("xiaoli", "wangjie")
    assert [state for _no, state in town.book("ICBC", NUMBER)] == ["CANCELLED"]
    assert complaints == []


def test_the_keys_of_the_queue_take_a_case_and_explain_themselves(
    case: ManualCase, sit_down: SitDown, complaints: list[str]
) -> None:
    clerk = sit_down("xiaoli", "customer_service")
    clerk.goto("/admin/signing/manualcase/")

    clerk.keyboard.press("?")
    shown = clerk.locator("#case-keys").is_visible()
    clerk.keyboard.press("Escape")
    clerk.keyboard.press("j")
    clerk.keyboard.press("t")
    clerk.get_by_text("已领取，该处理单由您负责。").wait_for()

    assert shown
    owner = ManualCase.objects.select_related("owner").get().owner
    assert owner is not None
    assert owner.username == "xiaoli"
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 820])
def test_nothing_on_the_page_of_a_case_hangs_over_its_edge(
    case: ManualCase, sit_down: SitDown, width: int
) -> None:
    clerk = sit_down("xiaoli", "customer_service")
    clerk.set_viewport_size({"width": width, "height": 1000})

    clerk.goto(f"/admin/signing/manualcase/{case.pk}/change/")

    assert clerk.evaluate("document.documentElement.scrollWidth") <= width
