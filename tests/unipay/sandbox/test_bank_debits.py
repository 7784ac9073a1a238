"""What a simulated bank takes of its accounts, and what it says of it, at first and later."""

from typing import Any

import pytest

from unipay import clock
from unipay.sandbox import bank_debits, bank_money
from unipay.sandbox.models import SandboxAccount, SandboxPayment

pytestmark = pytest.mark.django_db

SEGMENT = "1380571"


def line(ending: str = "0010", fen: int = 5000, *, item: str = "1", **more: str) -> dict[str, str]:
    return {
        "batch_no": "D-1",
        "item_no": item,
        "msisdn": SEGMENT + ending,
        "agreement_no": "",
        "bank_contract_no": f"B-{ending}",
        "asked_fen": str(fen),
        **more,
    }


def debit(*lines: dict[str, str], code: str = "ICBC") -> list[tuple[str, int]]:
    said = bank_debits.debit(code, list(lines), now=clock.now())
    return [(each["result_code"], each["debited_fen"]) for each in said]


def later() -> list[tuple[str, int]]:
    rows = SandboxPayment.objects.order_by("id")
    said = [each for row in rows for each in bank_debits._said_later(row)]
    return [(each["result_code"], each["debited_fen"]) for each in said]


def balance(reference: str = "B-0010") -> int:
    return SandboxAccount.objects.get(reference=reference).balance_fen


def test_a_line_is_debited_once_however_often_it_comes() -> None:
    assert debit(line()) == debit(line()) == [("0000", 5000)]

    assert balance() == 995_000
    assert bank_money.taken_fen("ICBC") == 5000


@pytest.mark.parametrize(
    ("ending", "first", "then", "taken"),
    [
        ("9100", [("1001", 0)], [("1001", 0)], 0),
        ("9103", [("1004", 0)], [("1004", 0)], 0),
        ("9108", [("7777", 0)], [("7777", 0)], 0),
        ("9111", [("0000", 2500)], [("0000", 2500)], 2500),
        ("9112", [("0000", 5100)], [("0000", 5100)], 5100),
        ("9113", [], [], 0),
        ("9114", [("0000", 5000)] * 2, [("0000", 5000)], 5000),
        ("9115", [], [("0000", 5000)], 5000),
        ("9116", [("0000", 5000)], [("1001", 0)], 5000),
        ("9117", [("1001", 0)], [("0000", 5000)], 5000),
    ],
)
def test_reserved_numbers_are_debited_oddly(
    ending: str, first: list[Any], then: list[Any], taken: int
) -> None:
    assert debit(line(ending)) == first

    assert later() == then
    assert bank_money.taken_fen("ICBC") == taken


def test_for_a_collection_the_agreement_number_is_what_counts() -> None:
    assert debit(line(msisdn="", agreement_no="5710009111", bank_contract_no="M-1")) == [("0000", 2500)]


def test_an_account_without_enough_gives_nothing_or_what_it_has() -> None:
    SandboxAccount.objects.create(partner_code="ICBC", reference="B-0010", balance_fen=4000)
    SandboxAccount.objects.create(partner_code="CCB", reference="B-0010", balance_fen=4000)

    assert debit(line(), code="ICBC") == [("1001", 0)]
    assert debit(line(item="2"), code="CCB") == [("0000", 4000)]


def test_a_bank_that_answers_failures_only_says_nothing_of_what_it_took() -> None:
    assert debit(line(), line("9100", item="2"), line("9113", item="3"), code="SXRCB") == [("1001", 0)]

    assert bank_money.taken_fen("SXRCB") == 10000


def test_money_is_given_back_once_and_only_what_was_taken() -> None:
    debit(line(), line("9100", item="2"))
    taken = SandboxPayment.objects.get(reference="1")
    asked = {"bank_transaction_no": taken.transaction_no, "request_no": "", "back_no": "B1"}

    said = [bank_money.give_back("ICBC", asked).body for _ in range(2)]
    refused = bank_money.give_back("ICBC", {**asked, "bank_transaction_no": "", "request_no": "2"}).body

    assert said == [{"result_code": "0000"}] * 2
    assert refused == {"result_code": "4004"}
    assert (balance(), bank_money.taken_fen("ICBC")) == (1_000_000, 0)
