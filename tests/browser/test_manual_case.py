"""A new clerk, given only the log-in, resolves a duplicate from the queue to its end; a checker agrees."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connections
from django.test import Client
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from signing.models import ManualCase
from tests.browser.conftest import CHROMIUM
from tests.town import Town
from unipay.backoffice.grants import grant
from unipay.sandbox.demo import carrier_channel

NUMBER = "13805710010"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

Desk = Callable[[str, str], Page]


@pytest.fixture
def complaints() -> list[str]:
    """What the consoles complained of."""
    return []


@pytest.fixture
def desk(live_server: LiveServer, complaints: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Opens a browser for somebody of a role who has just logged in."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (install it, or name it in CHROMIUM)")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with ExitStack() as running:
        playwright = running.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def sit_down(username: str, role: str) -> Page:
            person = User.objects.create_user(username, is_staff=True)
            person.groups.add(Group.objects.get(name=role))
            client = Client()
            client.force_login(person)
            context = browser.new_context(
                base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN"
            )
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
            page = context.new_page()
            page.on(
                "console",
                lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
            )
            page.on("pageerror", lambda error: complaints.append(str(error)))
            return page

        yield sit_down
        browser.close()
    connections.close_all()


@pytest.fixture
def case(town: Town) -> ManualCase:
    """A duplicate: ABC's counter was faster than ICBC's page."""
    grant(apps)
    carrier_channel.walk(NUMBER, bank_code="ICBC", button="overtaken")
    town.deliver()
    return town.case()


def test_a_clerk_resolves_a_duplicate_and_a_checker_agrees(
    town: Town, case: ManualCase, desk: Desk, complaints: list[str]
) -> None:
    clerk = desk("xiaoli", "customer_service")
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

    checker = desk("wangjie", "supervisor")
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
    case: ManualCase, desk: Desk, complaints: list[str]
) -> None:
    clerk = desk("xiaoli", "customer_service")
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
def test_nothing_on_the_page_of_a_case_hangs_over_its_edge(case: ManualCase, desk: Desk, width: int) -> None:
    clerk = desk("xiaoli", "customer_service")
    clerk.set_viewport_size({"width": width, "height": 1000})

    clerk.goto(f"/admin/signing/manualcase/{case.pk}/change/")

    assert clerk.evaluate("document.documentElement.scrollWidth") <= width
