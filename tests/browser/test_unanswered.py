"""Two people end, in a real browser, what a bank never answered: one debit from the list, then the rest of its run."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from billing.models import DebitItem, DebitRun
from tests.billing.factories import make_arrangement, make_batch, make_bill, make_debit_run, make_item
from tests.browser.conftest import SitDown
from tests.chart import chart
from unipay import clock
from unipay.approvals.models import Proposal
from unipay.celery import app

__all__ = ["chart"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.usefixtures("chart")]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> DebitRun:
    """A run whose bank had a file with two debits, and should have answered yesterday; no worker is woken."""
    monkeypatch.setattr(app, "send_task", lambda *_order, **_how: None)
    now = clock.now()
    made = make_debit_run(
        arrangement=make_arrangement(), debit_date=clock.business_date(now), item_count=2, bill_count=2
    )
    batch = make_batch(made, item_count=2, answer_due_at=now - timedelta(days=1))
    for _ in range(2):
        make_item(made, batch=batch, bill=make_bill())
    return made


def confirm(page: Page, remark: str) -> None:
    """Say why, and press the page's own button."""
    page.fill("[name=remark]", remark)
    page.locator("[name=confirmed]").click()


def approve(page: Page) -> None:
    """Approve what waits."""
    page.goto(f"/admin/approvals/proposal/{Proposal.objects.get(state='PENDING').pk}/approve/")
    confirm(page, "They wrote to us.")
    page.wait_for_url("**/approvals/proposal/*/change/")


def test_one_debit_and_then_the_rest_of_a_run_end_unanswered(
    run: DebitRun, sit_down: SitDown, complaints: list[str]
) -> None:
    first = DebitItem.objects.order_by("id")[0]
    finance, checker = sit_down("xiaoli", "finance"), sit_down("laozhang", "finance_checker")

    finance.goto(f"/admin/billing/debititem/?run={run.run_no}")
    finance.locator(f"input[name=_selected_action][value='{first.pk}']").check()
    finance.select_option("select[name=action]", "end_unanswered")
    finance.locator("button[name=index]").click()
    confirm(finance, "The bank lost this line.")
    finance.wait_for_url("**/billing/debititem/?run=*")
    approve(checker)
    assert [each.state for each in DebitItem.objects.order_by("id")] == ["WITHDRAWN", "SENT"]

    finance.goto(f"/admin/billing/debitrun/{run.pk}/change/")
    finance.locator(f"a[href$='/debitrun/{run.pk}/end/']").click()
    confirm(finance, "The bank lost the file.")
    finance.locator(".sheet-card-proposal").wait_for()
    approve(checker)

    ended = DebitItem.objects.order_by("id").values_list("state", "reason_code")
    assert list(ended) == [("WITHDRAWN", "unanswered")] * 2
    assert complaints == []
