"""What reconciliation corrected, and what it could not, as staff see it."""

import re

import pytest
from django.test import Client

from signing.models import Contract, ManualCase, SigningTransaction
from tests.signing.corrections import RUN_NO, correct, to_amend, to_create, to_terminate
from tests.signing.factories import ACCOUNT, HOLDER, MSISDN, make_contract, the_bank
from unipay.backoffice.subscriber import seal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SECOND = "13805710002"
LINE = {"bank_contract_no": "BANK-NEW", "account_mask": "622202*********0128"}


def words_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def page_of(client: Client, case: ManualCase) -> str:
    return words_of(client, f"/admin/signing/manualcase/{case.pk}/change/")


def test_a_contract_and_its_journal_say_that_reconciliation_made_them(administrator: Client) -> None:
    correct(to_create())
    contract, line = Contract.objects.get(), SigningTransaction.objects.get()

    of_contract = words_of(administrator, f"/admin/signing/contract/{contract.pk}/change/")
    of_line = words_of(administrator, f"/admin/signing/signingtransaction/{line.pk}/change/")

    assert "reconciliation" in of_contract
    assert "reconciliation" in of_line
    assert RUN_NO in of_line


def test_the_numbers_page_tells_what_reconciliation_ended(administrator: Client) -> None:
    correct(to_terminate(make_contract()))

    page = words_of(administrator, f"/admin/subscriber/{seal(MSISDN)}/")

    assert "terminated" in page
    assert "reconciliation" in page


def test_lists_find_what_reconciliation_made(administrator: Client) -> None:
    correct(to_create())

    assert "reconciliation" in words_of(administrator, "/admin/signing/contract/?channel=RECONCILIATION")
    assert "reconciliation" in words_of(
        administrator, "/admin/signing/signingtransaction/?source=RECONCILIATION"
    )


def test_a_line_that_cannot_be_applied_says_why(administrator: Client) -> None:
    correct(to_create(auto_pay=True, facts=LINE, line_no=7))

    page = page_of(administrator, ManualCase.objects.get())

    assert "a correction that cannot be applied" in page
    assert "could not be applied: auto-pay and recharge terms exclude each other." in page
    assert "What does the bank mean, and which book is right?" in page
    assert f"{RUN_NO}/7" in page


def test_an_amendment_that_cannot_be_applied_shows_the_contract(administrator: Client) -> None:
    contract = make_contract()
    make_contract(msisdn=SECOND, bank=the_bank("CCB"))
    correct(to_amend(contract, "msisdn", msisdn=SECOND, facts=LINE))

    page = page_of(administrator, ManualCase.objects.get())

    assert "another contract holds one of the numbers" in page
    assert contract.bank_contract_no in page


def test_what_ended_here_asks_whether_it_shall_count(administrator: Client) -> None:
    correct({**to_create(facts=LINE), "verb": "CONTEST"})

    page = page_of(administrator, ManualCase.objects.get())

    assert "ICBC still has a contract that ended here." in page
    assert "Shall this signing count after all?" in page
    for secret in (ACCOUNT.number, HOLDER.identity_no, HOLDER.name):
        assert secret not in page
