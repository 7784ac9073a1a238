"""Finance's day of debits in a real browser: what a run would do, opened, sent in two names; and a day confirmed."""

from datetime import timedelta
from typing import Any

import pytest

from billing.models import Arrangement, DebitRun, ReconciledDay
from tests.billing.factories import make_arrangement, make_bill, make_debit_run, make_item, make_recharge
from tests.browser.conftest import SitDown
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


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is woken: the test looks at what people do."""
    monkeypatch.setattr(app, "send_task", lambda *_order, **_how: None)


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
    arrangement: Arrangement, sit_down: SitDown, complaints: list[str]
) -> None:
    finance = sit_down("xiaoli", "finance")
    finance.goto("/admin/billing/debitrun/")
    finance.locator("a[href$='/debitrun/open/']").click()
    finance.select_option("[name=arrangement]", str(arrangement.pk))
    finance.locator("form[method=get].sheet-form button").click()
    finance.locator("#what-if").wait_for()
    finance.locator("form[method=post] .sheet-primary").click()
    finance.locator(".sheet-step").first.wait_for()
    run = DebitRun.objects.latest("id")
    DebitRun.objects.filter(pk=run.pk).update(
        state="AWAITING_APPROVAL", item_count=1, asked_fen=5000, selected_at=clock.now()
    )
    finance.reload()
    finance.locator("a[href$='/send/']").click()
    finance.locator("[name=remark]").fill("已核对，请送盘。")
    finance.locator("[name=confirmed]").click()
    finance.locator(".sheet-card-proposal").wait_for()
    assert finance.locator("a[href$='/approve/']").count() == 0

    checker = sit_down("wangjie", "finance_checker")
    checker.goto(f"/admin/billing/debitrun/{run.pk}/change/")
    checker.locator("a[href$='/approve/']").click()
    checker.locator("[name=remark]").fill("同意。")
    checker.locator("[name=confirmed]").click()
    checker.wait_for_url("**/approvals/proposal/*/change/")

    assert DebitRun.objects.values_list("state", flat=True).get(pk=run.pk) == "APPROVED"
    assert complaints == []


def test_a_day_is_confirmed_with_the_figures_beside_it(
    arrangement: Arrangement, sit_down: SitDown, complaints: list[str]
) -> None:
    finance = sit_down("xiaoli", "finance")
    finance.goto("/admin/billing/reconciledday/confirm/")
    finance.select_option("[name=bank]", str(the_bank().pk))
    finance.locator("button[formmethod=get]").click()
    finance.locator(".sheet-facts").wait_for()
    assert "¥50.00" in finance.inner_text(".sheet-facts")
    finance.fill("[name=amount_fen]", "50.00")
    finance.locator("form[method=post] .sheet-primary").click()
    finance.wait_for_url("**/billing/reconciledday/")

    assert ReconciledDay.objects.values_list("amount_fen", flat=True).get() == 5000
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 820])
def test_nothing_hangs_over_the_edge(arrangement: Arrangement, sit_down: SitDown, width: int) -> None:
    finance = sit_down("xiaoli", "finance")
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
