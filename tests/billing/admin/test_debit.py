"""What staff see of single debits and of the banks' answers, and the caps of subscribers."""

import pytest
from django.test import Client

from billing.models import DebitCap, FailureRule
from tests.billing.admin.pages import address, read
from tests.billing.factories import (
    MSISDN,
    make_bill,
    make_debit_run,
    make_item,
    make_return,
    make_return_line,
)
from tests.signing.factories import the_bank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


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


def test_the_list_says_in_words_why_a_debit_failed(clerk: Client) -> None:
    FailureRule.objects.filter(reason_code="insufficient_funds").update(title_en="Not enough money")
    run = make_debit_run()
    make_item(run, "FAILED", reason_code="insufficient_funds", bank_code="1001")
    make_item(run, "FAILED", reason_code="never_heard_of")

    page = read(clerk, "/admin/billing/debititem/")

    assert "Not enough money · 1001" in page
    assert "never_heard_of" in page


def test_a_return_shows_the_lines_left_to_people(finance: Client) -> None:
    returned = make_return(the_bank(), odd_count=1, last_error="")
    make_return_line(returned, "UNKNOWN_CODE", result_code="7777")
    make_return_line(returned, "SETTLED", result_code="0000")

    page = read(finance, address(returned))

    assert "Some lines are left to people: look at them below." in page
    assert "7777" in page
    assert f"/admin/billing/returnline/?returned={returned.return_no}" in page


def test_a_return_without_a_batch_does_not_say_that_its_lines_had_an_effect(finance: Client) -> None:
    unmatched = make_return(the_bank(), "UNMATCHED")
    make_return_line(unmatched, "")

    page = read(finance, address(unmatched))

    assert "No line had any effect, as the file answers no batch of ours: decide in its case." in page
    assert "Every line had its effect by itself." not in page


@pytest.mark.parametrize(
    ("state", "lines", "said"),
    [
        ("OPEN", 1, "None so far; the file is still being settled."),
        ("SETTLED", 0, "The file has no lines."),
        ("SETTLED", 1, "Every line had its effect by itself."),
    ],
)
def test_a_return_without_odd_lines_says_why(finance: Client, state: str, lines: int, said: str) -> None:
    returned = make_return(the_bank(), state, line_count=lines)

    assert said in read(finance, address(returned))


def test_a_cap_is_entered_in_yuan_and_shown_masked(clerk: Client) -> None:
    clerk.post("/admin/billing/debitcap/add/", {"msisdn": "138 0571 0001", "monthly_fen": "80", "remark": ""})

    page = read(clerk, "/admin/billing/debitcap/")

    assert DebitCap.objects.get().monthly_fen == 8000
    assert "¥80.00" in page
    assert MSISDN not in page
