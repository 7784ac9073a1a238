"""Finance's day of debits in a real browser: what a run would do, opened, sent in two names; and a day confirmed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from billing.models import Arrangement, DebitRun, ReconciledDay
from tests.billing.factories import make_arrangement, make_bill, make_debit_run, make_item, make_recharge
from tests.browser.conftest import CHROMIUM
from tests.browser.office import hire, seat
from tests.chart import chart
from tests.signing.factories import the_bank
from unipay import clock
from unipay.celery import app

__all__ = ["chart"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.usefixtures("chart", "nobody_works"),
]

Desk = Callable[[str, str], Page]


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is woken: the test looks at what people do."""
    monkeypatch.setattr(app, "send_task", lambda *_order, **_how: None)


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
def arrangement() -> Arrangement:
    """A bank that debits, a run of the past, and money of yesterday."""
    found = make_arrangement()
    yesterday = clock.business_date(clock.now()) - timedelta(days=1)
    run = make_debit_run(
        arrangement=found, debit_date=yesterday, item_count=2, asked_fen=10_000, bill_count=2
    )
    for state in ("SETTLED", "FAILED"):
        make_item(run, state, bill=make_bill("SETTLED" if state == "SETTLED" else "DUE"))
    make_recharge(business_date=yesterday)
    make_bill()
    return found


def test_a_run_is_looked_at_opened_and_proposed(
    arrangement: Arrangement, desk: Desk, complaints: list[str]
) -> None:
    finance = desk("xiaoli", "finance")
    finance.goto("/admin/billing/debitrun/")
    finance.locator("a[href$='/debitrun/open/']").click()
    finance.select_option("[name=arrangement]", str(arrangement.pk))
    finance.locator("form[method=get].money-form button").click()
    finance.locator("#what-if").wait_for()
    finance.locator("form[method=post] .money-primary").click()
    finance.locator(".money-step").first.wait_for()
    run = DebitRun.objects.latest("id")
    DebitRun.objects.filter(pk=run.pk).update(
        state="AWAITING_APPROVAL", item_count=1, asked_fen=5000, selected_at=clock.now()
    )
    finance.reload()
    finance.locator("a[href$='/send/']").click()
    finance.locator("[name=remark]").fill("已核对，请送盘。")
    finance.locator("[name=confirmed]").click()
    finance.locator(".money-card-proposal").wait_for()
    assert finance.locator("a[href$='/approve/']").count() == 0

    checker = desk("wangjie", "finance_checker")
    checker.goto(f"/admin/billing/debitrun/{run.pk}/change/")
    checker.locator("a[href$='/approve/']").click()
    checker.locator("[name=remark]").fill("同意。")
    checker.locator("[name=confirmed]").click()
    checker.wait_for_url("**/approvals/proposal/*/change/")

    assert DebitRun.objects.values_list("state", flat=True).get(pk=run.pk) == "APPROVED"
    assert complaints == []


def test_a_day_is_confirmed_with_the_figures_beside_it(
    arrangement: Arrangement, desk: Desk, complaints: list[str]
) -> None:
    finance = desk("xiaoli", "finance")
    finance.goto("/admin/billing/reconciledday/confirm/")
    finance.select_option("[name=bank]", str(the_bank().pk))
    finance.locator("button[formmethod=get]").click()
    finance.locator(".money-facts").wait_for()
    assert "¥50.00" in finance.inner_text(".money-facts")
    finance.fill("[name=amount_fen]", "50.00")
    finance.locator("form[method=post] .money-primary").click()
    finance.wait_for_url("**/billing/reconciledday/")

    assert ReconciledDay.objects.values_list("amount_fen", flat=True).get() == 5000
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 820])
def test_nothing_hangs_over_the_edge(arrangement: Arrangement, desk: Desk, width: int) -> None:
    finance = desk("xiaoli", "finance")
    finance.set_viewport_size({"width": width, "height": 1000})
    run: Any = DebitRun.objects.get()
    item = run.items.first()
    addresses = (
        "bill/",
        "recharge/",
        "debitrun/",
        f"debitrun/{run.pk}/change/",
        "debitrun/calendar/",
        f"debititem/{item.pk}/change/",
        "settlementterms/report/",
        "trialbalance/",
        "mandate/enter/",
    )

    wide = {}
    for address in addresses:
        finance.goto(f"/admin/billing/{address}")
        wide[address] = finance.evaluate("document.documentElement.scrollWidth")

    assert {address: found for address, found in wide.items() if found > width} == {}
