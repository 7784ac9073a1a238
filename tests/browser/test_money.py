"""Finance's day of debits in a real browser: what a run would do, opened, sent in two names; and a day confirmed."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from billing.models import Arrangement, DebitRun, ReconciledDay
from tests.billing.factories import make_arrangement, make_bill, make_debit_run, make_item, make_recharge
from tests.browser.conftest import SitDown
from tests.chart import chart
from tests.signing.factories import fresh, the_bank
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


def confirm_day(finance: Page, statement: str) -> None:
    """Yesterday of the bank, as finance confirms it."""
    finance.goto("/admin/billing/reconciledday/confirm/")
    finance.select_option("[name=bank]", str(the_bank().pk))
    finance.locator("form[method=get].sheet-form button").click()
    finance.locator(".sheet-facts").wait_for()
    finance.fill("[name=amount_fen]", statement)
    finance.locator("form[method=post] .sheet-primary").click()


def test_a_day_is_confirmed_with_the_figures_beside_it(
    arrangement: Arrangement, sit_down: SitDown, complaints: list[str]
) -> None:
    finance = sit_down("xiaoli", "finance")
    confirm_day(finance, "49.00")
    finance.locator("[name=amount_fen]").wait_for()
    assert "¥50.00" in finance.inner_text(".sheet-facts")
    assert "csrfmiddlewaretoken" not in finance.url
    assert not ReconciledDay.objects.exists()

    confirm_day(finance, "50.00")
    finance.wait_for_url("**/billing/reconciledday/")

    assert ReconciledDay.objects.values_list("amount_fen", flat=True).get() == 5000
    assert complaints == []


def test_a_recharge_is_given_back_in_two_names_once_its_day_is_confirmed(
    sit_down: SitDown, complaints: list[str]
) -> None:
    recharge = make_recharge(business_date=clock.business_date(clock.now()) - timedelta(days=1))
    page = f"/admin/billing/recharge/{recharge.pk}/change/"
    finance = sit_down("xiaoli", "finance")
    finance.goto(page)
    assert finance.locator(".sheet-off").count() == 1  # not before the day is found even

    confirm_day(finance, "50.00")
    finance.wait_for_url("**/billing/reconciledday/")
    finance.goto(page)
    finance.locator("a[href$='/give_back/']").click()
    finance.locator("[name=remark]").fill("客户缴错号码。")
    finance.locator("[name=confirmed]").click()
    finance.locator(".sheet-card-proposal").wait_for()
    assert finance.locator("a[href$='/approve/']").count() == 0
    assert fresh(recharge).state == "LANDED"

    checker = sit_down("wangjie", "finance_checker")
    checker.goto(page)
    checker.locator(".sheet-card-proposal a[href$='/approve/']").click()
    checker.locator("[name=remark]").fill("已核对银行流水。")
    checker.locator("[name=confirmed]").click()
    checker.wait_for_url("**/approvals/proposal/*/change/")
    finance.goto(page)

    assert "客户缴错号码" in finance.inner_text(".sheet-sentence")
    assert (fresh(recharge).state, fresh(recharge).way_back) == ("TAKING_BACK", "REFUND")
    assert complaints == []


def test_a_date_of_the_calendar_is_moved_skipped_and_let_count_again(
    arrangement: Arrangement, sit_down: SitDown, complaints: list[str]
) -> None:
    today = clock.business_date(clock.now())
    tomorrow, later = today + timedelta(days=1), today + timedelta(days=2)
    row = arrangement.dates.create(planned_date=tomorrow, date=tomorrow)
    finance = sit_down("xiaoli", "finance")
    finance.goto(f"/admin/billing/debitrun/calendar/?month={tomorrow:%Y-%m}")
    finance.locator(f".sheet-month a[href$='/debitdate/{row.pk}/change/']").click()

    finance.locator("a[href$='/move/']").click()
    finance.fill("[name=to]", f"{later}")
    finance.fill("[name=remark]", "银行要求顺延一天。")
    finance.locator("[name=confirmed]").click()
    finance.locator("a[href$='/skip/']").click()
    finance.fill("[name=remark]", "银行系统升级。")
    finance.locator("[name=confirmed]").click()
    finance.locator("a[href$='/restore/']").wait_for()
    moved = fresh(row)
    assert (moved.date, moved.is_moved_by_hand, moved.is_skipped) == (later, True, True)

    finance.locator("a[href$='/restore/']").click()
    finance.fill("[name=remark]", "升级提前完成。")
    finance.locator("[name=confirmed]").click()
    finance.locator("a[href$='/skip/']").wait_for()

    assert not fresh(row).is_skipped
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 820, 390])
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
