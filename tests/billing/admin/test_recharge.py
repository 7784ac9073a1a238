"""What staff see of bills and recharges, and how a recharge is given back."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from billing.flows import recharge_proposal
from billing.models import Recharge
from tests.billing.admin.pages import address, read
from tests.billing.factories import (
    MSISDN,
    NOW,
    make_arrangement,
    make_bill,
    make_debit_run,
    make_exclusion,
    make_item,
    make_mandate,
    make_recharge,
    make_settlement,
)
from tests.signing.factories import the_bank
from tests.unipay.backoffice.world import member
from unipay.approvals.models import Proposal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


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


def test_a_recharge_that_hangs_tells_its_last_day_unless_its_bank_has_not_confirmed_it(clerk: Client) -> None:
    hangs = make_recharge("PAID", refund_by=date(2026, 11, 8))
    run = make_debit_run(arrangement=make_arrangement("OFFLINE"))
    item = make_item(run, "SENT", mandate=make_mandate(agreement_no="A1", way="OFFLINE"), agreement_no="A1")
    exported = make_recharge("PAID", refund_by=date(2026, 11, 8), item=item, agreement_no="A1")

    assert "not credited yet, retrying; refund at the latest on the 8th." in read(clerk, address(hangs))
    assert "refund at the latest" not in read(clerk, address(exported))


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

    assert "ZJ is asked to take the credit of ¥50.00 back first." in asked
    assert "What it paid of bills falls due again." not in asked
    own = read(clerk, address(recharge))
    assert "You proposed this yourself, so somebody else must approve it." in own
    assert "Another proposal is waiting for approval." in own
    assert Recharge.objects.get().state == "LANDED"


def test_a_checker_is_led_from_the_page_of_a_recharge_to_its_approval(clerk: Client) -> None:
    recharge = make_recharge()
    clerk.post(address(recharge, "give_back"), {"confirmed": "yes", "remark": "Wrong number."})
    made = Proposal.objects.get()

    page = read(member("chk", "finance_checker"), address(recharge))

    assert "Wrong number." in page
    assert reverse("admin:approvals_proposal_approve_one", args=[made.pk]) in page
    assert reverse("admin:approvals_proposal_withdraw_one", args=[made.pk]) not in page


def test_the_queue_names_the_bank_as_people_do(clerk: Client) -> None:
    recharge = make_recharge(bank=the_bank("CCB", name_en="China Construction Bank"))
    clerk.post(address(recharge, "give_back"), {"confirmed": "yes", "remark": "Wrong number."})

    queue = read(member("chk", "finance_checker"), reverse("admin:approvals_proposal_changelist"))

    assert "China Construction Bank ¥50.00" in queue


def test_what_is_over_offers_nothing(clerk: Client) -> None:
    recharge = make_recharge("REVERSED")

    page = read(clerk, address(recharge))

    assert address(recharge, "give_back") not in page
    assert "sheet-off" not in page


def test_a_refusal_of_the_other_side_is_told_in_words(clerk: Client) -> None:
    page = read(clerk, address(make_recharge("PAID", landing_error="partner_busy")))

    assert "The other side says: The partner is busy; it is asked again." in page


def test_a_proposal_to_give_back_names_what_follows(finance: Client) -> None:
    recharge = make_recharge()
    make_settlement(make_bill("SETTLED"), recharge)
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


def test_the_search_from_anywhere_finds_money(clerk: Client) -> None:
    bill, recharge = make_bill(), make_recharge()

    found = [
        clerk.post("/admin/find/", {"term": each}).headers.get("Location")
        for each in (bill.bill_no, recharge.recharge_no)
    ]

    assert found == [address(bill), address(recharge)]
