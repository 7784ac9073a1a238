"""Finance confirms days, and reads the settlement report."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from billing.models import ReconciledDay, SettlementTerms
from tests.billing.admin.pages import read
from tests.billing.factories import DAY, make_recharge
from tests.signing.factories import the_bank
from tests.unipay.backoffice.world import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]
TOMORROW = datetime(2026, 11, 6, 2, 0, tzinfo=UTC)
CONFIRM = "/admin/billing/reconciledday/confirm/"


def test_finance_confirms_a_day_with_the_amount_of_the_statement() -> None:
    make_recharge()
    said = {"bank": the_bank().pk, "business_date": f"{DAY}", "amount_fen": "49.99", "remark": ""}
    with time_machine.travel(TOMORROW):
        finance = member("fin", "finance")
        ours = read(finance, f"{CONFIRM}?bank={the_bank().pk}&business_date={DAY}")

        refused = finance.post(CONFIRM, said)
        confirmed = finance.post(CONFIRM, {**said, "amount_fen": "50.00"})

    assert "¥50.00" in ours
    assert "The bank&#x27;s amount differs from ours" in refused.content.decode()
    assert confirmed.status_code == 302
    assert ReconciledDay.objects.get().amount_fen == 5000


def test_a_day_that_is_confirmed_says_by_whom_and_offers_nothing_more() -> None:
    with time_machine.travel(TOMORROW):
        finance = member("fin", "finance")
        finance.post(
            CONFIRM,
            {"bank": the_bank().pk, "business_date": f"{DAY}", "amount_fen": "0.00", "remark": ""},
        )

        page = read(finance, f"{CONFIRM}?bank={the_bank().pk}&business_date={DAY}")

    assert "This day is confirmed already: ¥0.00, by fin, 2026-11-06 10:00." in page
    assert "amount_fen" not in page


def test_the_settlement_report_as_a_page_and_as_a_workbook(finance: Client) -> None:
    SettlementTerms.objects.create(bank=the_bank(), fee_basis_points=60)
    make_recharge(amount_fen=10_000)

    page = read(finance, f"/admin/billing/settlementterms/report/?begins={DAY}&ends={DAY}")
    file = finance.get(f"/admin/billing/settlementterms/report/?begins={DAY}&ends={DAY}&export=xlsx")

    assert "<strong>¥99.40</strong>" in page
    rows = list(load_workbook(BytesIO(file.content)).active.iter_rows(values_only=True))
    assert rows[1][:7] == ("ICBC", "ICBC", None, "ICBC", "ZJ", 1, 100)
    assert rows[1][-2:] == (-0.6, 99.4)
    assert rows[2][0] == "all together"


def test_a_report_over_too_many_days_is_cut_to_a_quarter(finance: Client) -> None:
    answer = finance.get("/admin/billing/settlementterms/report/?begins=2020-01-01&ends=2026-11-05")

    assert answer.context["begins"] == date(2026, 8, 6)
