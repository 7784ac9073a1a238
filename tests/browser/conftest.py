"""A real Chromium, the size of a phone or of a desk's screen, and its complaints."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.office import hire, seat
from tests.town import town

__all__ = ["town"]

# Sits somebody of a role down: the person's name, the role.
SitDown = Callable[[str, str], Page]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@dataclass
class Phone:
    """A phone's browser, and everything its console complained of."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note errors and warnings of the console, which is where broken policies show."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(f"{said.type}: {said.text}")


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """The browser itself.

    Playwright's event loop runs in the test's thread while it is on, which Django would otherwise object to.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (install it, or name it in CHROMIUM)")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
        # Under the event loop Django opened connections of its own, which it would not find again afterwards.
        connections.close_all()


@pytest.fixture
def phone(chromium: Browser, live_server: LiveServer) -> Phone:
    """A fresh phone in front of the running server."""
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    hand = Phone(context.new_page(), context)
    hand.listen()
    return hand


@pytest.fixture
def complaints() -> list[str]:
    """What the consoles of the desks complained of."""
    return []


@pytest.fixture
def sit_down(chromium: Browser, live_server: LiveServer, complaints: list[str]) -> SitDown:
    """Opens a wide browser for somebody of a role who has just logged in."""

    def at_a_desk(username: str, role: str) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN"
        )
        page = seat(hire(username, role), context).page
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    return at_a_desk
