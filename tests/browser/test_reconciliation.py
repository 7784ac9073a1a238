"""Finance sees a stopped run and proposes to go on; a checker approves; the corrections are made and the run closes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connections
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from reconciliation.flows import advance
from reconciliation.models import Discrepancy, Run
from tests.browser.conftest import CHROMIUM
from tests.browser.office import hire, seat
from tests.reconciliation.flows.test_bank_full import many
from tests.reconciliation.world import bring_full, hold, our_book
from tests.signing.factories import fresh, the_province
from unipay import clock
from unipay.exchange.models import FileLayout

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
            context = browser.new_context(
                base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN"
            )
            page = seat(hire(username, role), context).page
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
def run() -> Run:
    """A full list of which half is missing: the guard stopped it."""
    if not FileLayout.objects.filter(partner=None).exists():  # emptied with the database of an earlier test
        import_module("unipay.exchange.migrations.0003_ship_neutral_layouts").ship(apps, None)
    the_province()
    for entry in many(50):
        hold(entry)
    return bring_full(many(25))


def test_a_stopped_run_goes_on_in_two_names_and_closes(run: Run, desk: Desk, complaints: list[str]) -> None:
    assert (run.state, len(our_book())) == ("AWAITING_APPROVAL", 50)

    finance = desk("xiaoli", "finance")
    finance.goto("/admin/")
    finance.locator("a.overview-card[href*='needs=approval']").click()
    finance.locator("#result_list a").first.click()
    finance.locator(".recon-share").wait_for()
    finance.locator("a[href$='/proceed/']").click()
    finance.locator("[name=remark]").fill("已与银行确认：清单完整。")
    finance.locator("[name=confirmed]").click()
    finance.locator(".recon-card-proposal").wait_for()
    assert finance.locator("a[href$='/approve/']").count() == 0

    checker = desk("wangjie", "finance_checker")
    checker.goto(f"/admin/reconciliation/run/{run.pk}/change/")
    checker.locator("a[href$='/approve/']").click()
    checker.locator("[name=remark]").fill("已核对。")
    checker.locator("[name=confirmed]").click()
    checker.wait_for_url("**/approvals/proposal/*/change/")
    assert fresh(run).state == "APPROVED"

    advance.advance(run.run_no, now=clock.now)
    finance.goto(f"/admin/reconciliation/run/{run.pk}/change/")

    assert finance.locator(".recon-step.recon-done").count() == finance.locator(".recon-step").count()
    assert fresh(run).state == "CLOSED"
    assert len(our_book()) == 25
    assert set(Discrepancy.objects.filter(run=run).values_list("state", flat=True)) == {"CORRECTED"}
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 820])
def test_nothing_hangs_over_the_edge(run: Run, desk: Desk, width: int) -> None:
    finance = desk("xiaoli", "finance")
    finance.set_viewport_size({"width": width, "height": 1000})
    row = Discrepancy.objects.filter(run=run)[0]
    addresses = (
        "run/",
        f"run/{run.pk}/change/",
        "run/month/",
        f"discrepancy/?run={run.run_no}",
        f"discrepancy/{row.pk}/change/",
        "treatmentrule/",
    )

    wide = {}
    for address in addresses:
        finance.goto(f"/admin/reconciliation/{address}")
        wide[address] = finance.evaluate("document.documentElement.scrollWidth")

    assert {address: found for address, found in wide.items() if found > width} == {}
