"""The chart, its accounts and entries, and the nights of the trial balance."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from billing.flows import trial_balance
from billing.models import ChartLine, JournalEntry, LedgerAccount, TrialBalance
from tests.billing.admin.pages import address, read
from tests.billing.factories import DAY, NOW, make_recharge
from tests.signing.factories import the_province
from tests.unipay.backoffice.world import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]
TOMORROW = datetime(2026, 11, 6, 2, 0, tzinfo=UTC)


def test_the_chart_shows_balances_over_all_shards_and_leads_to_the_accounts(finance: Client) -> None:
    make_recharge()
    make_recharge("PAID", amount_fen=700)

    chart = read(finance, "/admin/billing/chartline/")
    account = LedgerAccount.objects.filter(role="BANK_CLEARING").first()

    assert "¥57.00" in chart
    assert "¥7.00" in chart
    page = read(finance, address(account))
    assert "¥57.00" in page
    assert "2026-11-05" in page


def test_an_entry_shows_both_sides_and_leads_to_its_row(finance: Client) -> None:
    recharge = make_recharge("REVERSED")
    paid, opposite = JournalEntry.objects.order_by("id")

    page, other = read(finance, address(paid)), read(finance, address(opposite))

    assert "It was undone by an opposite entry" in page
    assert address(recharge) in page
    assert address(paid) in other


def test_the_list_of_entries_names_what_each_is_about(finance: Client) -> None:
    recharge = make_recharge()

    page = read(finance, "/admin/billing/journalentry/")

    assert f"recharge {recharge.recharge_no}" in page
    assert f"recharge:{recharge.recharge_no}" not in page


def test_an_even_and_an_uneven_night_are_told_apart() -> None:
    with time_machine.travel(TOMORROW):
        finance = member("fin", "finance")
        even = trial_balance.take(business_date=DAY, now=TOMORROW)
        fault = {"check": "all_accounts", "role": "", "partner": "", "booked_fen": 100, "counted_fen": 0}
        uneven = TrialBalance.objects.create(
            business_date=DAY - timedelta(days=1),
            taken_at=NOW,
            debit_fen=100,
            credit_fen=0,
            account_count=1,
            faults=[fault],
        )
        listed = read(finance, "/admin/billing/trialbalance/")
        assert "Every account agrees with its lines" in read(finance, address(even))
        assert "All accounts together stand at ¥1.00 instead of nothing." in read(finance, address(uneven))

    assert "uneven: 1 fault" in listed
    assert listed.count("sheet-light-green") == 1
    assert listed.count("sheet-light-red") == 1


@pytest.fixture
def posted(finance: Client) -> Client:
    """Somebody of finance posted to the province of the recharges, beside one of another province."""
    make_recharge(amount_fen=700, province=the_province("GD", prefix="1390200"))
    return member("zj", "finance", province=the_province())


def test_who_is_posted_to_a_province_sees_entries_of_its_recharges_only(posted: Client) -> None:
    own = make_recharge("REFUNDED")

    listed = posted.get("/admin/billing/journalentry/").context["cl"].result_list
    other = JournalEntry.objects.exclude(subject=own.subject).first()

    # The refund, too, which moves accounts of the bank alone.
    assert [(entry.subject, entry.kind) for entry in listed] == [
        (own.subject, "REFUNDED"),
        (own.subject, "REFUND_OWED"),
        (own.subject, "PAID"),
    ]
    assert posted.get(address(other)).status_code == 302


def test_who_is_posted_to_a_province_sees_its_accounts_and_their_sums_only(posted: Client) -> None:
    make_recharge("PAID")

    listed = posted.get("/admin/billing/ledgeraccount/").context["cl"].result_list
    chart = read(posted, "/admin/billing/chartline/")
    transit = read(posted, address(ChartLine.objects.get(role="IN_TRANSIT")))

    assert {(account.role, account.partner) for account in listed} == {("IN_TRANSIT", the_province())}
    assert "¥50.00" in chart
    assert "57.00" not in chart
    assert "GD" not in transit


def test_who_is_posted_to_a_province_is_not_led_to_a_banks_account(posted: Client) -> None:
    entry = make_recharge("PAID").paid_entry
    clearing, transit = (line.account for line in entry.lines.order_by("position"))

    page = read(posted, address(entry))

    assert address(transit) in page
    assert address(clearing) not in page
    assert posted.get(address(clearing)).status_code == 302
