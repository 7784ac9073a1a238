"""What people see of money: each page says what happened, leads on, and offers what the person may do."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from billing.flows import recharge_proposal, trial_balance
from billing.models import (
    DebitCap,
    FailureRule,
    JournalEntry,
    LedgerAccount,
    Mandate,
    Recharge,
    ReconciledDay,
    SettlementTerms,
    TrialBalance,
)
from tests.billing.factories import (
    DAY,
    MSISDN,
    NOW,
    make_arrangement,
    make_bill,
    make_debit_run,
    make_exclusion,
    make_item,
    make_mandate,
    make_recharge,
    make_return,
    make_return_line,
    make_settlement,
)
from tests.plans import statements_sent
from tests.signing.factories import the_bank, the_province
from tests.unipay.backoffice.world import member
from unipay.backoffice.subscriber import seal

MOST_STATEMENTS = 30
TOMORROW = datetime(2026, 11, 6, 2, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


@pytest.fixture(autouse=True)
def _day() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def finance() -> Client:
    return member("fin", "finance")


@pytest.fixture
def clerk() -> Client:
    return member("clerk", "customer_service")


def address(row: Any, verb: str = "change") -> str:
    return reverse(f"admin:billing_{row._meta.model_name}_{verb}", args=[row.pk])


def read(client: Client, where: str) -> str:
    """The page as text, white space folded, with no more questions to the database than a page may ask."""
    with statements_sent() as sent:
        answer = client.get(where)
    assert answer.status_code == 200
    assert len(sent) <= MOST_STATEMENTS
    return " ".join(answer.content.decode().split())


def test_a_bill_says_how_it_stands_and_what_became_of_it(clerk: Client) -> None:
    bill = make_bill(settled_fen=2000)
    make_settlement(bill, make_recharge(amount_fen=2000), amount_fen=2000)
    run = make_debit_run()
    make_item(run, "FAILED", bill=bill, reason_code="insufficient_funds")
    make_exclusion(run, bill, "UNDER_MINIMUM")

    page = read(clerk, address(bill))

    assert "2026-10: 30.00 yuan of 50.00 yuan open, overdue since 2026-10-31." in page
    assert "¥20.00" in page
    assert "insufficient_funds" in page
    assert "under the bank&#x27;s minimum" in page
    assert MSISDN not in page


def test_a_recharge_that_hangs_says_why_and_what_may_be_done(clerk: Client) -> None:
    recharge = make_recharge(
        "PAID", landing_error="number_suspended", landing_attempts=3, next_landing_at=NOW
    )

    page = read(clerk, address(recharge))

    assert "50.00 yuan taken by ICBC on the 5th, not credited yet, retrying." in page
    assert "The other side says: number_suspended" in page
    assert "It was asked for 3 times; it is looked at again at 2026-11-05 10:00." in page
    assert address(recharge, "again") in page
    assert address(recharge, "give_back") in page
    assert "not credited at the province" in page


def test_a_recharge_of_a_debit_can_be_given_back_from_the_next_day_on(clerk: Client) -> None:
    item = make_item(make_debit_run(), "SETTLED")
    recharge = make_recharge(source="BATCH_DEBIT", item=item)

    page = read(clerk, address(recharge))

    assert "50.00 yuan taken by ICBC on the 5th, credited." in page
    assert "Refunds are possible from the next business day on. From 2026-11-06 00:00 on." in page
    assert address(recharge, "give_back") not in page


def test_a_clerk_proposes_to_give_back_and_the_page_says_that_it_waits(clerk: Client) -> None:
    recharge = make_recharge()
    asked = read(clerk, address(recharge, "give_back"))

    clerk.post(address(recharge, "give_back"), {"confirmed": "yes", "remark": "Wrong number."})

    assert "ZJ is asked to take the credit back first." in asked
    assert "It is proposed to give it back; a second person has to agree." in read(clerk, address(recharge))
    assert Recharge.objects.get().state == "LANDED"


def test_asking_again_of_what_is_credited_is_refused(clerk: Client) -> None:
    recharge = make_recharge()

    page = read(clerk, address(recharge, "again"))

    assert "The recharge does not wait for its credit." in page


def test_recharges_are_found_by_number_by_ours_and_by_the_banks(clerk: Client) -> None:
    found = make_recharge(request_no="BANK-77")
    other = make_recharge(msisdn="13805710002")

    for term in (MSISDN, found.recharge_no, "BANK-77"):
        page = read(clerk, f"/admin/billing/recharge/?q={term}")
        assert found.recharge_no in page
        assert other.recharge_no not in page


def test_an_item_is_told_in_a_sentence_and_leads_to_its_bills(clerk: Client) -> None:
    FailureRule.objects.filter(reason_code="insufficient_funds").update(title_en="Not enough money")
    bill = make_bill()
    item = make_item(
        make_debit_run(), "FAILED", bill=bill, reason_code="insufficient_funds", follow_up="RETRY"
    )
    make_return_line(make_return(item.bank), "FAILED", item_no=item.item_no, result_code="1001")

    page = read(clerk, address(item))

    assert "50.00 yuan not debited by ICBC on the 5th: Not enough money; presented again next time." in page
    assert address(bill) in page
    assert "1001" in page


def test_a_return_shows_the_lines_left_to_people(finance: Client) -> None:
    returned = make_return(the_bank(), odd_count=1, last_error="")
    make_return_line(returned, "UNKNOWN_CODE", result_code="7777")
    make_return_line(returned, "SETTLED", result_code="0000")

    page = read(finance, address(returned))

    assert "Some lines are left to people: look at them below." in page
    assert "7777" in page
    assert f"/admin/billing/returnline/?returned={returned.return_no}" in page


def test_a_mandate_is_entered_masked_and_may_be_suspended(finance: Client) -> None:
    said = {
        "way": "COLLECTION",
        "bank": the_bank().pk,
        "province": the_province().pk,
        "mandate_no": "M1",
        "agreement_no": "A100",
        "account_number": "6222021234567890128",
        "holder_name": "张三丰",
        "signed_on": "2026-11-01",
    }

    refused = finance.post("/admin/billing/mandate/enter/", {**said, "msisdn": MSISDN})
    entered = finance.post("/admin/billing/mandate/enter/", said)

    assert "one of them" in refused.content.decode()
    assert entered.status_code == 302
    mandate = Mandate.objects.get()
    page = read(finance, address(mandate))
    assert mandate.account_mask in page
    assert "6222021234567890128" not in page
    finance.post(address(mandate, "suspend"), {"confirmed": "yes", "remark": "doubt"})
    assert Mandate.objects.get().state == "SUSPENDED"


@pytest.mark.parametrize(
    ("way", "given", "said"),
    [
        ("OFFLINE", {"msisdn": MSISDN}, "Collection debits agreements"),
        ("ONE_CARD", {"agreement_no": "A100"}, "One-card debits numbers"),
    ],
)
def test_a_mandate_that_its_way_would_never_debit_is_refused(
    finance: Client, way: str, given: dict[str, str], said: str
) -> None:
    typed = {
        "way": way,
        "bank": the_bank().pk,
        "province": the_province().pk,
        "mandate_no": "M1",
        "account_number": "6222021234567890128",
        "holder_name": "张三丰",
        "signed_on": "2026-11-01",
        **given,
    }

    answer = finance.post("/admin/billing/mandate/enter/", typed)

    assert said in answer.content.decode()
    assert not Mandate.objects.exists()


def test_another_mandate_for_the_same_agreement_is_refused_with_the_reason(finance: Client) -> None:
    make_mandate(agreement_no="A100")

    answer = finance.post(
        "/admin/billing/mandate/enter/",
        {
            "way": "COLLECTION",
            "bank": the_bank().pk,
            "province": the_province().pk,
            "mandate_no": "M9",
            "agreement_no": "A100",
            "account_number": "6222021234567890128",
            "holder_name": "张三丰",
            "signed_on": "2026-11-01",
        },
    )

    assert "has another mandate that has not ended" in answer.content.decode()
    assert Mandate.objects.count() == 1


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


def test_finance_confirms_a_day_with_the_amount_of_the_statement() -> None:
    make_recharge()
    said = {"bank": the_bank().pk, "business_date": f"{DAY}", "amount_fen": "49.99", "remark": ""}
    with time_machine.travel(TOMORROW):
        finance = member("fin", "finance")
        ours = read(
            finance, f"/admin/billing/reconciledday/confirm/?bank={the_bank().pk}&business_date={DAY}"
        )

        refused = finance.post("/admin/billing/reconciledday/confirm/", said)
        confirmed = finance.post("/admin/billing/reconciledday/confirm/", {**said, "amount_fen": "50.00"})

    assert "¥50.00" in ours
    assert "The bank&#x27;s amount differs from ours" in refused.content.decode()
    assert confirmed.status_code == 302
    assert ReconciledDay.objects.get().amount_fen == 5000


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


def test_a_cap_is_entered_in_yuan_and_shown_masked(clerk: Client) -> None:
    clerk.post("/admin/billing/debitcap/add/", {"msisdn": "138 0571 0001", "monthly_fen": "80", "remark": ""})

    page = read(clerk, "/admin/billing/debitcap/")

    assert DebitCap.objects.get().monthly_fen == 8000
    assert "¥80.00" in page
    assert MSISDN not in page


def test_the_page_of_a_number_tells_its_money_in_sentences(clerk: Client) -> None:
    make_bill()
    make_recharge()
    arrangement = make_arrangement()
    run = make_debit_run(arrangement=arrangement)
    make_item(run, "FAILED", reason_code="account_frozen", follow_up="RETRY")
    arrangement.dates.create(planned_date=date(2026, 11, 15), date=date(2026, 11, 16))

    page = read_subscriber(clerk)

    assert "50.00 yuan taken by ICBC on the 5th, credited." in page
    assert "not debited by ICBC on the 5th: Account frozen; presented again on the 16th." in page
    assert "2026-10: 50.00 yuan of 50.00 yuan open, overdue since 2026-10-31." in page


def test_what_a_number_owes_counts_bills_that_are_not_shown(clerk: Client) -> None:
    for month in range(1, 10):
        make_bill(billing_month=date(2025, month, 1), due_date=date(2025, month, 28))
        make_bill("SETTLED", billing_month=date(2026, month, 1), due_date=date(2026, month, 28))

    page = read_subscriber(clerk)

    assert "¥450.00" in page
    assert "2025-09: 50.00 yuan of 50.00 yuan open" in page


def read_subscriber(client: Client) -> str:
    answer = client.get(reverse("admin:subscriber", args=[seal(MSISDN)]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_what_is_not_there_yet_says_what_to_do(finance: Client) -> None:
    said = {
        "bill": "No bill has come yet.",
        "recharge": "No money was taken yet.",
        "debitrun": "The calendar opens one on every debit date",
        "mandate": "No mandate yet. Enter one",
        "trialbalance": "one is taken every night",
        "reconciledday": "Compare a bank&#x27;s statement with our figures",
        "arrangement": "No bank debits anything yet.",
        "debitreturn": "staff upload the others under received files",
    }

    for table, words in said.items():
        assert words in read(finance, f"/admin/billing/{table}/")


def test_the_search_from_anywhere_finds_money(clerk: Client) -> None:
    bill, recharge = make_bill(), make_recharge()

    found = [
        clerk.post("/admin/find/", {"term": each}).headers.get("Location")
        for each in (bill.bill_no, recharge.recharge_no)
    ]

    assert found == [address(bill), address(recharge)]


def test_a_proposal_to_give_back_names_what_follows(finance: Client) -> None:
    recharge = make_recharge()
    made = recharge_proposal.submit(
        recharge.recharge_no, remark="why", by_id=finance.session["_auth_user_id"], now=NOW
    )

    page = " ".join(
        member("chk", "finance_checker")
        .get(reverse("admin:approvals_proposal_approve_one", args=[made.pk]))
        .content.decode()
        .split()
    )

    assert "ZJ is asked to take the credit of ¥50.00 back first." in page
    assert "What it paid of bills falls due again." in page
