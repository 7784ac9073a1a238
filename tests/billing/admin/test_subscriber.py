"""The page of a number tells its money."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import DebitItem, DebitRun, Mandate
from signing.models import Contract
from tests.billing.factories import (
    MSISDN,
    NOW,
    make_arrangement,
    make_bill,
    make_debit_run,
    make_item,
    make_mandate,
    make_recharge,
)
from tests.plans import statements_sent
from unipay.backoffice.subscriber import seal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


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


def test_a_debit_in_flight_of_a_contract_that_ended_is_told_to_run_out(clerk: Client) -> None:
    item = make_item(make_debit_run(), "SENT")
    Contract.objects.filter(pk=item.contract_id).update(
        state="TERMINATED", ended_at=NOW, end_reason="BANK_REQUEST"
    )

    page = read_subscriber(clerk)

    assert (
        "50.00 yuan asked of ICBC on the 5th; the bank has not answered yet. The contract has ended since; what the "
        "bank still debits counts all the same." in page
    )


def test_a_debit_that_people_ended_is_not_told_as_withdrawn_before_the_bank_debited(clerk: Client) -> None:
    make_item(make_debit_run(), "WITHDRAWN", reason_code="unanswered")

    page = read_subscriber(clerk)

    assert "asked of ICBC on the 5th; the bank never answered, and it is no longer asked." in page


def test_a_companys_debit_tells_this_numbers_part_of_it(clerk: Client) -> None:
    run = make_debit_run(arrangement=make_arrangement("COLLECTION"))
    item = make_company_item(run, "SETTLED", 3000, 2000)

    page = read_subscriber(clerk)

    assert f"By its company&#x27;s agreement A-1: 30.00 yuan taken by {item.bank.title} on the 5th." in page
    assert "¥30.00" in page
    assert "50.00 yuan" not in page


def test_many_debits_of_its_company_cost_no_more_questions_than_one(clerk: Client) -> None:
    where = reverse("admin:subscriber", args=[seal(MSISDN)])
    run = make_debit_run(arrangement=make_arrangement("COLLECTION"))
    make_company_item(run, "FAILED", 3000, 2000)
    with statements_sent() as one:
        clerk.get(where)
    for _ in range(5):
        make_company_item(run, "FAILED", 3000, 2000)

    with statements_sent() as six:
        page = clerk.get(where).content.decode()

    assert page.count("A-1: 30.00 yuan not debited") == 6
    assert len(six) <= len(one)


def make_company_item(run: DebitRun, state: str, own_fen: int, other_fen: int) -> DebitItem:
    """A debit by agreement number, for this number and a colleague's."""
    mandate = Mandate.objects.first() or make_mandate(agreement_no="A-1")
    asked_fen = own_fen + other_fen
    debited_fen = asked_fen if state == "SETTLED" else 0
    item = make_item(
        run, state, mandate=mandate, agreement_no="A-1", asked_fen=asked_fen, debited_fen=debited_fen
    )
    for msisdn, fen in ((MSISDN, own_fen), ("13805710002", other_fen)):
        bill = make_bill(agreement_no="A-1", msisdn=msisdn, amount_fen=fen)
        settled_fen = fen if debited_fen else 0
        item.shares.create(bill=bill, asked_fen=fen, settled_fen=settled_fen, is_open=False)
    return item


def read_subscriber(client: Client) -> str:
    answer = client.get(reverse("admin:subscriber", args=[seal(MSISDN)]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())
