"""Finance sees a stopped run and proposes to go on; a checker approves; the corrections are made and the run closes."""

from importlib import import_module

import pytest
from django.apps import apps

from reconciliation.flows import advance
from reconciliation.models import Discrepancy, Run
from tests.browser.conftest import SitDown
from tests.reconciliation.flows.test_bank_full import many
from tests.reconciliation.world import bring_full, hold, our_book
from tests.signing.factories import fresh, the_province
from unipay import clock
from unipay.exchange.models import FileLayout

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def run() -> Run:
    """A full list of which half is missing: the guard stopped it."""
    if not FileLayout.objects.filter(partner=None).exists():  # emptied with the database of an earlier test
        import_module("unipay.exchange.migrations.0003_ship_neutral_layouts").ship(apps, None)
    the_province()
    for entry in many(50):
        hold(entry)
    return bring_full(many(25))


def test_a_stopped_run_goes_on_in_two_names_and_closes(
    run: Run, sit_down: SitDown, complaints: list[str]
) -> None:
    assert (run.state, len(our_book())) == ("AWAITING_APPROVAL", 50)

    finance = sit_down("xiaoli", "finance")
    finance.goto("/admin/")
    finance.locator("a.overview-card[href*='needs=approval']").click()
    finance.locator("#result_list a").first.click()
    finance.locator(".recon-share").wait_for()
    finance.locator("a[href$='/proceed/']").click()
    finance.locator("[name=remark]").fill("已与银行确认：清单完整。")
    finance.locator("[name=confirmed]").click()
    finance.locator(".sheet-card-proposal").wait_for()
    assert finance.locator("a[href$='/approve/']").count() == 0

    checker = sit_down("wangjie", "finance_checker")
    checker.goto(f"/admin/reconciliation/run/{run.pk}/change/")
    checker.locator("a[href$='/approve/']").click()
    checker.locator("[name=remark]").fill("已核对。")
    checker.locator("[name=confirmed]").click()
    checker.wait_for_url("**/approvals/proposal/*/change/")
    assert fresh(run).state == "APPROVED"

    advance.advance(run.run_no, now=clock.now)
    finance.goto(f"/admin/reconciliation/run/{run.pk}/change/")

    assert finance.locator(".sheet-step.sheet-done").count() == finance.locator(".sheet-step").count()
    assert fresh(run).state == "CLOSED"
    assert len(our_book()) == 25
    assert set(Discrepancy.objects.filter(run=run).values_list("state", flat=True)) == {"CORRECTED"}
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_nothing_hangs_over_the_edge(run: Run, sit_down: SitDown, width: int) -> None:
    finance = sit_down("xiaoli", "finance")
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
